"""The prepared calendar, on a made-up one of two years."""

from __future__ import annotations

from datetime import date

import pytest

from app.deadlines import AfterCalendar, Basis, BeforeCalendar, Calendar, DayKind, DeadlineError

YEARS = {2023: Basis.PUBLISHED, 2024: Basis.PROVISIONAL}
OFF = {date(2023, 1, 1), date(2023, 1, 2)}
WORKED = {date(2023, 1, 7)}


@pytest.fixture(scope="module")
def small() -> Calendar:
    return Calendar(YEARS, OFF, WORKED)


class TestClassify:
    @pytest.mark.parametrize(
        ("day", "kind"),
        [
            (date(2023, 1, 1), DayKind.HOLIDAY),
            (date(2023, 1, 2), DayKind.HOLIDAY),
            (date(2023, 1, 3), DayKind.WORKING_DAY),
            (date(2023, 1, 7), DayKind.MADE_UP_WORKING_DAY),
            (date(2023, 1, 8), DayKind.WEEKEND),
            (date(2024, 12, 31), DayKind.WORKING_DAY),
        ],
    )
    def test_kind(self, small, day, kind):
        assert small.classify(day) is kind
        assert small.is_worked(day) is kind.is_worked

    def test_day_before_the_first(self, small):
        with pytest.raises(DeadlineError) as caught:
            small.classify(date(2022, 12, 31), ("on",))
        assert caught.value.faults == (BeforeCalendar(("on",), date(2023, 1, 1)),)

    def test_day_after_the_last(self, small):
        with pytest.raises(DeadlineError) as caught:
            small.classify(date(2025, 1, 1))
        assert caught.value.faults == (AfterCalendar((), date(2024, 12, 31)),)


class TestIndex:
    def test_worked_through_counts_the_day_itself(self, small):
        assert [small.worked_through(date(2023, 1, day)) for day in (1, 2, 3, 6, 7, 8, 9)] == [0, 0, 1, 4, 5, 5, 6]

    def test_worked_day_is_its_inverse(self, small):
        for number in range(1, 400):
            day = small.worked_day(number)
            assert small.is_worked(day)
            assert small.worked_through(day) == number

    def test_no_day_past_the_last(self, small):
        total = small.worked_through(date(2024, 12, 31))
        assert small.worked_day(total) == date(2024, 12, 31)
        assert small.worked_day(total + 1) is None

    def test_covers_whole_years_only(self, small):
        days = [date(2022, 12, 31), date(2023, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
        assert [small.covers(day) for day in days] == [False, True, True, False]


class TestProvisional:
    def test_years(self, small):
        assert small.provisional_years == (2024,)

    def test_span_that_reaches_into_the_year(self, small):
        assert small.is_provisional(date(2023, 12, 1), date(2024, 1, 1))
        assert not small.is_provisional(date(2023, 12, 1), date(2023, 12, 31))

    def test_official_year_after_a_provisional_one(self):
        calendar = Calendar({2027: Basis.PROVISIONAL, 2028: Basis.ENTERED}, (), ())
        assert not calendar.is_provisional(date(2028, 1, 1), date(2028, 2, 1))
        assert calendar.is_provisional(date(2027, 12, 31), date(2028, 2, 1))


class TestVersion:
    def test_same_content_same_version(self, small):
        assert small.version == Calendar(dict(reversed(YEARS.items())), list(OFF), list(WORKED)).version

    def test_another_day_another_version(self, small):
        assert small.version != Calendar(YEARS, OFF | {date(2024, 5, 1)}, WORKED).version

    def test_another_standing_of_a_year_another_version(self, small):
        assert small.version != Calendar({2023: Basis.PUBLISHED, 2024: Basis.ENTERED}, OFF, WORKED).version


class TestRefused:
    @pytest.mark.parametrize(
        ("years", "off", "worked", "words"),
        [
            ({}, (), (), "without a gap"),
            ({2023: Basis.PUBLISHED, 2025: Basis.PUBLISHED}, (), (), "without a gap"),
            (YEARS, {date(2025, 1, 1)}, (), "outside the calendar"),
            (YEARS, OFF, OFF, "both off and worked"),
        ],
    )
    def test_calendar_that_cannot_be(self, years, off, worked, words):
        with pytest.raises(ValueError, match=words):
            Calendar(years, off, worked)
