"""The clock: county time, and standing still where a test needs it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.clock import fixed_clock, system_clock


class TestFixedClock:
    def test_the_day_is_the_countys_day(self):
        clock = fixed_clock(datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
        assert clock.today() == date(2026, 11, 25)
        assert clock.now().isoformat() == "2026-11-25T00:00:00+08:00"

    def test_a_moment_without_an_offset_is_refused(self):
        with pytest.raises(ValueError, match="offset"):
            fixed_clock(datetime(2026, 11, 24, 16, 0))


class TestSystemClock:
    def test_tells_the_present_in_county_time(self):
        now = system_clock.now()
        assert now.utcoffset() == timedelta(hours=8)
        assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
