"""Entering a figure that the plan leaves to the county."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.rules.errors import InputError
from app.services.figures import FigureEntry, enter_figure
from app.services.packs import load_policy
from app.storage.repositories import Parameters

ENTRY = FigureEntry("m13_award_tier_1", "500000", "2027-01-01", "2027-12-31", "左政办发〔2027〕1号")


@pytest.fixture(scope="module")
def policy():
    return load_policy("zuoquan-2022")


def faults_of(database, policy, clock, **changes):
    with pytest.raises(InputError) as caught:
        enter_figure(database, policy, replace(ENTRY, **changes), clock)
    with database.reading() as session:
        assert Parameters(session).history() == ()
    return [(fault.code, fault.path) for fault in caught.value.faults]


class TestEnter:
    def test_keeps_text_source_and_moment(self, database, policy, clock):
        figure = enter_figure(database, policy, replace(ENTRY, value=" 500000.50 "), clock)
        assert (figure.value, figure.source, figure.entered_at) == ("500000.50", ENTRY.source, clock.now())
        with database.reading() as session:
            assert Parameters(session).current() == (figure,)

    def test_the_last_day_is_the_day_before_it_ends(self, database, policy, clock):
        assert enter_figure(database, policy, ENTRY, clock).valid_to == date(2028, 1, 1)

    def test_without_a_last_day_it_stays(self, database, policy, clock):
        assert enter_figure(database, policy, replace(ENTRY, valid_to=None), clock).valid_to is None

    def test_a_rate(self, database, policy, clock):
        name = next(p.id for p in policy.parameters.values() if p.type == "rate")
        assert enter_figure(database, policy, replace(ENTRY, name=name, value="0.015"), clock).value == "0.015"


class TestRefused:
    def test_an_unknown_name_with_the_nearest(self, database, policy, clock):
        with pytest.raises(InputError) as caught:
            enter_figure(database, policy, replace(ENTRY, name="m13_award_teir_1"), clock)
        (fault,) = caught.value.faults
        assert (fault.code, fault.suggestions[0]) == ("unknown_figure", "m13_award_tier_1")

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"value": "50万元"}, "number_format"),
            ({"value": "1e5"}, "number_format"),
            ({"value": "-1"}, "out_of_range"),
            ({"value": "0.005"}, "too_many_decimals"),
        ],
    )
    def test_a_value_that_is_no_amount(self, database, policy, clock, changes, code):
        assert faults_of(database, policy, clock, **changes) == [(code, ("value",))]

    def test_dates_that_cannot_be(self, database, policy, clock):
        found = faults_of(database, policy, clock, valid_from="2027-02-29", valid_to="2027/12/31")
        assert found == [("date_invalid", ("valid_from",)), ("date_format", ("valid_to",))]

    def test_an_end_before_the_start(self, database, policy, clock):
        assert faults_of(database, policy, clock, valid_to="2026-12-31") == [("time_order", ("valid_to",))]

    def test_a_blank_source(self, database, policy, clock):
        assert faults_of(database, policy, clock, source="  ") == [("text_empty", ("source",))]

    def test_everything_at_once(self, database, policy, clock):
        found = faults_of(database, policy, clock, value="x", valid_from="x", source="")
        assert [path for _, path in found] == [("value",), ("valid_from",), ("source",)]
