"""Sixteen thousand rows of a workbook as offices send them: the command and the service come to the same."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from subprocess import run
from time import monotonic, sleep

import httpx
import polars as pl
import pytest
import xlsxwriter

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving

ROWS = 16_000
ON = "2023-06-01"
MEASURES = "3,12,38"
HEADERS = (
    *("序号", "统一社会信用代码", "主体类型", "登记机关行政区划代码", "行业代码"),
    *("从业人员（人）", "营业收入（万元）"),
)
CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [3**place % 31 for place in range(17)]
BAD = {10: "code_as_number", 20: "not_in_enum", 30: "number_format", 40: "too_many_decimals"}


def uscc(number):
    """A code with its right check character."""
    body = f"91140722MA0{number:06d}"
    rest = sum(CODE.index(letter) * weight for letter, weight in zip(body, WEIGHTS, strict=True)) % 31
    return body + CODE[(31 - rest) % 31]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """A title above the header, units in the header, full-width digits, 万元, blanks, and four bad rows."""
    path = tmp_path_factory.mktemp("county") / "名册.xlsx"
    draw = random.Random(38)  # noqa: S311 - a sample
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("企业")
        sheet.write_string(0, 0, "左权县市场主体名册")
        sheet.write_row(1, 0, HEADERS)
        for number in range(ROWS):
            row = [
                number + 1,
                uscc(number),
                draw.choice(["企业", "个体工商户", "enterprise", ""]),
                draw.choice(["140722", "140722", "140702", ""]),
                draw.choice(["C3311", "F5212", ""]),
                draw.choice([5, "１２", "300", None]),
                draw.choice(["20", 1500.5, "3,000", None]),
            ]
            if number in BAD:
                place, value = {10: (1, 9.11e17), 20: (2, "公司集团"), 30: (5, "约五人"), 40: (6, "1.1234567")}[number]
                row[place] = value
            sheet.write_row(number + 2, 0, row)
    return path


@pytest.fixture(scope="module")
def mapping(workbook):
    path = workbook.with_name("mapping.yaml")
    facts = ("ignore", "uscc", "entity_type", "registration_division", "industry_code", "employees")
    lines = [f"  {name}: {fact}" for name, fact in zip(HEADERS, facts, strict=False)]
    lines.append(f"  {HEADERS[-1]}: {{fact: annual_revenue, unit: 万元}}")
    path.write_text("columns:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def by_command(workbook, mapping):
    out = workbook.with_name("out")
    words = ["screen", str(workbook), "-o", str(out), "--on", ON, "--measures", MEASURES, "--mapping", str(mapping)]
    ran = run(
        [sys.executable, "-m", "app", *words],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={"PATH": "/usr/bin:/bin", "BEIZENG_DATABASE_URL": f"sqlite:///{workbook.with_name('command.db')}"},
    )
    assert ran.returncode == 1, ran.stderr
    return out


@pytest.fixture(scope="module")
def by_service(workbook, mapping):
    folder = workbook.with_name("service")
    settings = Settings(
        _env_file=None, auth="open", database_url=f"sqlite:///{folder / 'beizeng.db'}", data_dir=folder / "var"
    )
    options = {"on": ON, "measures": [int(clause) for clause in MEASURES.split(",")]}
    with (
        serving(create_app(settings), settings) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as http,
    ):
        files = {"file": (workbook.name, workbook.read_bytes()), "mapping": ("m.yaml", mapping.read_bytes())}
        answer = http.post("/v1/screenings", files=files, data={"options": json.dumps(options)})
        assert answer.status_code == 202, answer.text
        address, until = answer.headers["location"], monotonic() + 240
        while (job := http.get(address).json())["state"] in ("queued", "running"):
            assert monotonic() < until
            sleep(0.2)
        taken = {name: http.get(f"{address}/files/{name}").content for name in ("rejects.csv", "decisions.parquet")}
        yield job, http.get(f"{address}/summary").json(), taken


def comparable(summary):
    return {name: value for name, value in summary.items() if name not in ("seconds", "rows_per_second", "registry")}


def test_both_come_to_the_same(by_command, by_service):
    job, summary, files = by_service
    mine = json.loads((by_command / "summary.json").read_bytes())
    assert comparable(mine) == comparable(summary)
    assert (job["state"], job["rows_done"], job["rejected"]) == ("done_with_rejects", ROWS - len(BAD), len(BAD))
    assert summary["rows"] == ROWS - len(BAD)
    theirs = pl.read_parquet(files["decisions.parquet"])
    assert theirs.equals(pl.read_parquet(by_command / "decisions.parquet"))


def test_every_bad_row_is_named_with_its_cell(by_command, by_service):
    rejects = pl.read_csv(by_command / "rejects.csv", infer_schema=False)
    assert dict(zip(rejects["row"].cast(int).to_list(), rejects["code"].to_list(), strict=True)) == {
        number + 3: code for number, code in BAD.items()
    }
    assert Counter(rejects["sheet"].to_list()) == {"企业": len(BAD)}
    assert pl.read_csv(by_service[2]["rejects.csv"], infer_schema=False)["code"].to_list() == rejects["code"].to_list()
