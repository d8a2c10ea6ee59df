"""Facts that other offices give by company code, on the owner's page: shown with source and date, and missed."""

from __future__ import annotations

import json
import re

import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving
from tests.api.offices import CODE, open_office
from tests.web.test_browser import visiting

pytestmark = [pytest.mark.parts, pytest.mark.browser]

OTHER_CODE = "91140722MA0K0001XR"
REGISTRY = {
    "employees": "/data/staff",
    "entity_type": {"at": "/data/form", "values": {"1130": "enterprise"}},
    "registration_division": "/data/division",
    "is_technology_enterprise": {"at": "/data/hightech", "values": {"是": "true"}},
    "hnte_times_certified": "/data/certified",
}
OFFICES = {
    "ok": ("市场监管局登记库", "Market registry", REGISTRY),
    "sometimes": ("税务局", "Tax bureau", {"industry_code": "/data/industry"}),
    "wrong": ("名录库", "Register", {"total_assets": "/data/assets"}),
}
REST = {
    "hnte_application_accepted": "是",
    "hnte_application_grant_received": "否",
    "hnte_certified_this_year": "是",
    "hnte_consecutive_certifications": "1",
}


@pytest.fixture(scope="module")
def office():
    with open_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def url(office, tmp_path_factory):
    folder = tmp_path_factory.mktemp("offices")
    sources = [
        {
            "id": way,
            "name": {"zh": zh, "en": en},
            "address": f"{office[1]}/{way}/{{uscc}}",
            "applications": ["open"],
            "found": "/data",
            "as_of": "/data/updatedOn",
            "retries": 0,
            "failures": 100,
            "facts": facts,
        }
        for way, (zh, en, facts) in OFFICES.items()
    ]
    (folder / "sources.yaml").write_text(json.dumps({"sources": sources}), encoding="utf-8")
    settings = Settings(
        _env_file=None,
        auth="open",
        database_url=f"sqlite:///{folder / 'beizeng.db'}",
        data_dir=folder / "var",
        sources_file=folder / "sources.yaml",
    )
    with serving(create_app(settings), settings) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def visit(browser, url):
    with visiting(browser, url) as start:

        def begin(**options):
            found = start(**options)
            found.topic("science")
            return found

        yield begin


def ask_offices(tab, code=CODE):
    tab.page.check("#ask-offices")
    tab.page.fill("#first-code", code)
    tab.begin()


def told(tab):
    """How each office answered, by its name."""
    lines = tab.page.locator(".offices li").all_inner_texts()
    return dict(re.split("[：:] ?", line, maxsplit=1) for line in lines)


def answers(tab):
    """What stands among the answers, by label: the value, and where it is from."""
    parts = "['.trail-label', '.trail-value', '.origin'].map(part => row.querySelector(part)?.textContent)"
    rows = tab.page.locator(".trail ol > li").evaluate_all(f"rows => rows.map(row => {parts})")
    return {label: (value, origin) for label, value, origin in rows}


class TestFilled:
    def test_to_210_000_yuan_with_what_the_registry_knows(self, visit, office):
        tab = visit()
        tab.page.check("#ask-offices")
        tab.page.click("#question button[type=submit]")
        assert "统一社会信用代码" in tab.page.inner_text("#first-code-wrong")
        assert tab.page.evaluate("document.activeElement.id") == "first-code"
        office[0].down = False
        ask_offices(tab)
        found = answers(tab)
        assert found["从业人员"] == ("120 人", "来自市场监管局登记库 · 2026-11-21")
        assert found["统一社会信用代码"] == (CODE, None)
        assert told(tab)["市场监管局登记库"] == "取到 5 项"
        assert "取到 5 项" in tab.page.text_content("#live")
        assert tab.page.inner_text(".question .eyebrow") == "第 2 问"
        asked = 1
        while tab.asked:
            assert tab.asked not in REGISTRY
            tab.reply(REST.get(tab.asked))
            asked += 1
        assert tab.total == "210,000 元"
        assert asked <= 6
        assert not [address for address in [*tab.requests, tab.page.url] if CODE in address or "120" in address]


class TestMissed:
    def test_a_source_that_is_down_is_named_and_asked_again(self, visit, office):
        office[0].down = True
        tab = visit(width=375)
        ask_offices(tab)
        assert told(tab) == {
            "市场监管局登记库": "取到 5 项",
            "税务局": "没有取到（对方出了故障），照常问您",
            "名录库": "取到 0 项；不可用、照常问您：资产总额",
        }
        assert (tab.serious(), tab.overflow()) == ([], 0)
        tab.page.click("#lang")
        tab.page.wait_for_selector(".offices :text('What offices told')")
        assert told(tab)["Tax bureau"] == "gave no answer (a fault of its own), so you are asked"
        assert not re.search(r"[\u4e00-\u9fff]", tab.page.inner_text(".trail"))
        office[0].down, before = False, office[0].tries("ok")
        with tab.answered():
            tab.page.get_by_role("button", name="Ask again").click()
        assert told(tab)["Tax bureau"] == "facts given: 1"
        assert told(tab)["Market registry"] == "facts given: 5"
        assert office[0].tries("ok") == before

    def test_a_bad_code_is_told_at_the_field_and_another_one_asked_by(self, visit, office):
        tab = visit()
        tab.page.check("#ask-offices")
        tab.page.fill("#first-code", "123")
        tab.page.click("#question button[type=submit]")
        tab.page.wait_for_selector("#answer")
        assert "18位" in tab.page.inner_text("#wrong")
        tab.reply(CODE)
        assert told(tab)["市场监管局登记库"] == "取到 5 项"
        tab.change("从业人员", "7")
        assert answers(tab)["从业人员"] == ("7 人", None)
        tab.change("统一社会信用代码", OTHER_CODE)
        assert set(answers(tab)) == {"统一社会信用代码", "从业人员"}
        assert told(tab)["市场监管局登记库"] == "没有这个代码的记录，照常问您"
        tab.page.get_by_role("button", name="全部重来").click()
        before = office[0].served
        tab.page.fill("#first-code", CODE)
        tab.begin()
        assert (office[0].served, tab.page.locator(".origin").count()) == (before, 0)
        with tab.answered():
            tab.page.get_by_role("button", name="请有关部门提供资料").click()
        assert told(tab)["市场监管局登记库"] == "取到 5 项"
        tab.complaints = [text for text in tab.complaints if "422" not in text]
