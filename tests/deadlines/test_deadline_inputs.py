"""Moments and limits that cannot be counted, each with the input at fault."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.deadlines import (
    AfterCalendar,
    BeforeCalendar,
    DeadlineError,
    Pause,
    PauseReason,
    PausesNotAllowed,
    TimeOrder,
    Unit,
    clock_for,
    compute_deadline,
)

FIRST, LAST = date(2004, 1, 1), date(2030, 12, 31)
START = "2023-11-06T09:00"


@pytest.fixture
def faults(ask):
    def refused(*args, **kwargs):
        with pytest.raises(DeadlineError) as caught:
            ask(*args, **kwargs)
        return caught.value.faults

    return refused


class TestCalendarEnds:
    @pytest.mark.parametrize("limit", ["5", "0.5"])
    def test_start_on_the_day_before_the_calendar(self, faults, limit):
        assert faults(limit, "2003-12-31T23:59:59") == (BeforeCalendar(("started_at",), FIRST),)

    def test_start_on_the_first_day_of_the_calendar(self, due_on):
        assert due_on("1", "2003-12-31T16:00:00Z") == "2004-01-02T18:00"

    @pytest.mark.parametrize(("limit", "unit"), [("5", Unit.WORKING_DAY), ("0", Unit.ON_THE_SPOT)])
    def test_start_after_the_last_day(self, faults, limit, unit):
        assert faults(limit, "9999-12-31T00:00", unit=unit) == (AfterCalendar(("started_at",), LAST),)

    def test_due_on_the_last_working_day_known(self, due_on):
        assert due_on("1", "2030-12-30T09:00") == "2030-12-31T18:00"

    @pytest.mark.parametrize(("limit", "unit"), [("1", Unit.WORKING_DAY), ("0", Unit.ON_THE_SPOT)])
    def test_due_after_the_last_day(self, faults, limit, unit):
        assert faults(limit, "2030-12-31T18:00", unit=unit) == (AfterCalendar(("started_at",), LAST),)

    def test_half_day_due_after_the_last_day(self, faults):
        assert faults("0.5", "2030-12-31T14:30") == (AfterCalendar(("started_at",), LAST),)

    @pytest.mark.parametrize("limit", ["5", "0.5"])
    def test_pause_that_ends_after_the_last_day(self, faults, limit):
        pauses = [("2023-11-01T09:00", "2023-11-01T10:00"), ("2023-11-06T10:00", "2031-01-01T00:00:01")]
        assert faults(limit, START, pauses) == (AfterCalendar(("pauses", 1, "to"), LAST),)

    def test_pause_that_pushes_the_due_day_past_the_last(self, faults):
        pauses = [("2030-12-30T09:00", "2030-12-30T10:00")]
        assert faults("2", "2030-12-27T09:00", pauses) == (AfterCalendar(("pauses", 0, "to"), LAST),)

    def test_half_day_pushed_past_the_last_day(self, faults):
        pauses = [("2030-12-31T09:00", "2030-12-31T17:00")]
        assert faults("0.5", "2030-12-31T08:00", pauses) == (AfterCalendar(("pauses", 0, "to"), LAST),)

    def test_pause_after_the_calendar_that_has_no_effect_is_no_fault(self, due_on):
        assert due_on("5", START, [("2031-01-01T09:00", "2031-02-01T09:00")]) == "2023-11-13T18:00"

    @pytest.mark.parametrize("limit", ["5", "0.5"])
    def test_clock_that_still_runs_after_the_last_day(self, faults, limit):
        assert faults(limit, START, now="2031-01-01T00:00") == (AfterCalendar(("now",), LAST),)

    @pytest.mark.parametrize("limit", ["5", "0.5"])
    def test_finish_after_the_last_day(self, faults, limit):
        assert faults(limit, START, finished="2031-01-01T00:00") == (AfterCalendar(("finished_at",), LAST),)

    def test_open_pause_ended_by_a_finish_after_the_last_day(self, faults):
        found = faults("5", START, [("2023-11-07T09:00", None)], finished="2032-01-01T00:00")
        assert found == (AfterCalendar(("finished_at",), LAST),)

    def test_now_before_the_calendar_is_no_fault(self, ask):
        assert ask("5", START, now="1999-01-01T00:00").used == 0


class TestEndsOfTime:
    @pytest.mark.parametrize(("limit", "unit"), [("72", Unit.HOUR), ("20", Unit.CALENDAR_DAY)])
    def test_due_past_the_last_date_there_is(self, faults, limit, unit):
        assert faults(limit, "9999-12-30T00:00", unit=unit) == (AfterCalendar(("started_at",), date.max),)

    def test_moments_past_the_last_date_in_shanghai(self, calendar, hours):
        late = datetime.max.replace(tzinfo=timezone(timedelta(hours=-8)))
        early = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
        with pytest.raises(DeadlineError) as caught:
            compute_deadline(
                Decimal(5),
                Unit.WORKING_DAY,
                late,
                pauses=[
                    Pause(early, late, PauseReason.HEARING),
                    Pause(datetime(2023, 11, 6, tzinfo=timezone(timedelta(hours=8))), late, PauseReason.HEARING),
                ],
                finished_at=early,
                now=late,
                calendar=calendar,
                office_hours=hours,
                plan_start=date(2022, 4, 18),
            )
        assert caught.value.faults == (
            AfterCalendar(("started_at",), date.max),
            AfterCalendar(("now",), date.max),
            BeforeCalendar(("finished_at",), date.min),
            BeforeCalendar(("pauses", 0, "from"), date.min),
            AfterCalendar(("pauses", 0, "to"), date.max),
            AfterCalendar(("pauses", 1, "to"), date.max),
        )


class TestTimeOrder:
    def test_finish_before_the_start(self, faults):
        assert faults("5", START, finished="2023-11-06T08:59:59") == (TimeOrder(("finished_at",), ("started_at",)),)

    def test_finish_in_another_offset_is_compared_as_a_moment(self, ask):
        assert ask("72", START, unit=Unit.HOUR, finished="2023-11-06T01:00:00Z").used == 0

    def test_pause_that_ends_before_it_begins(self, faults):
        pauses = [("2023-11-07T09:00", "2023-11-07T10:00"), ("2023-11-08T09:00", "2023-11-08T08:00")]
        assert faults("5", START, pauses) == (TimeOrder(("pauses", 1, "to"), ("pauses", 1, "from")),)

    def test_all_faults_are_reported_at_once(self, faults):
        found = faults(
            "72", START, [("2023-11-08T09:00", "2023-11-08T08:00")], unit=Unit.HOUR, finished="2023-11-01T09:00"
        )
        assert [(fault.code, fault.path) for fault in found] == [
            ("time_order", ("finished_at",)),
            ("pauses_not_allowed", ("pauses",)),
            ("time_order", ("pauses", 0, "to")),
        ]


class TestPausesNotAllowed:
    @pytest.mark.parametrize(("limit", "unit"), [("72", Unit.HOUR), ("20", Unit.CALENDAR_DAY), ("0", Unit.ON_THE_SPOT)])
    def test_on_clocks_that_cannot_stop(self, faults, limit, unit):
        found = faults(limit, START, [("2023-11-07T09:00", "2023-11-07T10:00")], unit=unit)
        assert found == (PausesNotAllowed(("pauses",), unit),)


class TestFaults:
    def test_params_are_the_named_fields_without_the_place(self):
        assert TimeOrder(("finished_at",), ("started_at",)).params == {"not_before": ("started_at",)}

    def test_error_says_code_and_place(self):
        assert "after_calendar at pauses/0/to" in str(DeadlineError([AfterCalendar(("pauses", 0, "to"), LAST)]))


class TestLimits:
    @pytest.mark.parametrize(
        ("limit", "unit"),
        [
            ("0", Unit.WORKING_DAY),
            ("1.5", Unit.WORKING_DAY),
            ("-1", Unit.WORKING_DAY),
            ("0.5", Unit.CALENDAR_DAY),
            ("0", Unit.HOUR),
            ("0.0001", Unit.HOUR),
            ("1", Unit.ON_THE_SPOT),
        ],
    )
    def test_limit_that_no_clock_measures(self, limit, unit):
        with pytest.raises(ValueError, match="no clock measures"):
            clock_for(Decimal(limit), unit)

    def test_limit_may_carry_trailing_zeros(self):
        assert clock_for(Decimal("0.50"), Unit.WORKING_DAY).limit_parts == 4 * 3600
