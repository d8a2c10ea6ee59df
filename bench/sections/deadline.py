"""The due moment 80 working days on, beside a walk over the days with chinesecalendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import chinese_calendar

from app.deadlines import SHANGHAI, OfficeHours, Unit, compute_deadline
from app.services.calendars import build_calendar
from bench.measure import Budget, interleave
from bench.report import Bar, Figure, Row

if TYPE_CHECKING:
    from app.deadlines import Deadline
    from bench.subject import Subject

LIMIT = 80
START = datetime(2023, 3, 1, 9, 0, tzinfo=SHANGHAI)
NOW = datetime(2023, 5, 4, 9, 0, tzinfo=SHANGHAI)


def run(subject: Subject, budget: Budget) -> list[Row]:
    """Both count the same days."""
    calendar, limit = build_calendar(), Decimal(LIMIT)
    hours = OfficeHours.parse(subject.active.policy.office_hours)

    def ours() -> Deadline:
        return compute_deadline(
            limit,
            Unit.WORKING_DAY,
            START,
            now=NOW,
            calendar=calendar,
            office_hours=hours,
            plan_start=subject.active.policy.issued_on,
        )

    def with_days() -> object:
        return ours().days

    def walk() -> date:
        day, left = START.date(), LIMIT
        while left:
            day += timedelta(days=1)
            left -= chinese_calendar.is_workday(day)
        return day

    due = ours().due_at
    assert due is not None
    assert due.date() == walk()
    walked = (walk() - START.date()).days
    candidates = {"chinesecalendar day by day": walk, "ours": ours, "ours with each day accounted for": with_days}
    series = interleave(candidates, budget)
    figures = [Figure(name, series.seconds(name)) for name in candidates]
    figures.append(Figure("chinesecalendar, one day", series.seconds("chinesecalendar day by day") / walked))
    bars = [Bar("ours", series.seconds("ours"), 5e-6, unit="s")]
    return [Row(f"deadline over {LIMIT} working days", figures, bars)]
