"""The working-day clock: what is counted, paused, due and shown."""

from __future__ import annotations

from datetime import date

import pytest

from app.deadlines import CalendarStatus, State, WarningLevel, Why

START = "2023-11-06T09:00"  # a Monday; five working days end on Monday 2023-11-13


class TestStart:
    @pytest.mark.parametrize("start", ["2023-11-06T00:00", "2023-11-06T18:00", "2023-11-06T23:59:59"])
    def test_hour_of_the_start_plays_no_part(self, due_on, start):
        assert due_on("5", start) == "2023-11-13T18:00"

    def test_late_evening_in_utc_is_the_next_day_in_shanghai(self, due_on):
        assert due_on("1", "2023-11-06T16:00:00Z") == "2023-11-08T18:00"

    def test_one_second_before_midnight_in_shanghai_is_still_the_same_day(self, due_on):
        assert due_on("1", "2023-11-06T15:59:59Z") == "2023-11-07T18:00"

    def test_start_on_a_holiday_shows_it_as_start_day(self, ask):
        first = ask("1", "2023-10-01T09:00").days[0]
        assert (first.date, first.counts, first.why) == (date(2023, 10, 1), False, Why.START_DAY)

    def test_day_before_the_plan_carries_the_caveat(self, ask):
        assert ask("5", "2022-04-17T23:59").caveats == ("before_plan",)

    def test_first_day_of_the_plan_carries_none(self, ask):
        assert ask("5", "2022-04-18T00:00").caveats == ()


class TestPauses:
    def test_pause_that_ended_at_the_start_has_no_effect(self, due_on):
        assert due_on("5", START, [("2023-11-01T09:00", START)]) == "2023-11-13T18:00"

    def test_pause_that_began_before_the_start_costs_the_days_after_it(self, due_on):
        assert due_on("5", START, [("2023-11-01T09:00", "2023-11-07T09:00")]) == "2023-11-14T18:00"

    def test_pause_on_the_start_day_alone_costs_nothing(self, due_on):
        assert due_on("5", START, [("2023-11-06T10:00", "2023-11-06T17:00")]) == "2023-11-13T18:00"

    def test_pause_up_to_midnight_does_not_touch_the_next_day(self, due_on):
        assert due_on("5", START, [("2023-11-06T10:00", "2023-11-07T00:00")]) == "2023-11-13T18:00"

    def test_pause_one_second_past_midnight_costs_that_day(self, due_on):
        assert due_on("5", START, [("2023-11-06T10:00", "2023-11-07T00:00:01")]) == "2023-11-14T18:00"

    def test_pause_outside_office_hours_still_touches_its_day(self, due_on):
        assert due_on("5", START, [("2023-11-08T20:00", "2023-11-08T21:00")]) == "2023-11-14T18:00"

    def test_pause_of_no_length_has_no_effect(self, due_on):
        assert due_on("5", START, [("2023-11-08T10:00", "2023-11-08T10:00")]) == "2023-11-13T18:00"

    def test_pause_begun_one_second_before_the_due_moment_moves_it(self, due_on):
        assert due_on("5", START, [("2023-11-13T17:59:59", "2023-11-13T19:00")]) == "2023-11-14T18:00"

    def test_pause_begun_at_the_due_moment_has_no_effect(self, due_on):
        assert due_on("5", START, [("2023-11-13T18:00", "2023-11-20T18:00")]) == "2023-11-13T18:00"

    def test_pause_after_the_first_due_moment_counts_once_an_earlier_pause_has_moved_it(self, due_on):
        late, early = ("2023-11-14T10:00", "2023-11-14T11:00"), ("2023-11-08T10:00", "2023-11-08T11:00")
        assert due_on("5", START, [late]) == "2023-11-13T18:00"
        assert due_on("5", START, [late, early]) == "2023-11-15T18:00"

    def test_overlapping_pauses_count_once(self, due_on):
        pauses = [("2023-11-07T09:00", "2023-11-09T12:00"), ("2023-11-08T09:00", "2023-11-10T12:00")]
        assert due_on("5", START, pauses) == "2023-11-17T18:00"

    def test_pause_inside_another_changes_nothing(self, due_on):
        pauses = [("2023-11-07T09:00", "2023-11-10T12:00"), ("2023-11-08T09:00", "2023-11-08T12:00")]
        assert due_on("5", START, pauses) == due_on("5", START, pauses[:1]) == "2023-11-17T18:00"

    def test_pause_beyond_the_due_moment_it_leaves_behind_is_read_to_its_end(self, due_on):
        assert due_on("5", START, [("2023-11-13T09:00", "2023-12-01T12:00")]) == "2023-12-04T18:00"

    def test_days_say_which_are_paused_and_weekends_stay_weekends(self, ask):
        days = ask("5", START, [("2023-11-10T09:00", "2023-11-13T12:00")]).days
        assert [(d.date.day, d.why) for d in days if not d.counts] == [
            (6, Why.START_DAY),
            (10, Why.PAUSED),
            (11, Why.WEEKEND),
            (12, Why.WEEKEND),
            (13, Why.PAUSED),
        ]


class TestOpenPause:
    def test_days_run_to_the_day_of_now(self, ask):
        days = ask("5", START, [("2023-11-08T10:00", None)], now="2023-11-10T09:00").days
        assert [(d.date.day, d.counts, d.why) for d in days] == [
            (6, False, Why.START_DAY),
            (7, True, Why.WORKING_DAY),
            (8, False, Why.PAUSED),
            (9, False, Why.PAUSED),
            (10, False, Why.PAUSED),
        ]

    def test_before_it_begins_the_clock_runs_without_a_due_date(self, ask):
        found = ask("5", START, [("2023-11-10T10:00", None)], now="2023-11-08T09:00")
        assert (found.due_at, found.state, found.used, len(found.days)) == (None, State.RUNNING, 2, 3)

    def test_yellow_by_what_is_used_alone(self, ask):
        found = ask("5", START, [("2023-11-13T10:00", None)], now="2024-03-01T09:00")
        assert (found.due_at, found.warning, found.used) == (None, WarningLevel.YELLOW, 4)

    def test_begun_at_the_due_moment_it_has_no_effect(self, ask):
        found = ask("5", START, [("2023-11-13T18:00", None)], now="2023-11-13T18:00")
        assert (found.due_at.date(), found.state) == (date(2023, 11, 13), State.RUNNING)

    def test_ends_where_the_matter_is_finished(self, ask):
        found = ask("5", START, [("2023-11-08T10:00", None)], finished="2023-11-20T09:00")
        assert (found.due_at.date(), found.state, found.used) == (date(2023, 11, 24), State.MET, 1)

    def test_begun_after_the_finish_it_has_no_effect(self, ask):
        found = ask("5", START, [("2023-11-09T10:00", None)], finished="2023-11-08T09:00")
        assert (found.due_at.date(), found.state) == (date(2023, 11, 13), State.MET)

    def test_swallows_a_pause_that_begins_in_it(self, ask):
        pauses = [("2023-11-08T10:00", None), ("2023-11-09T10:00", "2023-11-10T10:00")]
        assert ask("5", START, pauses, now="2023-11-20T09:00").due_at is None

    def test_swallows_one_that_begins_at_the_same_moment(self, ask):
        pauses = [("2023-11-08T10:00", "2023-11-10T10:00"), ("2023-11-08T10:00", None)]
        assert ask("5", START, pauses, now="2023-11-20T09:00").due_at is None

    def test_now_in_a_provisional_year_makes_the_answer_provisional(self, ask):
        pause = [("2026-12-30T10:00", None)]
        assert ask("5", "2026-12-28T09:00", pause, now="2026-12-31T09:00").calendar is CalendarStatus.OFFICIAL
        assert ask("5", "2026-12-28T09:00", pause, now="2027-01-01T09:00").calendar is CalendarStatus.PROVISIONAL


class TestStates:
    @pytest.mark.parametrize(
        ("now", "state", "warning", "used", "remaining"),
        [
            ("2023-11-05T09:00", State.RUNNING, WarningLevel.GREEN, 0, 5),
            (START, State.RUNNING, WarningLevel.GREEN, 0, 5),
            ("2023-11-09T23:59", State.RUNNING, WarningLevel.GREEN, 3, 2),
            ("2023-11-10T00:00", State.RUNNING, WarningLevel.YELLOW, 4, 1),
            ("2023-11-12T12:00", State.RUNNING, WarningLevel.YELLOW, 4, 1),
            ("2023-11-13T18:00", State.RUNNING, WarningLevel.RED, 5, 0),
            ("2023-11-13T18:00:00.000001", State.OVERDUE, WarningLevel.RED, 5, 0),
            ("2023-11-20T09:00", State.OVERDUE, WarningLevel.RED, 10, 0),
        ],
    )
    def test_unfinished(self, ask, now, state, warning, used, remaining):
        found = ask("5", START, now=now)
        assert (found.state, found.warning, found.used, found.remaining) == (state, warning, used, remaining)

    @pytest.mark.parametrize(
        ("finished", "state", "used"),
        [
            (START, State.MET, 0),
            ("2023-11-13T18:00", State.MET, 5),
            ("2023-11-13T18:00:01", State.MET_LATE, 5),
            ("2023-11-14T09:00", State.MET_LATE, 6),
        ],
    )
    def test_finished_whatever_now_is(self, ask, finished, state, used):
        found = ask("5", START, finished=finished, now="2024-06-01T09:00")
        assert (found.state, found.used) == (state, used)

    @pytest.mark.parametrize(
        ("now", "state"),
        [
            ("2023-11-08T09:59:59", State.RUNNING),
            ("2023-11-08T10:00", State.PAUSED),
            ("2023-11-09T11:59:59", State.PAUSED),
            ("2023-11-09T12:00", State.RUNNING),
        ],
    )
    def test_paused_from_the_first_moment_up_to_not_including_the_last(self, ask, now, state):
        assert ask("5", START, [("2023-11-08T10:00", "2023-11-09T12:00")], now=now).state is state

    def test_now_before_the_start_is_in_no_pause(self, ask):
        assert (
            ask("5", START, [("2023-11-01T10:00", "2023-11-09T12:00")], now="2023-11-05T09:00").state is State.RUNNING
        )

    def test_overdue_even_in_a_pause(self, ask):
        found = ask("5", START, [("2023-11-14T09:00", "2023-11-30T09:00")], now="2023-11-15T09:00")
        assert found.state is State.OVERDUE

    def test_days_stop_at_the_due_day_however_late_it_is(self, ask):
        assert ask("5", START, now="2025-01-01T09:00").days[-1].date == date(2023, 11, 13)


class TestProvisional:
    def test_due_on_the_last_day_of_the_last_official_year_is_official(self, ask):
        assert ask("3", "2026-12-28T09:00", now="2027-02-01T09:00").calendar is CalendarStatus.OFFICIAL

    def test_start_in_a_provisional_year(self, ask):
        assert ask("1", "2027-06-01T09:00").calendar is CalendarStatus.PROVISIONAL

    def test_statutory_days_have_no_days_in_lieu(self, due_on):
        assert due_on("1", "2027-02-08T09:00") == "2027-02-09T18:00"
