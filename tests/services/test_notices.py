"""Entering holiday notices: what is checked, and what the calendar then says."""

from __future__ import annotations

from datetime import date

import pytest

from app.deadlines import Basis
from app.rules.errors import InputError
from app.services.notices import enter_notice, list_notices
from app.services.publishing import load_registry

NOTICE = {
    "year": "2027",
    "document": "国办发明电〔2026〕9号",
    "published_on": "2026-11-04",
    "days_off": ["2027-01-01", "2027-01-04"],
    "working_days": ["2027-01-09"],
}


def calendar_of(database, settings):
    return load_registry(database, settings).registry.calendar


class TestEnter:
    def test_the_year_becomes_official(self, database, settings, clock):
        assert 2027 in calendar_of(database, settings).provisional_years
        enter_notice(database, NOTICE, clock)
        calendar = calendar_of(database, settings)
        assert 2027 not in calendar.provisional_years
        assert calendar.years[2027] is Basis.ENTERED
        assert not calendar.is_worked(date(2027, 1, 4))
        assert calendar.is_worked(date(2027, 1, 9))

    def test_the_same_document_again_takes_the_place_of_the_first(self, database, settings, clock):
        enter_notice(database, NOTICE, clock)
        enter_notice(database, {**NOTICE, "days_off": ["2027-01-01"]}, clock)
        assert calendar_of(database, settings).is_worked(date(2027, 1, 4))
        assert len(list_notices(database)) == 1

    def test_an_amendment_is_laid_over(self, database, settings, clock):
        amendment = {"year": "2027", "document": "国办发明电〔2027〕2号", "published_on": "2027-03-01"}
        enter_notice(database, NOTICE, clock)
        enter_notice(database, {**amendment, "days_off": ["2027-05-04"], "working_days": ["2027-01-04"]}, clock)
        calendar = calendar_of(database, settings)
        assert calendar.is_worked(date(2027, 1, 4))
        assert not calendar.is_worked(date(2027, 5, 4))
        assert not calendar.is_worked(date(2027, 1, 1))

    def test_an_amendment_of_a_published_year(self, database, settings, clock):
        enter_notice(
            database,
            {"year": 2026, "document": "x", "published_on": "2026-03-01", "days_off": ["2026-05-06"]},
            clock,
        )
        assert not calendar_of(database, settings).is_worked(date(2026, 5, 6))


class TestRefused:
    @pytest.mark.parametrize(
        ("changes", "code", "path"),
        [
            ({"year": "27"}, "wrong_type", ("year",)),
            ({"year": "2040", "days_off": [], "working_days": []}, "out_of_range", ("year",)),
            ({"published_on": "2026-13-01"}, "date_invalid", ("published_on",)),
            ({"days_off": ["2027-02-30"]}, "date_invalid", ("days_off", 0)),
            ({"days_off": ["2028-01-01"]}, "out_of_range", ("days_off", 0)),
            ({"working_days": ["2027-01-01"]}, "day_off_and_worked", ("working_days", 0)),
            ({"document": None}, "missing_field", ("document",)),
            ({"holidays": []}, "unknown_field", ("holidays",)),
        ],
    )
    def test_names_the_place_and_keeps_nothing(self, database, clock, changes, code, path):
        with pytest.raises(InputError) as caught:
            enter_notice(database, {**NOTICE, **changes}, clock)
        assert [(fault.code, fault.path) for fault in caught.value.faults] == [(code, path)]
        assert list_notices(database) == ()
