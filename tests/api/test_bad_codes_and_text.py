"""Groups D and E: codes and text; field cases F20 to F23."""

from __future__ import annotations

import pytest

from tests.api.wire import post

GOOD = "91140722MA0K0001XR"


def facts(port, _path="/v1/eligibility", _language="zh-CN", **given):
    headers = {"Content-Type": "application/json", "Accept-Language": _language}
    return post(
        port, _path, {"facts": given, "on": "2023-06-01"} if "match" not in _path else {"facts": given}, headers
    )


def warned(answer):
    return {
        fact
        for warning in answer.json["warnings"]
        if warning["code"] == "code_check_digit"
        for fact in warning["facts"]
    }


class TestCodes:
    @pytest.mark.parametrize("uscc", [GOOD, "91140722MA0KX7Y867", "92140722MA0KX7Y94Y", "93140722MA0KX8A19Q"])
    def test_a_right_code_draws_no_warning(self, port, uscc):
        answer = facts(port, uscc=uscc)
        assert (answer.status, warned(answer)) == (200, set())

    @pytest.mark.parametrize("uscc", [GOOD[:-1] + "0", "111111111111111111"])
    def test_a_wrong_check_character_is_a_warning(self, port, uscc):
        answer = facts(port, uscc=uscc)
        assert (answer.status, warned(answer)) == (200, {"uscc"})
        plain = facts(port).json
        assert answer.json["counts"] == plain["counts"]
        assert answer.json["results"] == plain["results"]

    @pytest.mark.parametrize("fact", ["uscc", "core_enterprise_uscc"])
    @pytest.mark.parametrize("letter", "IOSVZ")
    def test_impossible_letters_are_named(self, port, fact, letter):
        answer = facts(port, **{fact: GOOD[:4] + letter + GOOD[5:]})
        assert answer.codes == {f"/facts/{fact}": "code_format"}
        assert letter in answer.json["errors"][0]["message"].replace("I、O、S、V、Z", "")

    @pytest.mark.parametrize(
        ("fact", "code"),
        [
            ("uscc", GOOD[:-1]),
            ("uscc", GOOD + "0"),
            ("uscc", ""),
            ("uscc", GOOD.replace("9", "９", 1)),
            ("uscc", "\u00a0" + GOOD),
            ("uscc", GOOD + " "),
            ("uscc", "9" * 5000),
            ("uscc", "ß" * 18),
            ("registration_division", "14072"),
            ("registration_division", "1407220"),
            ("registration_division", "14O722"),
            ("registration_division", "１４０７２２"),
            ("registration_division", "左权县"),
            ("industry_code", "3311"),
            ("industry_code", "U3311"),
            ("industry_code", "C33111"),
            ("industry_code", "CC331"),
            ("industry_code", ""),
        ],
    )
    def test_another_form_is_refused(self, port, fact, code):
        answer = facts(port, **{fact: code})
        assert answer.codes == {f"/facts/{fact}": "code_format"}

    @pytest.mark.parametrize(
        ("code", "named"),
        [
            ("\u00a091140722ma0kx7y867\u3000", "U+00A0"),
            ("９１140722MA0KX7Y867", "U+FF19"),
            ("9114O722MA0KX7Y867", "“O”"),
            ("91140722MA0KX7Y86\u200b", "U+200B"),
        ],
    )
    def test_a_hidden_or_wide_character_is_named(self, port, code, named):
        answer = facts(port, uscc=code)
        assert answer.codes == {"/facts/uscc": "code_format"}
        assert named in answer.json["errors"][0]["message"]

    @pytest.mark.parametrize("code", ["C9999", "C", "C33", "T9"])
    def test_the_form_is_checked_and_not_the_list(self, port, code):
        assert facts(port, industry_code=code).status == 200

    @pytest.mark.parametrize(("language", "words"), [("zh", "按文本发送"), ("en", "as text")])
    @pytest.mark.parametrize(
        ("fact", "number"),
        [
            ("uscc", 9.1140722e17),
            ("uscc", 911407225812000189),
            ("registration_division", 140722),
            ("industry_code", 3311),
        ],
    )
    def test_a_number_is_a_wrong_type_with_the_cure(self, port, fact, number, language, words):
        answer = facts(port, _language=language, **{fact: number})
        assert answer.codes == {f"/facts/{fact}": "wrong_type"}
        assert words in answer.json["errors"][0]["message"]

    def test_lower_case_is_returned_in_upper_case(self, port):
        answer = facts(port, industry_code="c3311", registration_division="140722")
        derived = {item["fact"]: item for item in answer.json["derived"]}
        assert (
            derived["industry_section"]["from"] == {"industry_code": "C3311"} if "industry_section" in derived else True
        )
        assert answer.body == facts(port, industry_code="C3311", registration_division="140722").body
        assert facts(port, uscc=GOOD.lower()).body == facts(port, uscc=GOOD).body


class TestText:
    @pytest.mark.parametrize(
        "name",
        [
            "a\0b",
            "a\u202eb",
            "a\u200bb",
            "a\u200d",
            "\ufeffa",
            "a\u2066b",
            "a\u0085b",
            "a\x7fb",
            "a\u00adb",
            "a\u2028b",
            "a\tb",
            "a\u200fb",
            "a\U000e0041",
            "a\u061cb",
            "a\u2060b",
        ],
    )
    @pytest.mark.parametrize("fact", ["name", "project_township"])
    def test_hidden_characters_are_refused(self, port, name, fact):
        answer = facts(port, **{fact: name})
        assert answer.codes == {f"/facts/{fact}": "text_invalid"}
        assert "U+" in answer.json["errors"][0]["message"]

    @pytest.mark.parametrize("name", ["x" * 201, "x" * 10_001, "a" + "\u0301" * 60_000, "企" * 201, "ﷺ" * 20_000])
    def test_too_long_is_refused_at_once(self, port, name):
        answer = facts(port, name=name)
        assert answer.codes == {"/facts/name": "text_too_long"}
        assert answer.quickest() < 0.1

    @pytest.mark.parametrize("name", ["", " ", "\u3000", "\t\n"])
    def test_blank_is_refused(self, port, name):
        assert facts(port, name=name).codes == {"/facts/name": "text_empty"}

    @pytest.mark.parametrize("raw", [5, True, [], {}, 1.5])
    def test_other_than_text_is_a_wrong_type(self, port, raw):
        assert facts(port, name=raw).codes == {"/facts/name": "wrong_type"}

    @pytest.mark.parametrize(
        "name",
        ["<script>alert(1)</script>", "'; DROP TABLE x; --", "{{7*7}}", "${jndi:x}", "企" * 200, "  左权县 ", "𠮷野"],
    )
    def test_anything_visible_is_text(self, port, name):
        assert facts(port, name=name).status == 200

    def test_what_is_repeated_holds_no_control_character(self, port):
        answer = facts(port, entity_type="a\u202e\0" + "x" * 100)
        assert answer.codes == {"/facts/entity_type": "not_in_enum"}
        message = answer.json["errors"][0]["message"]
        assert message.isprintable()
        assert "x" * 61 not in message
