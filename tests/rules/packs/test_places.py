"""Where a fault is: from the path of a check to document, file, rule and pointer."""

from __future__ import annotations

import pytest

from app.rules.packs.places import Place, in_document, place_of, pointer

DOCUMENT = {
    "manifest": {"id": "plan"},
    "clauses": [
        {"clause": "t1", "rules": []},
        {"clause": "3", "rules": [{"id": "m03-list", "indicator": {"value": "4"}, "versions": [{}, {}]}]},
    ],
    "national": [{"id": "first"}, {"id": "second"}],
    "parameters": [{"id": "m03_award"}],
    "targets": [{"id": "m03-limit"}],
    "cadences": [{}],
    "cases": {"m03.yaml": {"cases": [{"id": "one", "rule": "m03-list"}, {"id": "two"}]}, "bad.yaml": "text"},
}
FILES = {"3": "m03.yaml"}


class TestInDocument:
    @pytest.mark.parametrize(
        ("path", "found"),
        [
            (("clauses", "3", "m03-list", "versions", 1), ("clauses", 1, "rules", 0, "versions", 1)),
            (("clauses", "3", "kinds"), ("clauses", 1, "kinds")),
            (("clauses", "3"), ("clauses", 1)),
            (("clauses", 1, "rules", 0, "id"), ("clauses", 1, "rules", 0, "id")),
            (("clauses", "9", "m09-list"), ("clauses", "9", "m09-list")),
            (("clauses", "3", "m03-gone", "versions"), ("clauses", 1, "m03-gone", "versions")),
            (("clauses", "3", "m03-list", "indicator", 0, "value"), ("clauses", 1, "rules", 0, "indicator", "value")),
            (("national", "second", "versions", 0), ("national", 1, "versions", 0)),
            (("parameters", "m03_award", "type"), ("parameters", 0, "type")),
            (("targets", "m03-limit", "when", "all", 3), ("targets", 0, "when", "all", 3)),
            (("manifest", "rule_order", 7), ("manifest", "rule_order", 7)),
            (("clauses",), ("clauses",)),
            ((), ()),
        ],
    )
    def test_ids_become_positions(self, path, found):
        assert in_document(path, DOCUMENT) == found

    @pytest.mark.parametrize("clauses", [None, "text", [3], {"clause": "3"}])
    def test_a_document_of_another_shape_leaves_the_path_as_it_is(self, clauses):
        path = ("clauses", "3", "m03-list")
        assert in_document(path, {"clauses": clauses}) == path


class TestPlaceOf:
    @pytest.mark.parametrize(
        ("path", "place"),
        [
            (
                ("clauses", "3", "m03-list", "versions", 1),
                Place("clauses/m03.yaml", "/rules/0/versions/1", "m03-list"),
            ),
            (("clauses", "3", "title", "zh"), Place("clauses/m03.yaml", "/title/zh")),
            (("clauses", 0, "kinds"), Place("clauses/t1.yaml", "/kinds")),
            (("clauses", 1, "rules", 9, "id"), Place("clauses/m03.yaml", "/rules/9/id")),
            (("national", "first", "versions", 2), Place("national/first.yaml", "/versions/2")),
            (("manifest", "caveats"), Place("manifest.yaml", "/caveats")),
            (("vocabulary", "facts", 3, "type"), Place("vocabulary/facts.yaml", "/facts/3/type")),
            (("vocabulary", "size_classes", 0), Place("vocabulary/size-classes.yaml", "/rows/0")),
            (("vocabulary", "industry_sections", 0), Place("vocabulary/industry-sections.yaml", "/sections/0")),
            (("parameters", "m03_award"), Place("parameters.yaml", "/parameters/0")),
            (("targets", "m03-limit", "unit"), Place("targets.yaml", "/targets/0/unit")),
            (("cadences", 0), Place("targets.yaml", "/cadences/0")),
            (("cases", "m03.yaml", "cases", 0, "on"), Place("cases/m03.yaml", "/cases/0/on", "m03-list")),
            (("cases", "m03.yaml", "cases", 1), Place("cases/m03.yaml", "/cases/1")),
            (("cases", "m03.yaml", "cases"), Place("cases/m03.yaml", "/cases")),
            (("cases", "bad.yaml", "cases", 1), Place("cases/bad.yaml", "/cases/1")),
            (("elsewhere", "x"), Place("elsewhere", "/x")),
            ((), Place("", "")),
        ],
    )
    def test_file_rule_and_pointer(self, path, place):
        assert place_of(path, DOCUMENT, FILES) == place

    def test_cases_that_are_not_at_hand(self):
        assert place_of(("cases", "m03.yaml", "cases", 0), {}, {}) == Place("cases/m03.yaml", "/cases/0")


def test_pointers_escape_what_they_must():
    assert pointer(("a/b", 0, "c~d")) == "/a~1b/0/c~0d"
