"""Group C: dates, times and the deadline clock; field cases F16 to F19."""

from __future__ import annotations

import re

import pytest

from tests.api.wire import post

LOW_VOLTAGE = "/v1/approval-targets/m47-power-low-voltage/deadline"
REFUND = "/v1/approval-targets/m11-refund-72h/deadline"
STARTED = "2023-11-06T09:00:00+08:00"


def asked(port, on):
    return post(port, "/v1/eligibility", {"facts": {}, "on": on, "measures": [1], "explain": "none"})


def clock(port, path=LOW_VOLTAGE, **body):
    return post(port, path, body)


class TestDate:
    @pytest.mark.parametrize(
        "on", ["2023-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00", "2100-02-29", "0000-01-01"]
    )
    def test_a_day_that_does_not_exist(self, port, on):
        assert asked(port, on).codes == {"/on": "date_invalid"}

    @pytest.mark.parametrize("on", [1650240000, 20220418, 1.5, True, [], {}, ["2022-04-18"]])
    def test_other_than_text_is_a_wrong_type(self, port, on):
        assert asked(port, on).codes == {"/on": "wrong_type"}

    @pytest.mark.parametrize(
        "on",
        [
            "1650240000",
            "2022-04-18T00:00:00Z",
            "2022/04/18",
            "2022-4-18",
            "20220418",
            "18.04.2022",
            "2022-04-18 ",
            "",
            "2022年4月18日",
            "２０２２-04-18",
            "2022-W16-1",
            "2022-108",
            "+2022-04-18",
            "today",
            "2022-04",
            "22-04-18",
        ],
    )
    def test_another_form(self, port, on):
        assert asked(port, on).codes == {"/on": "date_format"}

    @pytest.mark.parametrize("on", ["1949-09-30", "2101-01-01", "9999-12-31", "0001-01-01"])
    def test_outside_the_years_of_the_service(self, port, on):
        assert asked(port, on).codes == {"/on": "out_of_range"}

    @pytest.mark.parametrize("on", ["1949-10-01", "2100-12-31"])
    def test_the_first_and_last_day_are_answered(self, port, on):
        answer = post(port, "/v1/eligibility", {"facts": {}, "on": on, "measures": [9, 43], "explain": "none"})
        assert answer.status == 200
        dated = [r for r in answer.json["results"] if r["validity"]["to"] is not None]
        assert dated
        assert {result["status"] for result in dated} == {"not_in_force"}

    def test_null_is_today(self, port):
        assert asked(port, None).json["on"] == "2026-11-24"


class TestTimestamp:
    def test_seconds_may_be_left_out(self, port):
        short = clock(port, started_at="2023-11-06T09:00+08:00", now="2023-11-06T02:30Z").json
        assert short == clock(port, started_at="2023-11-06T09:00:00+08:00", now="2023-11-06T02:30:00Z").json
        assert short["due_at"] == "2023-11-13T18:00:00+08:00"

    @pytest.mark.parametrize("text", ["2022-04-18T10:00:00", "2022-04-18T10:00", "2023-11-06T09:00:00.123"])
    @pytest.mark.parametrize("field", ["started_at", "now", "finished_at"])
    def test_without_an_offset(self, port, text, field):
        answer = clock(port, **{"started_at": STARTED, field: text})
        assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
        assert answer.codes == {f"/{field}": "timestamp_naive"}

    @pytest.mark.parametrize("end", ["from", "to"])
    def test_without_an_offset_at_either_end_of_a_pause(self, port, end):
        pause = {"from": "2023-11-07T09:00:00+08:00", "to": "2023-11-08T09:00:00+08:00", "reason": "hearing"}
        answer = clock(port, started_at=STARTED, pauses=[{**pause, end: "2023-11-07T09:00:00"}])
        assert answer.codes == {f"/pauses/0/{end}": "timestamp_naive"}

    @pytest.mark.parametrize(
        "text",
        [
            "2022-04-18T10:00:00+99:99",
            "2016-12-31T23:59:60Z",
            "2022-04-18T24:00:00+08:00",
            "2022-04-18 10:00:00+08:00",
            "2022-04-18",
            "2022-02-30T10:00:00+08:00",
            "2022-04-18T10:00:00+0800",
            "",
            "now",
            "2022-04-18T10:00:00+08",
            "2022-04-18T10:00:00 +08:00",
            "2022-04-18T10:00:00.+08:00",
            "1650240000",
            "2022-04-18T10:00:00+08:00[Asia/Shanghai]",
            "2022-04-18T10:60:00Z",
            "0000-04-18T10:00:00Z",
            "２０２２-04-18T10:00:00Z",
            "2022-04-18T10:00:00+08:60",
            "2022-04-18T10:00:00.1234567890Z",
        ],
    )
    def test_another_form(self, port, text):
        assert clock(port, started_at=text).codes == {"/started_at": "timestamp_format"}

    @pytest.mark.parametrize("raw", [1650240000000, 1.5, True, [], {}])
    def test_other_than_text_is_a_wrong_type(self, port, raw):
        assert clock(port, started_at=raw).codes == {"/started_at": "wrong_type"}

    @pytest.mark.parametrize(
        "text",
        [
            "2023-11-06T09:00:00+08:00",
            "2023-11-06T01:00:00Z",
            "2023-11-06t01:00:00z",
            "2023-11-06T09:00:00.000+08:00",
            "2023-11-05T20:00:00-05:00",
            "2023-11-06T01:00:00-00:00",
            "2023-11-06T09:00:00.123456789+08:00",
        ],
    )
    def test_the_same_moment_gives_the_same_answer(self, port, text):
        now = "2023-11-07T09:00:00+08:00"
        expected = clock(port, started_at=STARTED, now=now)
        assert expected.json["due_at"] == "2023-11-13T18:00:00+08:00"
        assert clock(port, started_at=text, now=now).body == expected.body

    def test_missing_start(self, port):
        assert clock(port).codes == {"/started_at": "missing_field"}
        assert clock(port, started_at=None).codes == {"/started_at": "missing_field"}


class TestOrder:
    def test_a_pause_that_ends_before_it_starts(self, port):
        pause = {"from": "2023-11-08T09:00:00+08:00", "to": "2023-11-07T09:00:00+08:00", "reason": "hearing"}
        assert clock(port, started_at=STARTED, pauses=[pause]).codes == {"/pauses/0/to": "time_order"}

    def test_finished_before_it_started(self, port):
        answer = clock(port, started_at=STARTED, finished_at="2023-11-06T08:59:59+08:00")
        assert answer.codes == {"/finished_at": "time_order"}

    def test_the_pointer_is_right_behind_a_pause_that_cannot_be_read(self, port):
        good = {"from": "2023-11-08T09:00:00+08:00", "to": "2023-11-07T09:00:00+08:00", "reason": "hearing"}
        answer = clock(port, started_at=STARTED, pauses=[{"from": 1, "reason": "hearing"}, good])
        assert answer.codes == {"/pauses/0/from": "wrong_type", "/pauses/1/to": "time_order"}


class TestPauses:
    @pytest.mark.parametrize("reason", ["lunch", "", "Hearing", "hearing ", "听证"])
    def test_another_reason(self, port, reason):
        pause = {"from": "2023-11-07T09:00:00+08:00", "to": None, "reason": reason}
        answer = clock(port, started_at=STARTED, pauses=[pause])
        assert answer.codes == {"/pauses/0/reason": "not_in_enum"}
        assert "applicant_correction" in answer.json["errors"][0]["message"]

    def test_every_fault_of_every_pause_at_once(self, port):
        answer = clock(port, started_at=STARTED, pauses=[{"to": 5, "why": 1}, "x", {"from": "x", "reason": 5}])
        assert answer.codes == {
            "/pauses/0/why": "unknown_field",
            "/pauses/0/from": "missing_field",
            "/pauses/0/to": "wrong_type",
            "/pauses/0/reason": "missing_field",
            "/pauses/1": "wrong_type",
            "/pauses/2/from": "timestamp_format",
            "/pauses/2/reason": "wrong_type",
        }

    def test_more_than_two_hundred(self, port):
        pause = {"from": "2023-11-07T09:00:00+08:00", "to": "2023-11-07T10:00:00+08:00", "reason": "hearing"}
        assert clock(port, started_at=STARTED, pauses=[pause] * 201).codes == {"/pauses": "too_many_items"}
        assert clock(port, started_at=STARTED, pauses=[pause] * 200).status == 200

    def test_none_and_null_are_no_pauses(self, port):
        now = "2023-11-07T09:00:00+08:00"
        plain = clock(port, started_at=STARTED, now=now)
        assert clock(port, started_at=STARTED, now=now, pauses=[]).body == plain.body
        assert clock(port, started_at=STARTED, now=now, pauses=None, finished_at=None).body == plain.body

    @pytest.mark.parametrize(
        "target", ["m11-refund-72h", "m45-simple-deregistration", "m34-eia-commitment", "m49-commitment-licence"]
    )
    def test_clocks_that_cannot_be_paused(self, port, target):
        pause = {"from": "2023-11-07T09:00:00+08:00", "to": None, "reason": "hearing"}
        answer = clock(port, f"/v1/approval-targets/{target}/deadline", started_at=STARTED, pauses=[pause])
        assert answer.codes == {"/pauses": "pauses_not_allowed"}


class TestCalendar:
    def test_before_and_after_the_calendar(self, port):
        assert clock(port, started_at="1990-01-01T09:00:00+08:00").codes == {"/started_at": "before_calendar"}
        assert clock(port, started_at="9999-12-31T09:00:00+08:00").codes == {"/started_at": "after_calendar"}
        assert clock(port, started_at="2003-12-31T09:00:00+08:00").codes == {"/started_at": "before_calendar"}

    @pytest.mark.parametrize(
        "started_at", ["9999-12-31T23:59:59+08:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]
    )
    @pytest.mark.parametrize("path", [LOW_VOLTAGE, REFUND])
    def test_the_ends_of_time_are_no_failure(self, port, path, started_at):
        assert clock(port, path, started_at=started_at).status == 422


class TestAnswer:
    def test_unknown_target_is_404(self, port):
        assert clock(port, "/v1/approval-targets/m99/deadline", started_at=STARTED).status == 404

    def test_due_today_is_not_late(self, port):
        answer = clock(port, started_at=STARTED, now="2023-11-13T17:59:00+08:00").json
        assert (answer["state"], answer["warning"]) == ("running", "red")
        assert (answer["used"], answer["remaining"], answer["limit"], answer["unit"]) == ("5", "0", "5", "working_day")

    def test_every_time_is_one_that_old_phones_can_read(self, port):
        answer = clock(port, REFUND, started_at="2026-02-14T09:40:30.5Z", now="2026-02-15T00:00:00Z").json
        assert answer["due_at"] == "2026-02-17T17:40:30+08:00"
        days = clock(port, started_at=STARTED).json["days"]
        assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", day["date"]) for day in days)

    def test_a_start_before_the_plan_carries_its_caveat(self, port):
        answer = clock(port, started_at="2022-01-04T09:00:00+08:00", now="2022-01-05T09:00:00+08:00").json
        assert [caveat["code"] for caveat in answer["caveats"]] == ["before_plan"]

    def test_an_open_pause_leaves_it_open(self, port):
        pause = {"from": "2023-11-08T10:00:00+08:00", "to": None, "reason": "applicant_correction"}
        answer = clock(port, started_at=STARTED, pauses=[pause], now="2023-11-20T09:00:00+08:00").json
        assert (answer["due_at"], answer["state"], answer["used"], answer["remaining"]) == (None, "paused", "1", "4")
        assert (answer["warning"], answer["calendar"]) == ("green", "official")

    def test_now_is_the_clock_of_the_service(self, port):
        assert clock(port, started_at=STARTED).json["state"] == "overdue"
