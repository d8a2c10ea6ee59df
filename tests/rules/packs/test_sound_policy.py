"""A document that may be published: read and checked in one step, with every fault told once."""

from __future__ import annotations

import time

import pytest

from app.rules.errors import PackError
from app.rules.packs.checks import CHECKS, check_pack, sound_policy
from app.rules.packs.diagnostics import DIAGNOSTICS
from app.rules.packs.parse import parse_pack
from app.services.packs import load_document
from tests.rules import small

READY = {"all": [small.leaf("ready", "is_true")]}


def document(*rules, **more):
    made = small.document(list(rules), **more)
    for rule in rules:
        for version in rule["versions"]:
            version.update(basis="open_ended" if "valid_to" not in version else "stated")
    return made


def codes(made):
    with pytest.raises(PackError) as caught:
        sound_policy(made)
    return [fault.code for fault in caught.value.faults]


class TestSoundPolicy:
    def test_a_sound_document(self):
        assert sound_policy(document(small.rule("m01-list", READY))).rule("m01-list")

    def test_reading_comes_before_the_checks(self):
        assert codes(document(small.rule("m02-list", {"all": []}))) == ["empty_condition"]

    def test_every_check_has_its_say(self):
        twice = {"all": [small.leaf("ready", "is_true"), small.leaf("ready", "is_true")]}
        rule = small.rule("m02-list", twice, amount="price + months", subjects=["nobody"])
        assert codes(document(rule)) == ["part_idle", "unit_mismatch", "unknown_subject", "rule_elsewhere"]

    def test_a_national_scheme_used_twice_is_told_once(self):
        scheme = {
            "id": "relief",
            "title": small.text("relief"),
            "checked_on": "2024-01-01",
            "versions": [small.version({"all": [small.leaf("count", "less_than", "0")]}, basis="open_ended")],
        }
        rules = [small.rule(f"m01-{name}", READY) for name in ("one", "two")]
        for rule in rules:
            rule.update(national="relief", versions=[])
        assert codes(small.document(rules, national=[scheme])) == ["condition_never_holds"]

    def test_without_cases_none_is_missed(self):
        made = document(small.rule("m01-list", READY))
        raw, policy = parse_pack(made)
        assert check_pack(raw, policy) == []
        assert [fault.code for fault in check_pack(raw, policy, ())] == ["cases_missing", "version_without_case"]

    def test_quotes_are_looked_up_only_in_texts_that_are_there(self):
        rule = small.rule("m01-list", READY)
        rule["versions"][0]["sources"][0]["quote"] = "准备就绪"
        made = document(rule)
        raw, policy = parse_pack(made)
        assert check_pack(raw, policy, texts={"other": ""}) == []
        assert check_pack(raw, policy, texts={"plan": "凡准备\n就绪的"}) == []
        assert [fault.code for fault in check_pack(raw, policy, texts={"plan": ""})] == ["citation_not_found"]

    def test_the_words_for_an_easier_way_are_looked_up_too(self):
        made = document(small.rule("m01-list", READY))
        made["clauses"][0]["channel"] = {"code": "no_application", "quote": "无需申请"}
        raw, policy = parse_pack(made)
        assert (policy.measures[0].channel, policy.measures[0].channel_quote) == ("no_application", "无需申请")
        assert check_pack(raw, policy, texts={"small-plan": "无需\n申请"}) == []
        (fault,) = check_pack(raw, policy, texts={"small-plan": "须申请"})
        assert (fault.code, fault.path[-2:]) == ("citation_not_found", ("channel", "quote"))
        made["clauses"][0]["channel"]["code"] = "at_once"
        assert codes(made) == ["not_in_enum"]

    def test_a_scheme_that_the_document_does_not_hold(self):
        rule = small.rule("m01-list", READY)
        assert codes(document({**rule, "national": "relief", "versions": []})) == ["unknown_scheme"]

    def test_yes_and_no_of_a_json_document(self):
        facts = [{**fact, "actionable": True} if fact["id"] == "ready" else fact for fact in small.FACTS]
        policy = sound_policy(document(small.rule("m01-list", READY), facts=facts))
        assert policy.vocabulary["ready"].actionable

    @pytest.mark.parametrize(
        ("first", "second", "idle"),
        [
            (small.leaf("count", "greater_than", "0"), small.leaf("count", "greater_than_or_equal_to", "1"), 1),
            (small.leaf("count", "greater_than", "0"), small.leaf("count", "greater_than", "5"), 0),
            (small.leaf("price", "less_than", {"fact": "ceiling"}), small.leaf("price", "less_than", "5"), None),
            (small.leaf("kind", "is_one_of", ["a", "b", "c"]), small.leaf("ready", "is_true"), None),
        ],
    )
    def test_of_two_that_say_the_same_the_first_stays(self, first, second, idle):
        made = document(small.rule("m01-list", {"all": [first, second]}))
        found = [fault.path[-1] for fault in check_pack(*parse_pack(made))]
        assert found == ([] if idle is None else [idle])

    def test_a_lone_surrogate_is_told_as_text(self):
        made = document(small.rule("m01-list", READY))
        made["manifest"]["title"]["zh"] = "\ud800"
        assert codes(made) == ["text_invalid"]

    def test_the_packaged_plan_is_read_and_checked_within_a_second(self):
        made = load_document("zuoquan-2022")
        start = time.perf_counter()
        sound_policy(made)
        assert time.perf_counter() - start < 2


def test_every_diagnostic_speaks_both_languages():
    assert all(words.zh and words.en and words.zh != words.en for words in DIAGNOSTICS.values())
    assert len(CHECKS) == len(set(CHECKS))
