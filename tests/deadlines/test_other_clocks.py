"""Elapsed hours, calendar days, on the spot."""

from __future__ import annotations

from datetime import date

import pytest

from app.deadlines import CalendarStatus, State, Unit, WarningLevel, Why


class TestHours:
    @pytest.mark.parametrize(
        ("now", "state", "warning", "used", "remaining"),
        [
            ("2026-02-14T17:39", State.RUNNING, WarningLevel.GREEN, "0", "72"),
            ("2026-02-14T17:41", State.RUNNING, WarningLevel.GREEN, "0.016667", "71.983333"),
            ("2026-02-16T23:59:59", State.RUNNING, WarningLevel.GREEN, "54.333056", "17.666944"),
            ("2026-02-17T00:00", State.RUNNING, WarningLevel.RED, "54.333333", "17.666667"),
            ("2026-02-17T17:40", State.RUNNING, WarningLevel.RED, "72", "0"),
            ("2026-02-17T17:40:01", State.OVERDUE, WarningLevel.RED, "72.000278", "0"),
        ],
    )
    def test_reading(self, ask, now, state, warning, used, remaining):
        found = ask("72", "2026-02-14T17:40", unit=Unit.HOUR, now=now)
        assert (found.state, found.warning) == (state, warning)
        assert (str(found.used), str(found.remaining)) == (used, remaining)

    def test_yellow_from_four_fifths_of_the_limit(self, ask):
        start = "2026-02-14T05:00"
        assert ask("72", start, unit=Unit.HOUR, now="2026-02-16T14:35:59").warning is WarningLevel.GREEN
        assert ask("72", start, unit=Unit.HOUR, now="2026-02-16T14:36").warning is WarningLevel.YELLOW

    def test_start_in_another_offset_is_answered_in_shanghai_time(self, ask):
        found = ask("72", "2026-02-14T23:30:00+00:00", unit=Unit.HOUR)
        assert found.due_at.isoformat() == "2026-02-18T07:30:00+08:00"

    def test_needs_no_calendar(self, ask):
        assert ask("72", "1990-01-01T09:00", unit=Unit.HOUR).due_at.isoformat() == "1990-01-04T09:00:00+08:00"

    def test_finished(self, ask):
        assert ask("72", "2026-02-14T17:40", unit=Unit.HOUR, finished="2026-02-15T17:40").state is State.MET


class TestCalendarDays:
    def test_days_are_counted_from_the_day_after_the_start(self, ask):
        found = ask("2", "2026-10-01T23:59", unit=Unit.CALENDAR_DAY, now="2026-10-02T00:00")
        assert (found.due_at.isoformat(), found.used, found.remaining) == ("2026-10-03T23:59:59+08:00", 1, 1)
        assert [(d.date, d.counts, d.why) for d in found.days] == [
            (date(2026, 10, 1), False, Why.START_DAY),
            (date(2026, 10, 2), True, Why.CALENDAR_DAY),
            (date(2026, 10, 3), True, Why.CALENDAR_DAY),
        ]

    @pytest.mark.parametrize(
        ("now", "warning"),
        [
            ("2026-09-30T09:00", WarningLevel.GREEN),
            ("2026-10-01T09:00", WarningLevel.YELLOW),
            ("2026-10-05T00:00", WarningLevel.RED),
        ],
    )
    def test_warning(self, ask, now, warning):
        assert ask("20", "2026-09-15T09:00", unit=Unit.CALENDAR_DAY, now=now).warning is warning

    def test_needs_no_calendar(self, ask):
        found = ask("20", "2050-01-01T09:00", unit=Unit.CALENDAR_DAY)
        assert (found.due_at.date(), found.calendar) == (date(2050, 1, 21), None)


class TestOnTheSpot:
    @pytest.mark.parametrize(
        ("start", "due"),
        [
            ("2023-11-10T07:00", "2023-11-10T18:00"),
            ("2023-11-10T13:00", "2023-11-10T18:00"),
            ("2023-11-10T17:59:59", "2023-11-10T18:00"),
            ("2023-11-10T18:00", "2023-11-13T18:00"),
            ("2023-11-11T09:00", "2023-11-13T18:00"),
            ("2024-09-14T09:00", "2024-09-14T18:00"),
            ("2024-09-30T18:00", "2024-10-08T18:00"),
        ],
    )
    def test_due_at_the_close_of_the_office_day(self, due_on, start, due):
        assert due_on("0", start, unit=Unit.ON_THE_SPOT) == due

    def test_nothing_is_used_and_the_due_day_is_red(self, ask):
        found = ask("0", "2023-11-10T09:00", unit=Unit.ON_THE_SPOT, now="2023-11-10T17:00")
        assert (found.used, found.remaining, found.state, found.warning) == (0, 0, State.RUNNING, WarningLevel.RED)

    def test_before_the_due_day_it_is_yellow(self, ask):
        assert ask("0", "2023-11-11T09:00", unit=Unit.ON_THE_SPOT).warning is WarningLevel.YELLOW

    def test_days_on_the_day_itself(self, ask):
        days = ask("0", "2023-11-10T09:00", unit=Unit.ON_THE_SPOT).days
        assert days == ((date(2023, 11, 10), True, Why.WORKING_DAY),)

    def test_days_after_closing(self, ask):
        days = ask("0", "2023-11-10T18:00", unit=Unit.ON_THE_SPOT).days
        assert [(d.counts, d.why) for d in days] == [
            (False, Why.OUTSIDE_HOURS),
            (False, Why.WEEKEND),
            (False, Why.WEEKEND),
            (True, Why.WORKING_DAY),
        ]

    def test_uses_the_calendar(self, ask):
        assert ask("0", "2026-12-31T18:00", unit=Unit.ON_THE_SPOT).calendar is CalendarStatus.PROVISIONAL
        assert ask("0", "2026-12-31T17:00", unit=Unit.ON_THE_SPOT).calendar is CalendarStatus.OFFICIAL

    def test_now_beyond_the_calendar_does_not_matter(self, ask):
        assert ask("0", "2023-11-10T09:00", unit=Unit.ON_THE_SPOT, now="2050-01-01T00:00").state is State.OVERDUE
