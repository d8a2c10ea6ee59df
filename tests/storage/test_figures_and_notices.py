"""County figures and holiday notices: histories that only grow, and what holds now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.storage.repositories import Notices, Parameters, StoredFigure, StoredNotice, revision_of


@pytest.fixture
def figure(moment):
    return StoredFigure("county", "award", date(2024, 1, 1), None, "100000.50", "县财政局〔2024〕1号", moment)


@pytest.fixture
def notice(moment):
    return StoredNotice(
        2027,
        "国办发明电〔2026〕9号",
        date(2026, 11, 4),
        (date(2027, 1, 1), date(2027, 1, 4)),
        (date(2027, 1, 9),),
        moment,
    )


def enter(database, repository, *entries):
    with database.writing() as session:
        for entry in entries:
            repository(session).enter(entry)


class TestFigures:
    def test_are_kept_exactly_as_entered(self, database, figure):
        closed = replace(figure, valid_to=date(2025, 1, 1), value="0.030")
        enter(database, Parameters, figure, closed)
        with database.reading() as session:
            assert Parameters(session).history() == (figure, closed)

    def test_the_last_entry_for_a_start_date_holds(self, database, figure):
        later_start = replace(figure, valid_from=date(2025, 1, 1), value="3")
        enter(database, Parameters, figure, later_start, replace(figure, value="2"))
        with database.reading() as session:
            assert [entry.value for entry in Parameters(session).current()] == ["2", "3"]
            assert [entry.value for entry in Parameters(session).history("county")] == ["100000.50", "3", "2"]

    def test_policies_and_names_are_apart(self, database, figure):
        enter(database, Parameters, figure, replace(figure, policy_id="other"), replace(figure, name="rate"))
        with database.reading() as session:
            assert len(Parameters(session).current()) == 3
            assert len(Parameters(session).history("other")) == 1


class TestNotices:
    def test_are_kept_as_entered(self, database, notice):
        bare = replace(notice, document="x", days_off=(), working_days=())
        enter(database, Notices, notice, bare)
        with database.reading() as session:
            assert Notices(session).history() == (notice, bare)

    def test_the_last_entry_of_a_document_holds(self, database, notice):
        corrected = replace(notice, days_off=(date(2027, 1, 1),))
        enter(database, Notices, notice, corrected)
        with database.reading() as session:
            assert Notices(session).current() == (corrected,)
            assert Notices(session).history() == (notice, corrected)

    def test_another_document_of_the_year_stands_beside_it(self, database, notice):
        amendment = replace(notice, document="国办发明电〔2027〕2号", published_on=date(2027, 3, 1))
        enter(database, Notices, amendment, notice, replace(notice, year=2028))
        with database.reading() as session:
            current = [(entry.year, entry.published_on) for entry in Notices(session).current()]
        assert current == [(2027, date(2026, 11, 4)), (2027, date(2027, 3, 1)), (2028, date(2026, 11, 4))]


class TestTriggers:
    @pytest.mark.parametrize("table", ["parameter_values", "holiday_notices"])
    @pytest.mark.parametrize("statement", ["UPDATE {} SET number = 9", "DELETE FROM {}"])
    def test_no_entry_is_changed_or_removed(self, database, figure, notice, table, statement):
        enter(database, Parameters, figure)
        enter(database, Notices, notice)
        with pytest.raises(DBAPIError, match="never change"), database.writing() as session:
            session.execute(text(statement.format(table)))


class TestRevision:
    def test_differs_after_every_entry(self, database, figure, notice):
        seen = []
        for repository, entry in ((Parameters, figure), (Parameters, figure), (Notices, notice)):
            with database.reading() as session:
                seen.append(revision_of(session))
            enter(database, repository, entry)
        with database.reading() as session:
            seen.append(revision_of(session))
        assert len(set(seen)) == 4

    def test_stays_when_nothing_was_entered(self, database):
        with database.reading() as session:
            assert revision_of(session) == revision_of(session)
