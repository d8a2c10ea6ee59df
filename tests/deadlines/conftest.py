"""The packaged calendar, the default office hours, and a short way to ask for a deadline."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.deadlines import Calendar, Deadline, OfficeHours, Pause, PauseReason, Unit, compute_deadline
from app.services.calendars import build_calendar


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return build_calendar()


@pytest.fixture(scope="session")
def hours() -> OfficeHours:
    return OfficeHours.parse([["08:00", "12:00"], ["14:30", "18:00"]])


@pytest.fixture(scope="session")
def moment():
    """A moment from its text; +08:00 where no offset is written."""

    def read(text: str) -> datetime:
        return datetime.fromisoformat(text if text.endswith("Z") or "+" in text else f"{text}+08:00")

    return read


@pytest.fixture(scope="session")
def ask(calendar, hours, moment):
    """``ask("5", start)``: a deadline in working days unless another unit is named; pauses as pairs of texts."""

    def compute(
        limit, start, pauses=(), *, unit=Unit.WORKING_DAY, now=None, finished=None, calendar=calendar
    ) -> Deadline:
        return compute_deadline(
            Decimal(limit),
            unit,
            moment(start),
            pauses=[
                Pause(moment(begins), None if ends is None else moment(ends), PauseReason.APPLICANT_CORRECTION)
                for begins, ends in pauses
            ],
            finished_at=None if finished is None else moment(finished),
            now=moment(start if now is None else now),
            calendar=calendar,
            office_hours=hours,
            plan_start=date(2022, 4, 18),
        )

    return compute


@pytest.fixture(scope="session")
def due_on(ask):
    """The due moment as text, to the minute and without the offset."""

    def due(*args, **kwargs) -> str | None:
        found = ask(*args, **kwargs).due_at
        return None if found is None else found.strftime("%Y-%m-%dT%H:%M")

    return due
