"""The developer portal over HTTP: complete, in both languages, from this host alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from app.api.problems import PROBLEMS
from app.rules.messages import MESSAGES
from app.screening.readers.messages import FILE_FAULTS
from app.web.portal.changes import RELEASES
from app.web.portal.firms import FIRMS
from app.web.portal.frame import PAGES
from tests.english import chinese_in

ROOT = Path(__file__).parents[2]
PATHS = [section.path for section in PAGES]


class Rows(HTMLParser):
    """The text of every table cell, row by row, and all text of the page."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.text, self.inside = [], "", False
        self.feed(page)

    def handle_starttag(self, name, attributes):
        if name == "tr":
            self.rows.append([])
        if name in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, name):
        self.inside = self.inside and name not in ("td", "th")

    def handle_data(self, text):
        self.text += text
        if self.inside:
            self.rows[-1][-1] += text


def rows(http, path, language):
    """First word of the first cell → the cells."""
    answer = http.get(path, params={"lang": language})
    return {row[0].split()[0]: row for row in Rows(answer.text).rows if row and row[0].strip()}


class TestPages:
    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize("path", PATHS)
    def test_are_whole_and_ask_nobody_else(self, http, path, language):
        answer = http.get(path, params={"lang": language})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert answer.headers["content-language"] == {"zh": "zh-CN", "en": "en"}[language]
        assert f'<html lang="{answer.headers["content-language"]}">' in answer.text
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert not re.search(r"<style|\sstyle=|\son\w+=", answer.text)
        assert set(re.findall(r'(?:src|href)="([^"#/][^"]*)"', answer.text)) == set()
        addresses = set(re.findall(r'(?:src|href)="(/[^"?#]*)', answer.text))
        assert {address for address in addresses if http.get(address).status_code != 200} == set()

    @pytest.mark.parametrize("path", PATHS)
    def test_speak_one_language(self, http, path):
        words = Rows(http.get(path, params={"lang": "en"}).text).text
        assert chinese_in(words, "中文", "网络不可用") == []
        assert chinese_in(Rows(http.get(path, params={"lang": "zh"}).text).text)

    def test_the_address_chooses_before_the_header(self, http):
        for headers, params, chosen in (
            ({"Accept-Language": "en"}, {}, "en"),
            ({"Accept-Language": "en"}, {"lang": "zh"}, "zh-CN"),
            ({"Accept-Language": "zh"}, {"lang": "en", "from": "timeline"}, "en"),
            ({}, {"lang": "fr"}, "zh-CN"),
        ):
            answer = http.get("/developers", headers=headers, params=params)
            assert answer.headers["content-language"] == chosen

    def test_what_is_held_is_not_sent_again(self, http):
        tag = http.get("/developers/errors").headers["etag"]
        assert http.get("/developers/errors", headers={"If-None-Match": tag}).status_code == 304
        assert http.get("/developers/errors?lang=en", headers={"If-None-Match": tag}).status_code == 200

    @pytest.mark.parametrize("path", ["/developers/", "/developers/none", "/developers/assets/none.js"])
    def test_nothing_else_is_there(self, http, path):
        assert http.get(path).status_code == 404

    def test_open_to_all_where_calls_are_not(self, closed_url):
        assert httpx.get(f"{closed_url}/developers", trust_env=False).status_code == 200

    def test_hidden_with_the_documentation(self, hidden_url):
        with httpx.Client(base_url=hidden_url, trust_env=False) as client:
            assert {
                client.get(path).status_code for path in (*PATHS, "/developers/assets/portal.js", "/problems/not_found")
            } == {404}
            assert client.get("/").status_code == 200

    def test_no_file_is_left_unused(self):
        folder = ROOT / "app" / "web" / "portal"
        code = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
        files = [*(folder / "assets").iterdir(), *(folder / "examples").iterdir()]
        assert [path.name for path in files if path.name not in code] == []


class TestErrors:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_every_code_has_cause_and_cure(self, http, language):
        found = rows(http, "/developers/errors", language)
        for problem in PROBLEMS.values():
            _, cause, cure = found[f"{problem.code}{problem.status}"]
            assert cause == problem.title.in_(language)
            assert len(cure) >= 8, problem.code
        assert MESSAGES.keys() | FILE_FAULTS.keys() <= found.keys()


class TestProblem:
    """The page that ``type`` of a problem leads to."""

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_type_of_every_problem_opens_with_code_status_cause_and_cure(self, http, language):
        catalogue = rows(http, "/developers/errors", language)
        for kind in PROBLEMS.values():
            answer = http.get(kind.uri, headers={"Accept-Language": language})
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), kind.code
            assert answer.headers["content-language"] == {"zh": "zh-CN", "en": "en"}[language]
            assert answer.headers["content-security-policy"].startswith("default-src 'self';")
            assert set(re.findall(r'(?:src|href)="([^"#/][^"]*)"', answer.text)) == set()
            text = Rows(answer.text).text
            _, cause, cure = catalogue[f"{kind.code}{kind.status}"]
            assert [said for said in (kind.code, str(kind.status), cause, cure) if said not in text] == []
            allowed = ("中文",) if language == "en" else ()
            assert bool(chinese_in(text, *allowed)) is (language == "zh"), kind.code

    def test_a_refusal_leads_to_its_page_and_the_page_to_the_catalogue(self, http):
        refused = http.get("/v1/none").json()
        answer = http.get(refused["type"], params={"lang": "en"})
        assert refused["code"] in answer.text
        back = re.search(r'href="(/developers/errors[^"]*)#not_found"', answer.text)[1]
        found = http.get(back.replace("&amp;", "&")).text
        assert 'id="not_found"' in found
        assert 'href="/problems/not_found?lang=en"' in found

    @pytest.mark.parametrize("code", ["none", "unknown_fact", "", "not_found/"])
    def test_a_code_that_is_none_of_them_is_a_problem_itself(self, http, code):
        answer = http.get(f"/problems/{code}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not_found")


class TestFacts:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_every_fact_with_its_words(self, http, language):
        text = http.get("/developers/facts", params={"lang": language}).text
        facts = http.get("/v1/facts").json()["items"]
        cells = [row for row in Rows(text).rows if row][1:]
        assert len(cells) == len(facts)
        for fact, (name, question, values, owner, marks) in zip(facts, cells, strict=True):
            assert name == fact["id"] + fact["labels"][language]
            assert question == fact["questions"][language]
            assert owner == fact["owners"][language]
            assert all(member["value"] + " " + member["labels"][language] in values for member in fact["members"])
            assert bool(marks) is (fact["actionable"] or fact["derived"] or fact["personal"] != "never")


class TestChanges:
    def test_every_version_is_there(self):
        told = [release.version for release in RELEASES]
        software = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("## Pack")[0]
        assert told == re.findall(r"^### ([0-9.]+)", software, re.MULTILINE)
        assert told[0] == version("beizeng")

    def test_every_operation_that_is_named_exists(self, http):
        paths = http.get("/openapi.json").json()["paths"]
        text = http.get("/developers/changes").text
        named = re.findall(r"<code>(GET|POST) (/v1/[^<]+)</code>", text)
        assert len(named) > 10
        assert [(method, path) for method, path in named if method.lower() not in paths.get(path, {})] == []


class TestFirms:
    @pytest.mark.parametrize("firm", FIRMS, ids=lambda firm: firm.id)
    def test_every_example_is_answered(self, http, firm):
        answer = http.post(firm.path, json=firm.request)
        assert (answer.status_code, answer.json()["warnings"]) == (200, [])
        assert sum(answer.json()["counts"].values()) > 0
        assert not {"name", "uscc"} & firm.request["facts"].keys()

    def test_they_show_what_there_is_to_see(self, http):
        answers = {firm.id: http.post(firm.path, json=firm.request).json() for firm in FIRMS}
        assert answers["high-tech"]["total"]["value"] == "210000.00"
        assert answers["near-miss"]["results"][0]["near_miss"][0]["amount"] == "150000.00"
        assert answers["guarantor"]["total"]["value"] == "24000.00"
        assert answers["small-profit"]["counts"]["eligible"] == 2
        assert answers["shop"]["counts"]["undetermined"] > 0
        assert answers["nothing-known"]["next_question"]["fact"] == "entity_type"
