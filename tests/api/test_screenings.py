"""Screening jobs over HTTP, by the real server with its worker."""

from __future__ import annotations

import csv
import io
import json
import random
import time
import zipfile

import httpx
import openpyxl
import polars as pl
import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving
from tests.screening.files import raw_book

ROWS = 400
RULE = "m38-hnte-application-grant"
OPTIONS = {"on": "2023-06-01", "rules": [RULE, "m03-first-loan-list"]}


def registry_text(rows=ROWS, bad=3):
    names = "hnte_application_accepted,hnte_application_grant_received,hnte_certified_this_year,hnte_times_certified"
    lines = [f"entity,entity_type,registration_division,employees,{names},has_bank_loan_history"]
    draw = random.Random(7)  # noqa: S311 - a sample
    for number in range(rows):
        employees = "many" if number < bad else "5"
        flags = [draw.choice(["true", "false", ""]) for _ in range(3)]
        last = [draw.choice(["1", ""]), draw.choice(["true", "false", ""])]
        lines.append(",".join([f"E{number:05d}", "enterprise", "140722", employees, *flags, *last]))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("screenings")
    (folder / "sources").mkdir()
    (folder / "sources" / "county.csv").write_text(registry_text())
    settings = Settings(
        _env_file=None,
        auth="open",
        database_url=f"sqlite:///{folder / 'beizeng.db'}",
        data_dir=folder / "var",
        screening_source_dir=folder / "sources",
    )
    app = create_app(settings)
    with serving(app, settings) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client, app, folder


@pytest.fixture(scope="module")
def http(server):
    return server[0]


def submit(http, content, name="registry.csv", options=OPTIONS, **data):
    files = {"file": (name, content)}
    return http.post("/v1/screenings", files=files, data={"options": json.dumps(options), **data}, timeout=30)


def finished(http, address):
    until = time.monotonic() + 60
    while (job := http.get(address).json())["state"] in ("queued", "running"):
        assert time.monotonic() < until
        time.sleep(0.1)
    return job


@pytest.fixture(scope="module")
def done(http):
    answer = submit(http, registry_text())
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/screenings/{answer.json()['id']}"
    return finished(http, answer.headers["location"])


@pytest.fixture(scope="module")
def address(done):
    return f"/v1/screenings/{done['id']}"


class TestResults:
    def test_the_job_says_how_it_went(self, done):
        assert done["state"] == "done_with_rejects"
        assert (done["rows_total"], done["rows_done"], done["rejected"]) == (ROWS - 3, ROWS - 3, 3)
        assert done["problem"] is None
        assert float(done["rows_per_second"]) > 0

    def test_pages_hold_every_row_once_and_add_up_to_the_summary(self, http, address):
        rows, cursor = [], None
        while True:
            page = http.get(
                f"{address}/results", params={"limit": 150, **({"cursor": cursor} if cursor else {})}
            ).json()
            rows += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert [row["entity"] for row in rows] == [f"E{number:05d}" for number in range(3, ROWS)]
        summary = http.get(f"{address}/summary").json()
        for status in ("eligible", "undetermined", "ineligible"):
            count = sum(row[RULE] == status for row in rows)
            assert count == summary["rules"][RULE][status]
            wanted = http.get(f"{address}/results", params={"rule": RULE, "status": status, "limit": 200}).json()
            assert {row[RULE] for row in wanted["items"]} <= {status}
            assert len(wanted["items"]) == min(count, 200)

    def test_a_row_is_explained_as_a_decision_on_its_facts(self, http, address):
        explained = http.get(f"{address}/results/E00100").json()
        row = next(line for line in csv.DictReader(io.StringIO(registry_text())) if line["entity"] == "E00100")
        facts = {name: value for name, value in row.items() if value and name != "entity"}
        facts |= {name: json.loads(value) for name, value in facts.items() if value in ("true", "false")}
        asked = {"facts": facts, **OPTIONS, "explain": "full"}
        assert explained["results"] == http.post("/v1/eligibility", json=asked).json()["results"]
        assert http.get(f"{address}/results/E00001").status_code == 404

    def test_candidates_in_three_formats(self, http, address):
        query = {"measure": "38"}
        listed = http.get(f"{address}/candidates", params=query).json()
        kinds = [item["kind"] for item in listed["items"]]
        summary = http.get(f"{address}/summary").json()["rules"][RULE]
        assert kinds.count("eligible") == summary["eligible"] > 0
        assert all(item["missing_facts"] for item in listed["items"] if item["kind"] == "nearly")
        assert kinds.count("nearly") > 0
        text = http.get(f"{address}/candidates", params={**query, "format": "csv"}).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert [row[0] for row in rows[1:]] == [item["entity"] for item in listed["items"]]
        book = http.get(f"{address}/candidates", params={**query, "format": "xlsx"}).content
        sheet = openpyxl.load_workbook(io.BytesIO(book)).active
        assert sheet.max_row == len(rows)

    def test_the_report_may_run_what_it_holds_and_reach_nothing(self, http, address):
        found = http.get(f"{address}/report")
        assert found.status_code == 200
        assert "筛查报告" in found.text
        policy = found.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'unsafe-inline'")
        assert "sandbox allow-scripts" in policy
        book = http.get(f"{address}/files/report.xlsx")
        assert book.content.startswith(b"PK")
        assert book.headers["content-disposition"] == 'attachment; filename="report.xlsx"'

    def test_another_method_names_all_that_the_address_takes(self, http, address):
        refused = http.options(address)
        assert refused.status_code == 405
        assert refused.headers["allow"] == "DELETE, GET, HEAD"

    def test_only_listed_files(self, http, address):
        assert http.get(f"{address}/files/decisions.parquet").content[:4] == b"PAR1"
        for name in ("screening.json", "..%2fupload", "upload"):
            assert http.get(f"{address}/files/{name}").status_code == 404

    @pytest.mark.parametrize("cursor", ["x", "!!", "bnVsbA", "WyJ4IiwxXQ"])
    def test_a_cursor_that_is_not_ours(self, http, address, cursor):
        answer = http.get(f"{address}/results", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")

    def test_a_finished_job_cannot_be_cancelled(self, http, address):
        answer = http.post(f"{address}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


class TestLife:
    def test_a_file_under_the_configured_folder(self, http):
        answer = http.post("/v1/screenings", json={"source": "county.csv", **OPTIONS})
        assert answer.status_code == 202, answer.text
        address = answer.headers["location"]
        assert finished(http, address)["state"] == "done_with_rejects"
        assert http.delete(address).status_code == 200
        assert http.get(address).status_code == 404
        assert http.delete(address).status_code == 404

    @pytest.mark.parametrize("source", ["../beizeng.db", "/etc/passwd", "absent.csv"])
    def test_nothing_outside_it(self, http, source):
        assert http.post("/v1/screenings", json={"source": source}).status_code == 404

    @pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://169.254.169.254/", "file:///etc/passwd"])
    def test_no_callbacks(self, http, url):
        answer = submit(http, registry_text(5), options={"callback_url": url})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "callback_forbidden"

    def test_names_lead_nowhere(self, http, server):
        answer = submit(http, registry_text(5, 0), name="../../etc/cron.d/x")
        assert answer.status_code == 202, answer.text
        assert answer.json()["file_name"] == "x"
        assert list((server[2] / "var" / "uploads").iterdir()) == []


def bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(b"\0" * 2**20)
    return target.getvalue()


class TestBadFiles:
    @pytest.mark.parametrize(
        ("content", "name", "status", "code"),
        [
            ("<html><body>x</body></html>", "registry.xlsx", 415, "file_type_mismatch"),
            ("entity,employees\n", "registry.csv", 422, "empty_batch"),
            ("", "registry.csv", 422, "file_empty"),
            ("entity,entity\na,b\n", "registry.csv", 422, "duplicate_column"),
            ("entity,nonsense\na,b\n", "registry.csv", 422, "unknown_column"),
            (b"entity,employees\n\xff\xfe\xfd\x80,5\n", "registry.csv", 422, "file_encoding"),
            (b"PAR1 and no more", "registry.parquet", 422, "file_invalid"),
        ],
    )
    def test_is_refused_with_its_code(self, http, content, name, status, code):
        answer = submit(http, content, name)
        assert answer.status_code == status, answer.text
        found = answer.json()
        assert code in (found["code"], *(entry["code"] for entry in found["errors"]))

    def test_a_bomb(self, http):
        assert submit(http, bomb(), "registry.xlsx").json()["code"] == "file_expands_too_much"

    def test_a_document_type(self, http, tmp_path):
        book = raw_book(tmp_path / "book.xlsx", "", prologue='<!DOCTYPE x [<!ENTITY a "b">]>')
        assert submit(http, book.read_bytes(), "book.xlsx").json()["errors"][0]["code"] == "file_invalid"

    def test_too_many_rows_by_the_footer(self, http, tmp_path):
        pl.DataFrame({"entity": pl.repeat("A", 300_000, eager=True)}).write_parquet(tmp_path / "many.parquet")
        answer = submit(http, (tmp_path / "many.parquet").read_bytes(), "many.parquet")
        assert (answer.status_code, answer.json()["code"]) == (413, "too_many_rows")

    def test_no_file_and_no_form(self, http):
        assert http.post("/v1/screenings", files={"options": (None, "{}")}).status_code == 422
        headers = {"content-type": "multipart/form-data; boundary=x"}
        assert http.post("/v1/screenings", content=b"nonsense", headers=headers).json()["code"] == "bad_request"
