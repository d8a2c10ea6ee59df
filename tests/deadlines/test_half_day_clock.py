"""Half a working day: four office hours, from the very minute."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.deadlines import CalendarStatus, State, WarningLevel, Why

HALF = "0.5"


class TestDue:
    @pytest.mark.parametrize(
        ("start", "due"),
        [
            ("2023-11-10T08:00", "2023-11-10T12:00"),
            ("2023-11-10T08:01", "2023-11-10T14:31"),
            ("2023-11-10T07:00", "2023-11-10T12:00"),
            ("2023-11-09T18:00", "2023-11-10T12:00"),
            ("2023-11-10T11:30", "2023-11-10T18:00"),
            ("2023-11-10T11:31", "2023-11-13T08:01"),
            ("2023-11-10T12:00", "2023-11-13T08:30"),
            ("2023-11-10T13:15", "2023-11-13T08:30"),
            ("2023-11-10T14:30", "2023-11-13T08:30"),
            ("2023-11-10T17:59", "2023-11-13T11:59"),
            ("2023-11-10T18:00", "2023-11-13T12:00"),
            ("2023-11-11T10:00", "2023-11-13T12:00"),
            ("2024-09-13T18:30", "2024-09-14T12:00"),
            ("2024-09-14T09:00", "2024-09-14T15:30"),
            ("2024-09-14T17:00", "2024-09-18T11:00"),
        ],
    )
    def test_from(self, due_on, start, due):
        assert due_on(HALF, start) == due

    def test_counts_seconds(self, ask):
        assert ask(HALF, "2023-11-10T10:30:15").due_at.isoformat() == "2023-11-10T17:00:15+08:00"


class TestPauses:
    @pytest.mark.parametrize(
        ("pauses", "due"),
        [
            ([("2023-11-10T09:00", "2023-11-10T09:20")], "2023-11-10T14:50"),
            ([("2023-11-10T12:00", "2023-11-10T18:00")], "2023-11-10T12:00"),
            ([("2023-11-10T11:59", "2023-11-10T18:00")], "2023-11-13T08:01"),
            ([("2023-11-10T11:30", "2023-11-10T14:30")], "2023-11-10T15:00"),
            ([("2023-11-10T09:00", "2023-11-10T10:00"), ("2023-11-10T09:30", "2023-11-10T10:30")], "2023-11-10T16:00"),
            ([("2023-11-10T15:00", "2023-11-10T15:30"), ("2023-11-10T09:00", "2023-11-10T10:00")], "2023-11-10T16:00"),
            ([("2023-11-09T09:00", "2023-11-10T08:10")], "2023-11-10T14:40"),
            ([("2023-11-10T09:00", "2023-11-14T09:00")], "2023-11-14T12:00"),
        ],
    )
    def test_paused_office_time_does_not_count(self, due_on, pauses, due):
        assert due_on(HALF, "2023-11-10T08:00", pauses) == due

    def test_pause_is_counted_to_the_second(self, ask):
        pause = ("2023-11-10T09:00:00", "2023-11-10T09:00:01")
        assert ask(HALF, "2023-11-10T08:30", [pause]).due_at.isoformat() == "2023-11-10T15:00:01+08:00"

    def test_open_pause_leaves_no_due_moment(self, ask):
        found = ask(HALF, "2023-11-10T08:00", [("2023-11-10T11:00", None)], now="2023-11-13T09:00")
        assert (found.due_at, found.state, found.used) == (None, State.PAUSED, Decimal("0.375"))
        assert (found.remaining, found.warning) == (Decimal("0.125"), WarningLevel.GREEN)

    def test_open_pause_with_four_fifths_used_is_yellow(self, ask):
        found = ask(HALF, "2023-11-10T08:00", [("2023-11-10T11:12", None)], now="2023-11-13T09:00")
        assert (found.used, found.warning) == (Decimal("0.4"), WarningLevel.YELLOW)

    def test_open_pause_ends_at_the_finish(self, ask):
        found = ask(HALF, "2023-11-10T08:00", [("2023-11-10T11:00", None)], finished="2023-11-13T09:00")
        assert (found.due_at.isoformat(), found.state) == ("2023-11-13T10:00:00+08:00", State.MET)


class TestReading:
    @pytest.mark.parametrize(
        ("now", "used", "remaining"),
        [
            ("2023-11-10T07:00", "0", "0.5"),
            ("2023-11-10T09:30", "0.1875", "0.3125"),
            ("2023-11-10T09:00:01", "0.125035", "0.374965"),
            ("2023-11-10T13:00", "0.5", "0"),
            ("2023-11-13T09:00", "1.0625", "0"),
        ],
    )
    def test_used_is_office_hours_by_eight(self, ask, now, used, remaining):
        found = ask(HALF, "2023-11-10T08:00", now=now)
        assert (str(found.used), str(found.remaining)) == (used, remaining)

    def test_pause_after_now_is_not_yet_taken_off(self, ask):
        found = ask(HALF, "2023-11-10T08:00", [("2023-11-10T10:00", "2023-11-10T11:00")], now="2023-11-10T09:00")
        assert (found.used, found.state) == (Decimal("0.125"), State.RUNNING)

    def test_yellow_the_day_before_the_due_day(self, ask):
        found = ask(HALF, "2023-11-10T11:40", now="2023-11-10T17:59")
        assert (found.due_at.day, found.warning) == (13, WarningLevel.YELLOW)

    def test_finished_late_by_a_fraction_of_a_second(self, ask):
        assert ask(HALF, "2023-11-10T08:00", finished="2023-11-10T12:00:00.5").state is State.MET_LATE

    def test_uses_the_calendar(self, ask):
        assert ask(HALF, "2026-12-31T17:00").calendar is CalendarStatus.PROVISIONAL


class TestDays:
    def test_start_after_closing_is_outside_hours_then_the_weekend(self, ask):
        assert [(d.date.day, d.counts, d.why) for d in ask(HALF, "2023-11-10T18:00").days] == [
            (10, False, Why.OUTSIDE_HOURS),
            (11, False, Why.WEEKEND),
            (12, False, Why.WEEKEND),
            (13, True, Why.WORKING_DAY),
        ]

    def test_start_in_the_lunch_break_counts_by_the_afternoon(self, ask):
        assert [d.counts for d in ask(HALF, "2023-11-10T13:00").days] == [True, False, False, True]

    def test_day_that_is_paused_as_far_as_it_could_count(self, ask):
        days = ask(HALF, "2023-11-09T17:00", [("2023-11-09T16:00", "2023-11-10T12:30")]).days
        assert [(d.date.day, d.counts, d.why) for d in days] == [
            (9, False, Why.PAUSED),
            (10, True, Why.WORKING_DAY),
            (11, False, Why.WEEKEND),
            (12, False, Why.WEEKEND),
            (13, True, Why.WORKING_DAY),
        ]

    def test_day_that_is_paused_in_part_counts(self, ask):
        days = ask(HALF, "2024-09-13T17:00", [("2024-09-14T08:00", "2024-09-14T09:00")]).days
        assert [(d.date.day, d.why) for d in days] == [(13, Why.WORKING_DAY), (14, Why.MADE_UP_WORKING_DAY)]

    def test_open_pause_shows_the_days_to_now(self, ask):
        days = ask(HALF, "2023-11-09T17:00", [("2023-11-09T17:30", None)], now="2023-11-11T09:00").days
        assert [(d.date.day, d.why) for d in days] == [(9, Why.WORKING_DAY), (10, Why.PAUSED), (11, Why.WEEKEND)]
