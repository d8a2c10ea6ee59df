"""Which language answers (Accept-Language)."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from app.api.language import choose_language
from app.web.portal.firms import FIRMS
from tests.api.wire import get, post
from tests.english import chinese_in


class TestChoice:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "zh"),
            (b"", "zh"),
            (b"en", "en"),
            (b"EN-us", "en"),
            (b"zh-CN", "zh"),
            (b"zh-TW,en;q=0.9", "zh"),
            (b"en-GB,en;q=0.9,zh;q=0.8", "en"),
            (b"zh;q=0.4, en;q=0.5", "en"),
            (b"en;q=0.4, zh;q=0.5", "zh"),
            (b"en;q=0", "zh"),
            (b"zh;q=0, en;q=0.1", "en"),
            (b"zh;q=0, en;q=0", "zh"),
            (b"fr", "zh"),
            (b"fr, en;q=0.1", "en"),
            (b"fr, de;q=0.5, *;q=0.1", "zh"),
            (b"*", "zh"),
            (b"*;q=0.5, en;q=0.6", "en"),
            (b"zh;q=0.1, *", "en"),
            (b"en, zh", "en"),
            (b"zh, en", "zh"),
            (b"en;q=abc, zh;q=0.1", "zh"),
            (b"en;q=1.0001", "zh"),
            (b"en; q=0.5", "en"),
            (b"en ; q = 0.5", "en"),
            (b",,,en,,", "en"),
            (b"\xff\xfe", "zh"),
            (b"en-" + b"a" * 10_000, "en"),
        ],
    )
    def test_by_header(self, header, language):
        assert choose_language(header) == language


class TestAnswers:
    @pytest.mark.parametrize(
        ("header", "tag", "title"), [("en", "en", "There is nothing here"), ("zh", "zh-CN", "找不到所请求的内容")]
    )
    def test_problems_and_header_agree(self, port, header, tag, title):
        answer = get(port, "/nothing", {"Accept-Language": header})
        assert (answer.headers["content-language"], answer.json["title"]) == (tag, title)
        assert answer.headers["vary"] == "accept-language, accept-encoding"

    def test_words_and_names_of_offices_follow_it(self, port):
        chinese, english = (get(port, "/v1/measures/38", {"Accept-Language": tag}).json for tag in ("zh", "en"))
        assert chinese["title"] != english["title"]
        assert chinese["units"] == ["县发改局"]
        assert english["units"] == ["County development and reform bureau"]

    def test_an_office_is_found_by_its_name_in_either_language(self, port):
        names = ("县发改局", "County development and reform bureau")
        found = [get(port, f"/v1/measures?unit={quote(name)}").json for name in names]
        assert found[0] == found[1]
        assert found[0]["total"] > 3


class TestEnglish:
    """An English answer holds no Chinese but quotations, numbers of documents, and words of the plan shown as such."""

    #: Members that hold both languages, or words of a document, or say how words of the plan are read.
    PASSED = ("labels", "questions", "owners", "notes", "quote", "document", "interpretations")
    BESIDE = re.compile("[(“][^)”]*[)”]|\\S*〔[0-9]{4}〕[0-9]+号")

    def left(self, node, key=""):
        """Member → the Chinese that should not be in it."""
        if isinstance(node, dict):
            inner = [self.left(value, name) for name, value in node.items() if name not in self.PASSED]
        elif isinstance(node, list):
            inner = [self.left(value, key) for value in node]
        else:
            held = chinese_in(self.BESIDE.sub("", node)) if isinstance(node, str) else []
            return [(key, node)] if held else []
        return [fault for part in inner for fault in part]

    def english(self, port, path, body=None):
        headers = {"Accept-Language": "en", "Content-Type": "application/json"}
        return (get(port, path, headers) if body is None else post(port, path, body, headers)).json

    def test_catalogue(self, port):
        lists = ("measures", "facts", "indicators", "approval-targets", "rules/vocabulary")
        catalogue = {path: self.english(port, f"/v1/{path}") for path in lists}
        clauses = [item["clause"] for item in catalogue["measures"]["items"]]
        measures = [self.english(port, f"/v1/measures/{clause}") for clause in clauses]
        rules = [self.english(port, f"/v1/rules/{rule}") for measure in measures for rule in measure["rules"]]
        assert len(rules) > 60
        assert self.left([catalogue, measures, rules]) == []

    def test_decisions(self, port):
        for path in ("/v1/eligibility", "/v1/subsidies/calculations", "/v1/assessments"):
            for firm in FIRMS:
                body = {"facts": {**firm.request["facts"], "request_kind": "power"}, "on": "2023-06-01"}
                answer = self.english(port, path, {**body, "explain": "full"})
                assert self.left(answer) == [], firm.id

    def test_deadlines_and_refusals(self, port):
        clock = {"started_at": "2026-09-30T16:00:00+08:00", "now": "2026-10-09T09:00:00+08:00"}
        path = "/v1/approval-targets/m47-power-low-voltage/deadline"
        wrong = {"facts": {"employes": 1, "uscc": "x", "entity_type": "y", "employees": 1.5}, "explain": "z"}
        answers = [self.english(port, path, clock), self.english(port, path, {"pauses": 1}), self.english(port, "/x")]
        answers += [self.english(port, "/v1/eligibility", wrong), self.english(port, "/v1/eligibility", b"{")]
        assert self.left(answers) == []
