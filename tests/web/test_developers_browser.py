"""The developer portal in headless Chromium: searched, tried out, read at both widths, by keyboard alone."""

from __future__ import annotations

import contextlib

import pytest

from app.api.problems import PROBLEMS
from app.web.portal.firms import FIRMS
from app.web.portal.frame import PAGES
from app.web.portal.problem import problem_section
from tests.web.test_browser import Visit

pytestmark = [pytest.mark.parts, pytest.mark.browser]


@pytest.fixture
def visit(browser, page_url):
    """A visit that must leave no complaint, set no cookie and ask no other host."""
    with contextlib.ExitStack() as stack:

        def start(path, **options):
            found = Visit(browser, f"{page_url}{path}", **options)
            stack.callback(found.context.close)
            stack.callback(_quiet, found, page_url)
            return found

        yield start


def _quiet(found, url):
    assert found.complaints == []
    assert [address for address in found.requests if not address.startswith(url)] == []
    assert found.context.cookies() == []


class TestReading:
    @pytest.mark.parametrize("width", [375, 1280])
    def test_every_page_fits_and_axe_finds_nothing_serious(self, visit, page_url, width):
        tab = visit("/developers?lang=en", width=width)
        for section in (*PAGES, problem_section(PROBLEMS["validation_failed"])):
            tab.page.goto(f"{page_url}{section.path}")
            assert tab.overflow() <= 0, section.path
            place = tab.page.locator(".tabs [aria-current]").bounding_box()
            assert 0 <= place["x"] <= width - place["width"], section.path
            if section.name == "facts":
                tab.page.fill("#find", "guarantee")  # rows are alike: some stand for all
            if (section.name in ("", "sandbox", "changes")) is (width == 1280):
                assert tab.serious() == [], section.path

    def test_examples_name_this_service(self, visit, page_url):
        tab = visit("/developers")
        examples = tab.page.locator("pre code").all_inner_texts()
        assert len(examples) == 6
        assert all(page_url in text for text in examples)

    def test_the_other_language_is_one_step_away(self, visit):
        tab = visit("/developers/facts")
        tab.page.get_by_role("link", name="English").click()
        tab.page.wait_for_selector("html[lang=en]")
        assert tab.page.get_by_role("heading", level=1).inner_text() == "Facts"
        assert tab.page.locator("[aria-current=page]").inner_text() == "Facts"


class TestSearch:
    def test_facts_are_found_by_id_and_words_of_either_language(self, visit):
        tab = visit("/developers/facts?lang=en")
        shown = tab.page.locator("#found tbody tr:visible")
        everything = shown.count()
        for words, fact in (("guarantee_fee", "guarantee_fee_rate"), ("高新 连续", "hnte_consecutive_certifications")):
            tab.page.fill("#find", words)
            assert 0 < shown.count() < 10
            assert tab.page.locator(f"#{fact}").is_visible()
        assert tab.page.inner_text("#found-count") == f"{shown.count()} of {everything} facts"
        tab.page.fill("#find", "")
        assert shown.count() == everything


class TestSandbox:
    def test_an_example_is_answered_by_keyboard_alone(self, visit):
        tab = visit("/developers/sandbox", width=375)
        tab.page.focus("#firm")
        for key in ("Tab", "Tab", "Tab", "Enter"):
            tab.page.keyboard.press(key)
        tab.page.wait_for_selector("#answer-facts li")
        assert "合计 210000.00 元" in tab.page.inner_text("#answer-facts")
        assert tab.page.inner_text("#answer-status").startswith("状态 200")
        assert tab.serious() == []
        assert tab.overflow() <= 0

    def test_every_example_and_a_slip(self, visit):
        tab = visit("/developers/sandbox?lang=en")
        for firm in FIRMS:
            tab.page.select_option("#firm", firm.id)
            assert tab.page.input_value("#path") == firm.path
            with tab.page.expect_response(f"**{firm.path}") as answered:
                tab.page.click("#ask button")
            assert answered.value.status == 200
        tab.page.wait_for_selector("#answer-facts :text('Next question')")
        tab.page.fill("#body", "{")
        tab.page.click("#ask button")
        assert "no JSON" in tab.page.inner_text("#answer-status")

    def test_a_refusal_is_shown_with_the_way_out(self, browser, closed_url):
        tab = Visit(browser, f"{closed_url}/developers/sandbox?lang=en")
        tab.page.click("#ask button")
        tab.page.wait_for_selector("#answer-facts :text('BEIZENG_AUTH=open')")
        assert "missing_credentials" in tab.page.inner_text("#answer-facts")
        tab.context.close()
