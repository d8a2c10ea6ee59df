"""Check characters of the unified code, and the form of the three kinds of code."""

from __future__ import annotations

import pytest

from app.rules.codes import CODE_FORMS, check_character

#: Codes of the specification: two public ones, made-up right ones for an enterprise, a sole trader and a cooperative.
RIGHT = [
    "91350100M000100Y43",
    "91440300708461136T",
    "91140722MA0KX7Y867",
    "91140722MA0K0001XR",
    "92140722MA0KX7Y94Y",
    "93140722MA0KX8A19Q",
]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", RIGHT)
def test_check_character(code):
    assert check_character(code) == code[-1]


def test_a_code_of_ones():
    assert check_character("1" * 18) == "5"


@pytest.mark.parametrize("code", RIGHT)
def test_one_changed_character_asks_for_another_check_character(code):
    for place in range(17):
        for letter in ALPHABET.replace(code[place], ""):
            assert check_character(code[:place] + letter + code[place + 1 :]) != code[-1]


@pytest.mark.parametrize("code", RIGHT)
def test_two_neighbours_in_the_wrong_order_ask_for_another(code):
    for place in range(16):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert (check_character(swapped) == code[-1]) == (code[place] == code[place + 1])


def test_against_the_formula_of_the_standard():
    """The 18th character by hand: 31 less the weighted sum mod 31, with the weight of place i as 3^(i−1)."""
    code = RIGHT[0]
    total = sum(ALPHABET.index(letter) * 3**place for place, letter in enumerate(code[:17]))
    assert ALPHABET[(31 - total % 31) % 31] == "3"


def test_the_alphabet_has_no_i_o_s_v_z():
    assert CODE_FORMS["uscc"].alphabet == ALPHABET
    assert len(ALPHABET) == 31
    assert not set("IOSVZ") & set(ALPHABET)


@pytest.mark.parametrize("kind", ["uscc", "division", "industry"])
def test_a_form_accepts_no_line_end_after_the_code(kind):
    sample = {"uscc": RIGHT[0], "division": "140722", "industry": "C3311"}[kind]
    assert CODE_FORMS[kind].pattern.fullmatch(sample)
    assert not CODE_FORMS[kind].pattern.fullmatch(sample + "\n")
    assert len(sample) == CODE_FORMS[kind].longest
