"""Faults that others met, as deadlines of this service, and the published counting vectors."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from app.deadlines import CalendarStatus, State, Unit, WarningLevel, Why, compute_deadline
from app.services.calendars import HolidayNotice, build_calendar

VECTORS = [
    ("2022-04-18", 5, "2022-04-24"),
    ("2022-04-18", 20, "2022-05-17"),
    ("2022-04-18", 80, "2022-08-10"),
    ("2022-09-28", 5, "2022-10-10"),
    ("2022-01-28", 3, "2022-02-07"),
    ("2021-12-30", 5, "2022-01-07"),
    ("2023-01-20", 5, "2023-02-01"),
    ("2024-02-08", 20, "2024-03-13"),
    ("2025-01-27", 3, "2025-02-07"),
    ("2025-09-26", 5, "2025-10-10"),
    ("2026-02-12", 5, "2026-02-26"),
    ("2026-09-18", 15, "2026-10-15"),
    ("2026-09-01", 80, "2026-12-28"),
]


@pytest.mark.parametrize(("start", "days", "due"), VECTORS)
def test_nth_working_day_after_the_start(due_on, start, days, due):
    assert due_on(days, f"{start}T09:00") == f"{due}T18:00"


class TestCalendar:
    def test_f01_span_into_a_year_without_notice_is_provisional(self, ask):
        found = ask("3", "2026-12-31T09:00")
        assert (found.due_at.date(), found.calendar) == (date(2027, 1, 6), CalendarStatus.PROVISIONAL)

    def test_f01_span_inside_2026_is_official(self, ask):
        assert ask("3", "2026-12-28T09:00").calendar is CalendarStatus.OFFICIAL

    def test_f02_worked_sunday_is_day_one(self, ask):
        found = ask("5", "2024-09-27T09:00")
        assert found.due_at.date() == date(2024, 10, 10)
        assert next((d.date, d.why) for d in found.days if d.counts) == (date(2024, 9, 29), Why.MADE_UP_WORKING_DAY)

    def test_f03_new_years_holiday_lies_in_two_years(self, ask):
        found = ask("3", "2022-12-29T14:00")
        assert found.due_at.date() == date(2023, 1, 4)
        holidays = [d.date for d in found.days if d.why is Why.HOLIDAY and not d.counts]
        assert holidays == [date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2)]

    def test_f04_notice_entered_later_moves_the_date_and_makes_it_official(self, ask):
        notice = HolidayNotice(2027, "made up", date(2026, 12, 29), (date(2027, 1, 4),), ())
        before = ask("5", "2026-12-28T09:00")
        after = ask("5", "2026-12-28T09:00", calendar=build_calendar([notice]))
        assert (before.due_at.date(), before.calendar) == (date(2027, 1, 5), CalendarStatus.PROVISIONAL)
        assert (after.due_at.date(), after.calendar) == (date(2027, 1, 6), CalendarStatus.OFFICIAL)


class TestCounting:
    def test_f05_start_on_a_day_off_is_not_rolled_first(self, due_on):
        assert due_on("3", "2023-11-11T10:00") == "2023-11-15T18:00"

    def test_f06_start_ten_minutes_before_closing(self, due_on):
        assert due_on("3", "2023-11-10T17:50") == "2023-11-15T18:00"

    def test_f07_due_at_closing_time_not_at_the_hour_of_the_start(self, ask):
        assert ask("5", "2023-11-06T10:00").due_at.isoformat() == "2023-11-13T18:00:00+08:00"

    def test_f08_days_prove_the_date(self, ask):
        found = ask("25", "2025-01-20T09:00")
        counted = [day.date for day in found.days if day.counts]
        assert (len(counted), counted[-1], found.unit) == (25, date(2025, 2, 28), Unit.WORKING_DAY)
        assert found.due_at.date() == date(2025, 2, 28)
        assert found.days[-1].date == date(2025, 2, 28)

    def test_f09_calendar_days_do_not_move_off_a_holiday(self, ask):
        found = ask("20", "2026-09-15T09:00", unit=Unit.CALENDAR_DAY)
        assert found.due_at.isoformat() == "2026-10-05T23:59:59+08:00"
        assert (found.calendar, sum(day.counts for day in found.days)) == (None, 20)


class TestOfficeHours:
    def test_f10_lunch_is_not_office_time(self, due_on):
        assert due_on("0.5", "2023-11-10T10:30") == "2023-11-10T17:00"

    def test_f11_half_a_day_goes_on_into_a_worked_saturday(self, due_on):
        assert due_on("0.5", "2024-09-13T17:00") == "2024-09-14T11:00"

    def test_f12_refund_hours_run_through_spring_festival(self, ask):
        found = ask("72", "2026-02-14T17:40", unit=Unit.HOUR)
        assert found.due_at.isoformat() == "2026-02-17T17:40:00+08:00"
        assert (found.calendar, found.days) == (None, ())


class TestPauses:
    def test_f13_pause_over_a_weekend_changes_nothing(self, due_on):
        pause = ("2023-11-11T09:00", "2023-11-12T18:00")
        assert due_on("5", "2023-11-08T09:00", [pause]) == due_on("5", "2023-11-08T09:00") == "2023-11-15T18:00"

    def test_f14_two_short_pauses_on_one_day_cost_one_day(self, due_on):
        pauses = [("2025-09-24T09:00", "2025-09-24T10:00"), ("2025-09-24T14:30", "2025-09-24T15:00")]
        assert due_on("5", "2025-09-22T09:00") == "2025-09-28T18:00"
        assert due_on("5", "2025-09-22T09:00", pauses) == "2025-09-29T18:00"

    def test_f15_open_pause_leaves_no_due_date(self, ask):
        found = ask("5", "2023-11-06T09:00", [("2023-11-08T10:00", None)], now="2023-11-20T09:00")
        assert (found.due_at, found.state, found.warning) == (None, State.PAUSED, WarningLevel.GREEN)
        assert (found.used, found.remaining) == (1, 4)


class TestTimeZoneAndState:
    def test_f16_moment_without_an_offset_is_refused(self, calendar, hours):
        naive = datetime(2023, 11, 6, 9)
        with pytest.raises(ValueError, match="started_at has no offset"):
            compute_deadline(
                Decimal(5),
                Unit.WORKING_DAY,
                naive,
                now=naive,
                calendar=calendar,
                office_hours=hours,
                plan_start=date(2022, 4, 18),
            )

    @pytest.mark.parametrize("start", ["2023-11-06T09:00:00.123456+08:00", "2023-11-06T01:00:00.5Z"])
    @pytest.mark.parametrize(
        ("limit", "unit"),
        [("5", Unit.WORKING_DAY), ("0.5", Unit.WORKING_DAY), ("72", Unit.HOUR), ("20", Unit.CALENDAR_DAY)],
    )
    def test_f18_due_moments_are_whole_seconds_in_shanghai_time(self, ask, start, limit, unit):
        text = ask(limit, start, unit=unit).due_at.isoformat()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", text)

    def test_f19_due_today_is_not_late(self, ask):
        found = ask("5", "2023-11-06T09:00", now="2023-11-13T17:59")
        assert (found.state, found.warning, found.used, found.remaining) == (State.RUNNING, WarningLevel.RED, 5, 0)
