"""The calendar as built: published years, notices laid over them, statutory days after that."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from app.deadlines import Basis, DayKind
from app.rules.errors import InputError
from app.services.calendars import (
    HolidayNotice,
    build_calendar,
    packaged_notices,
    read_notice,
    statutory_days,
)

#: Worked by section 1 of the notice for 2006; missing in the published data of version 1.11.0.
CORRECTED = date(2005, 12, 31)


@pytest.fixture(scope="module")
def calendar():
    return build_calendar()


def days_of(first_year, last_year):
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        yield day
        day += timedelta(days=1)


def notice(year, days_off=(), working_days=(), published_on=date(2026, 11, 1)):
    return HolidayNotice(year, "made up", published_on, tuple(days_off), tuple(working_days))


class TestPublishedYears:
    def test_equals_the_holidays_package_on_every_day_from_2004_to_2026(self, calendar):
        oracle = holidays.country_holidays("CN", years=range(2004, 2027))
        assert [day for day in days_of(2004, 2026) if calendar.is_worked(day) != oracle.is_working_day(day)] == []

    def test_differs_from_its_own_source_on_the_one_corrected_day(self, calendar):
        days = [day for day in days_of(2004, 2026) if calendar.is_worked(day) != chinese_calendar.is_workday(day)]
        assert days == [CORRECTED]
        assert [(found.year, found.working_days) for found in packaged_notices()] == [(2006, (CORRECTED,))]

    @pytest.mark.parametrize(
        ("year", "worked"), [(2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
    )
    def test_working_days_of_a_year(self, calendar, year, worked):
        assert sum(map(calendar.is_worked, days_of(year, year))) == worked

    @pytest.mark.parametrize(
        ("day", "kind"),
        [
            (date(2024, 2, 9), DayKind.WORKING_DAY),
            (date(2024, 9, 29), DayKind.MADE_UP_WORKING_DAY),
            (date(2022, 12, 31), DayKind.HOLIDAY),
            (date(2023, 12, 30), DayKind.WEEKEND),
            (date(2023, 12, 31), DayKind.WEEKEND),
            (date(2024, 1, 1), DayKind.HOLIDAY),
            (date(2024, 6, 9), DayKind.WEEKEND),
            (date(2024, 6, 10), DayKind.HOLIDAY),
            (date(2026, 2, 15), DayKind.HOLIDAY),
            (date(2026, 2, 14), DayKind.MADE_UP_WORKING_DAY),
            (date(2026, 11, 21), DayKind.WEEKEND),
        ],
    )
    def test_kind_of_day(self, calendar, day, kind):
        assert calendar.classify(day) is kind

    def test_every_year_is_published(self, calendar):
        assert all(calendar.years[year] is Basis.PUBLISHED for year in range(2004, 2027))


class TestStatutoryYears:
    def test_span_of_the_calendar(self, calendar):
        assert (calendar.first_day, calendar.last_day) == (date(2004, 1, 1), date(2030, 12, 31))
        assert calendar.provisional_years == (2027, 2028, 2029, 2030)

    @pytest.mark.parametrize("year", [2027, 2028, 2029, 2030])
    def test_days_equal_the_holidays_package_without_days_in_lieu(self, year):
        assert statutory_days()[year] == set(holidays.country_holidays("CN", years=year, observed=False))

    def test_days_of_2027(self):
        months = {1: [1], 2: [5, 6, 7, 8], 4: [5], 5: [1, 2], 6: [9], 9: [15], 10: [1, 2, 3]}
        assert statutory_days()[2027] == {date(2027, month, day) for month, days in months.items() for day in days}

    @pytest.mark.parametrize(("year", "count"), [(2027, 13), (2028, 12), (2029, 13), (2030, 13)])
    def test_thirteen_days_a_year_less_those_that_fall_together(self, year, count):
        assert len(statutory_days()[year]) == count

    def test_weekends_stay_and_nothing_is_made_up(self, calendar):
        for day in days_of(2027, 2030):
            off = day in statutory_days()[day.year]
            weekday_kind = DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKING_DAY
            assert calendar.classify(day) is (DayKind.HOLIDAY if off else weekday_kind)


class TestEnteredNotices:
    def test_makes_its_year_official(self):
        calendar = build_calendar([notice(2027)])
        assert (calendar.years[2027], calendar.provisional_years) == (Basis.ENTERED, (2028, 2029, 2030))

    def test_is_laid_over_the_statutory_days(self):
        calendar = build_calendar([notice(2027, [date(2027, 1, 4)], [date(2027, 1, 9)])])
        assert calendar.classify(date(2027, 1, 1)) is DayKind.HOLIDAY
        assert calendar.classify(date(2027, 1, 4)) is DayKind.HOLIDAY
        assert calendar.classify(date(2027, 1, 9)) is DayKind.MADE_UP_WORKING_DAY

    def test_may_name_days_of_the_december_before(self):
        calendar = build_calendar([notice(2027, [date(2026, 12, 31)], [date(2026, 12, 26)])])
        assert calendar.classify(date(2026, 12, 31)) is DayKind.HOLIDAY
        assert calendar.classify(date(2026, 12, 26)) is DayKind.MADE_UP_WORKING_DAY
        assert calendar.years[2026] is Basis.PUBLISHED

    def test_later_notice_lies_over_an_earlier_one_whatever_their_order(self):
        first = notice(2027, [date(2027, 5, 3)], [date(2027, 5, 8)], date(2026, 11, 1))
        amended = notice(2027, [date(2027, 5, 4), date(2027, 5, 8)], [date(2027, 5, 3)], date(2027, 3, 1))
        one, other = build_calendar([first, amended]), build_calendar([amended, first])
        assert one.version == other.version
        assert one.classify(date(2027, 5, 3)) is DayKind.WORKING_DAY
        assert one.classify(date(2027, 5, 4)) is DayKind.HOLIDAY
        assert one.classify(date(2027, 5, 8)) is DayKind.HOLIDAY

    def test_amends_a_published_year(self):
        calendar = build_calendar([notice(2026, working_days=[date(2026, 10, 7)])])
        assert calendar.classify(date(2026, 10, 7)) is DayKind.WORKING_DAY

    def test_changes_the_version(self, calendar):
        assert build_calendar([notice(2027)]).version != calendar.version == build_calendar().version

    def test_year_after_the_last_one_known_extends_the_calendar(self):
        calendar = build_calendar([notice(2032), notice(2031, [date(2031, 1, 1)])])
        assert calendar.last_day == date(2032, 12, 31)
        assert not calendar.is_provisional(date(2031, 1, 1), date(2032, 12, 31))


class TestRefusedNotices:
    @pytest.mark.parametrize("year", [2003, 2032])
    def test_year_that_leaves_a_gap(self, year):
        with pytest.raises(InputError) as caught:
            build_calendar([notice(2027), notice(year)])
        assert [(f.code, f.path) for f in caught.value.faults] == [("out_of_range", (1, "year"))]

    def test_days_of_another_year_and_days_named_twice(self):
        days_off = [date(2027, 1, 1), date(2026, 11, 30), date(2028, 1, 1)]
        with pytest.raises(InputError) as caught:
            build_calendar([notice(2027, days_off, [date(2027, 1, 1)])])
        assert [(f.code, f.path) for f in caught.value.faults] == [
            ("out_of_range", (0, "days_off", 1)),
            ("out_of_range", (0, "days_off", 2)),
            ("day_off_and_worked", (0, "working_days", 0)),
        ]


RAW = {
    "year": 2027,
    "document": "made up",
    "published_on": "2026-11-01",
    "days_off": ["2027-01-02", "2027-01-01", "2027-01-01"],
}


class TestReadNotice:
    def test_reads_dates_in_order_once_each(self):
        assert read_notice(RAW) == notice(2027, [date(2027, 1, 1), date(2027, 1, 2)])

    def test_year_may_be_written_as_text(self):
        assert read_notice({**RAW, "year": "2027", "working_days": None}).year == 2027

    def test_reports_every_fault_at_once(self):
        raw = {
            "year": True,
            "published_on": "2026-02-30",
            "days_off": ["2027/01/01", 5, "2027-01-01"],
            "working_days": "2027-01-02",
            "titel": "x",
        }
        with pytest.raises(InputError) as caught:
            read_notice(raw)
        assert [(f.code, f.path) for f in caught.value.faults] == [
            ("unknown_field", ("titel",)),
            ("wrong_type", ("year",)),
            ("missing_field", ("document",)),
            ("date_invalid", ("published_on",)),
            ("date_format", ("days_off", 0)),
            ("wrong_type", ("days_off", 1)),
            ("wrong_type", ("working_days",)),
        ]

    def test_days_of_another_year(self):
        with pytest.raises(InputError) as caught:
            read_notice({**RAW, "year": 2025})
        assert {f.code for f in caught.value.faults} == {"out_of_range"}
