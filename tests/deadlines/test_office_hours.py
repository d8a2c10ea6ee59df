"""Opening times of a working day."""

from __future__ import annotations

from datetime import time

import pytest

from app.deadlines import OfficeHours


class TestOfficeHours:
    def test_parse(self, hours):
        assert (hours.close, hours.seconds) == (time(18), 7 * 3600 + 1800)

    @pytest.mark.parametrize(
        "openings",
        [
            [],
            [["12:00", "08:00"]],
            [["08:00", "08:00"]],
            [["08:00", "12:00"], ["11:00", "18:00"]],
            [["14:30", "18:00"], ["08:00", "12:00"]],
        ],
    )
    def test_openings_that_are_no_day(self, openings):
        with pytest.raises(ValueError, match="office hours"):
            OfficeHours.parse(openings)

    @pytest.mark.parametrize(
        ("clock", "hours_over"),
        [
            ("07:00", 0),
            ("08:00", 0),
            ("09:00", 1),
            ("12:00", 4),
            ("13:00", 4),
            ("15:30", 5),
            ("18:00", 7.5),
            ("23:00", 7.5),
        ],
    )
    def test_until(self, hours, clock, hours_over):
        hour, minute = map(int, clock.split(":"))
        assert hours.until(hour * 3600 + minute * 60) == hours_over * 3600

    def test_time_that_is_up_at_a_closing_is_up_then(self, hours):
        assert hours.second_when(4 * 3600) == 12 * 3600

    def test_one_second_more_is_after_the_next_opening(self, hours):
        assert hours.second_when(4 * 3600 + 1) == 14 * 3600 + 1801

    def test_more_than_a_day_has(self, hours):
        with pytest.raises(ValueError, match="27000 s"):
            hours.second_when(27001)
