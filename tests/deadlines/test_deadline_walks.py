"""The clocks against walks that look at one day, or one minute, after the other.

The walks share nothing with the clocks but the question "is this day worked", and do not know that pauses can be
merged: they ask of each day, or minute, whether any pause covers it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.deadlines import (
    SHANGHAI,
    CalendarStatus,
    OfficeHours,
    Pause,
    PauseReason,
    State,
    Unit,
    WarningLevel,
    compute_deadline,
)

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CLOSE = time(18)
FIRST_START, LAST_START = date(2021, 12, 20), date(2027, 2, 20)
EDGES = [
    "00:00",
    "00:01",
    "07:59",
    "08:00",
    "08:01",
    "11:59",
    "12:00",
    "13:10",
    "14:30",
    "16:17",
    "17:59",
    "18:00",
    "18:01",
    "23:59",
]


@dataclass
class Walk:
    """What a walk finds: the due moment, the days or minutes that count up to the reference, each day's mark."""

    due: datetime | None = None
    used: int = 0
    counted: dict[date, bool] = field(default_factory=dict)
    paused: bool = False


def spans(pauses, start, finish):
    """The pauses as pairs, nothing before the start; an open one ends at the finish, where there is one."""
    for pause in pauses:
        begins = max(pause.begins, start)
        ends = pause.ends if pause.ends is not None else finish
        if ends is None or ends > begins:
            yield begins, ends


def touches(span, day):
    begins, ends = span
    midnight = datetime.combine(day, time(0), SHANGHAI)
    return begins < midnight + DAY and (ends is None or ends > midnight)


def walk_days(limit, start, pauses, finish, now, is_worked):
    """Day by day from the day after the start."""
    walk, stops = Walk(counted={start.date(): False}), list(spans(pauses, start, finish))
    reference = max(now if finish is None else finish, start).date()
    day, left, stuck = start.date(), limit, False
    while walk.due is None and not (stuck and day >= reference):
        day += DAY
        close = datetime.combine(day, CLOSE, SHANGHAI)
        before_close = [stop for stop in stops if touches(stop, day) and stop[0] < close]
        stuck = stuck or any(ends is None for _, ends in before_close)
        counts = is_worked(day) and not before_close
        if counts and left == 1:
            walk.due = close
        elif counts and any(touches(stop, day) for stop in stops):
            counts = False
        walk.counted[day] = counts
        left -= counts
    end = walk.due.date() if walk.due else reference
    walk.used = sum(counts for on, counts in walk.counted.items() if on <= reference)
    walk.used += sum(is_worked(end + n * DAY) for n in range(1, (reference - end).days + 1))
    walk.counted = {on: counts for on, counts in walk.counted.items() if on <= max(end, start.date())}
    live = [stop for stop in stops if walk.due is None or stop[0] < walk.due]
    walk.paused = any(begins <= now and (ends is None or now < ends) for begins, ends in live)
    return walk


def walk_minutes(start, pauses, finish, now, is_worked):
    """Minute by minute; a minute of office time counts when no pause covers it."""
    walk, stops = Walk(), list(spans(pauses, start, finish))
    reference = max(now if finish is None else finish, start)
    at, left, stuck = start, 240, False
    while (walk.due is None and not stuck) or at < reference:
        open_now = is_worked(at.date()) and (time(8) <= at.time() < time(12) or time(14, 30) <= at.time() < CLOSE)
        covering = [] if walk.due else [ends for begins, ends in stops if begins <= at and (ends is None or at < ends)]
        stuck = stuck or None in covering
        counts = open_now and not covering
        walk.counted[at.date()] = walk.counted.get(at.date(), False) or (counts and walk.due is None)
        walk.used += counts and at < reference
        left -= counts
        at += MINUTE
        if counts and left == 0:
            walk.due = at
    live = [stop for stop in stops if walk.due is None or stop[0] < walk.due]
    walk.paused = any(begins <= now and (ends is None or now < ends) for begins, ends in live)
    shown = ((walk.due or reference).date() - start.date()).days
    days = [start.date() + n * DAY for n in range(shown + 1)]
    walk.counted = {day: walk.counted.get(day, False) for day in days}
    return walk


moments = st.one_of(
    st.sampled_from(EDGES).map(time.fromisoformat), st.times().map(lambda t: t.replace(second=0, microsecond=0))
)


@st.composite
def cases(draw, reach):
    """A start, pauses around it, a finish or none, a now."""

    def moment(low, high):
        day = start_day + draw(st.integers(low, high)) * DAY
        return datetime.combine(day, draw(moments), SHANGHAI)

    start_day = draw(st.dates(FIRST_START, LAST_START))
    start = moment(0, 0)
    pauses = []
    for _ in range(draw(st.integers(0, 4))):
        begins = moment(-2, reach)
        ends = datetime.combine(begins.date() + draw(st.integers(0, reach // 2)) * DAY, draw(moments), SHANGHAI)
        is_open = draw(st.integers(0, 5)) == 0
        pauses.append(Pause(begins, None if is_open else max(begins, ends), PauseReason.HEARING))
    finish = max(start, moment(0, reach)) if draw(st.booleans()) else None
    return start, pauses, finish, moment(-1, 2 * reach)


def state_of(walk, finish, now):
    if finish is not None:
        return State.MET if finish <= walk.due else State.MET_LATE
    if walk.due is not None and now > walk.due:
        return State.OVERDUE
    return State.PAUSED if walk.paused else State.RUNNING


def warning_of(walk, used, limit, reference):
    if walk.due is not None and reference.date() >= walk.due.date():
        return WarningLevel.RED
    return WarningLevel.YELLOW if used >= limit * Decimal("0.8") else WarningLevel.GREEN


def check(found, walk, limit, used, case):
    start, _, finish, now = case
    reference = max(now if finish is None else finish, start)
    assert found.due_at == walk.due
    assert found.used == used
    assert found.remaining == max(limit - used, 0)
    assert found.state is state_of(walk, finish, now)
    assert found.warning is warning_of(walk, used, limit, reference)
    assert {day.date: day.counts for day in found.days} == walk.counted
    assert len(found.days) == len(walk.counted)
    guessed = max(walk.counted).year > 2026
    assert found.calendar is (CalendarStatus.PROVISIONAL if guessed else CalendarStatus.OFFICIAL)


@pytest.fixture(scope="module")
def answer(calendar):
    hours = OfficeHours(((time(8), time(12)), (time(14, 30), CLOSE)))

    def compute(limit, case):
        start, pauses, finish, now = case
        return compute_deadline(
            limit,
            Unit.WORKING_DAY,
            start,
            pauses=pauses,
            finished_at=finish,
            now=now,
            calendar=calendar,
            office_hours=hours,
            plan_start=date(2022, 4, 18),
        )

    return compute


@settings(max_examples=300, deadline=None)
@given(limit=st.integers(1, 30), case=cases(reach=25))
def test_working_day_clock_equals_a_walk_day_by_day(answer, calendar, limit, case):
    walk = walk_days(limit, *case, calendar.is_worked)
    check(answer(Decimal(limit), case), walk, Decimal(limit), walk.used, case)


@settings(max_examples=120, deadline=None)
@given(case=cases(reach=4))
def test_half_day_clock_equals_a_walk_minute_by_minute(answer, calendar, case):
    walk = walk_minutes(*case, calendar.is_worked)
    used = (Decimal(walk.used) / 480 + Decimal("5E-7")).quantize(Decimal("1E-6"), "ROUND_DOWN")
    check(answer(Decimal("0.5"), case), walk, Decimal("0.5"), used, case)


@settings(max_examples=100, deadline=None)
@given(limit=st.integers(1, 80), case=cases(reach=10), order=st.randoms(use_true_random=False))
def test_order_of_the_pauses_does_not_matter(answer, limit, case, order):
    start, pauses, finish, now = case
    shuffled = order.sample(pauses, len(pauses))
    one, other = answer(Decimal(limit), case), answer(Decimal(limit), (start, shuffled, finish, now))
    assert one[:-2] == other[:-2]
    assert one.days == other.days
