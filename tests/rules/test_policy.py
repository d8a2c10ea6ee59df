"""Dated rules: the version in force, the nearest known one, caveats, parameters and turning days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.rules.edition import Edition
from app.rules.policy import ParameterValue
from tests.rules import plan, small

READY = {"all": [small.leaf("ready", "is_true")]}


def day(text):
    return date.fromisoformat(text)


def dated(*spans, caveats=()):
    """A policy with one rule whose versions have these first and last days."""
    versions = [small.version(READY, since=since, until=until, amount="1") for since, until in spans]
    return small.policy(small.rule("dated", versions=versions), caveats=caveats)


def span(version):
    return (version.valid_from.isoformat(), version.last_day and version.last_day.isoformat())


class TestVersionInForce:
    TWO = (("2022-01-01", "2022-12-31"), ("2023-01-01", None))

    @pytest.mark.parametrize(
        ("on", "found"),
        [
            ("2021-12-31", None),
            ("2022-01-01", 0),
            ("2022-12-31", 0),
            ("2023-01-01", 1),
            ("2100-12-31", 1),
        ],
    )
    def test_first_and_last_day_are_in_force(self, on, found):
        rule = dated(*self.TWO).rules[0]
        version = rule.in_force(day(on))
        assert (version and span(version)) == (None if found is None else self.TWO[found])

    def test_one_day_is_a_version(self):
        rule = dated(("2022-05-05", "2022-05-05")).rules[0]
        assert [bool(rule.in_force(day(on))) for on in ("2022-05-04", "2022-05-05", "2022-05-06")] == [
            False,
            True,
            False,
        ]

    def test_the_order_written_does_not_matter(self):
        rule = dated(*reversed(self.TWO)).rules[0]
        assert [span(version) for version in rule.versions] == list(self.TWO)

    def test_the_part_before_the_plan_is_cut_off(self):
        rule = dated(("2019-01-01", "2021-12-31"), ("2020-01-01", "2022-06-30")).rules[0]
        assert [span(version) for version in rule.versions] == [("2022-01-01", "2022-06-30")]

    def test_a_version_that_ends_on_the_first_day_of_the_plan_is_kept(self):
        assert [span(v) for v in dated(("2019-01-01", "2022-01-01")).rules[0].versions] == [
            ("2022-01-01", "2022-01-01")
        ]


class TestNearestVersion:
    GAP = (("2022-01-01", "2022-01-10"), ("2022-01-21", "2022-01-31"))

    @pytest.mark.parametrize(
        ("on", "first_day"),
        [
            ("1949-10-01", "2022-01-01"),
            ("2021-12-31", "2022-01-01"),
            ("2022-01-05", "2022-01-01"),
            ("2022-01-15", "2022-01-01"),
            ("2022-01-16", "2022-01-21"),
            ("2022-01-20", "2022-01-21"),
            ("2022-01-31", "2022-01-21"),
            ("2022-02-01", "2022-01-21"),
            ("2100-12-31", "2022-01-21"),
        ],
    )
    def test_before_between_and_after(self, on, first_day):
        assert dated(*self.GAP).rules[0].nearest(day(on)).valid_from == day(first_day)

    def test_of_two_equally_near_the_earlier(self):
        rule = dated(("2022-01-01", "2022-01-10"), ("2022-01-20", None)).rules[0]
        first, second = rule.versions
        assert first.distance(day("2022-01-15")) == second.distance(day("2022-01-15")) == 5
        assert rule.nearest(day("2022-01-15")) is first

    @pytest.mark.parametrize(
        ("on", "days"),
        [("2022-01-19", 2), ("2022-01-20", 1), ("2022-01-21", 0), ("2022-01-31", 0), ("2022-02-01", 1)],
    )
    def test_distance_in_days(self, on, days):
        assert dated(self.GAP[1]).rules[0].versions[0].distance(day(on)) == days


class TestTurningDays:
    def test_each_start_end_caveat_and_parameter(self):
        caveat = {"code": "confirm_in_force", "from": "2024-05-01", "text": small.text("confirm")}
        rule = small.rule(
            "dated",
            versions=[
                small.version(READY, until="2022-06-30", amount="award", caveats=[{**caveat, "from": "2022-03-01"}])
            ],
            caveats=[{**caveat, "code": "replaced_by", "from": "2022-04-01"}],
        )
        found = small.policy(
            rule,
            caveats=[caveat],
            parameters=[small.parameter("award", ("2022-02-01", "2022-02-28", "5"), ("2022-05-01", None, "6"))],
        ).turning_days
        assert [str(turn) for turn in found] == [
            "2022-01-01",
            "2022-02-01",
            "2022-03-01",
            "2022-04-01",
            "2022-05-01",
            "2022-07-01",
            "2024-05-01",
        ]

    @pytest.mark.parametrize("gap", range(9))
    def test_between_them_nothing_changes(self, gap):
        """Day by day: the version that stands changes on turning days only, in the middle of a gap too."""
        second = day("2022-01-11") + timedelta(days=gap)
        policy = dated(("2022-01-01", "2022-01-10"), (second.isoformat(), "2022-02-10"))
        rule, on = policy.rules[0], day("2021-12-20")
        while on < day("2022-03-01"):
            before, after = on, on + timedelta(days=1)
            changed = (rule.nearest(before), rule.in_force(before)) != (rule.nearest(after), rule.in_force(after))
            assert not changed or after in policy.turning_days
            on = after

    def test_of_the_plan_stand_alone_in_its_periods(self):
        """Day by day from before the plan to after the last version: an edition changes on turning days only."""
        policy, on, before = plan.policy(), date(2022, 3, 1), None
        while on < date(2028, 2, 1):
            edition = Edition.of(policy, on)
            stands = (edition.standings, edition.parameters)
            assert before in (None, stands) or on in policy.turning_days
            on, before = on + timedelta(days=1), stands

    def test_each_day_tried_elsewhere_lies_in_a_period_of_its_own(self):
        periods = [sum(turn <= on for turn in plan.policy().turning_days) for on in plan.DAYS]
        assert set(periods) == set(range(len(plan.policy().turning_days) + 1))


class TestParameters:
    VALUES = (("2022-02-01", "2022-02-28", "5"), ("2022-05-01", None, "6"), ("2022-06-01", None, "7"))

    @pytest.mark.parametrize(
        ("on", "figure"),
        [
            ("2022-01-31", None),
            ("2022-02-01", 5),
            ("2022-02-28", 5),
            ("2022-03-01", None),
            ("2022-05-01", 6),
            ("2022-06-01", 7),
        ],
    )
    def test_on_a_day(self, on, figure):
        policy = small.policy(
            small.rule("r", READY, amount="award"), parameters=[small.parameter("award", *self.VALUES)]
        )
        assert policy.parameters["award"].on(day(on)) == figure
        assert Edition.of(policy, day(on)).parameters == {"award": figure}

    def test_published_later_they_are_added(self):
        policy = small.policy(small.rule("r", READY, amount="award"), parameters=[small.parameter("award")])
        published = {"award": [ParameterValue(day("2022-03-01"), day("2022-04-01"), Decimal(9), "notice")]}
        later = policy.with_parameters(published)
        assert later.parameters["award"].on(day("2022-03-31")) == 9
        assert later.parameters["award"].on(day("2022-04-01")) is None
        assert policy.parameters["award"].on(day("2022-03-31")) is None
        assert later.sha256 == policy.sha256
        assert later.turning_days == tuple(sorted({*policy.turning_days, day("2022-03-01"), day("2022-04-01")}))


CONFIRM = {"code": "confirm_in_force", "from": "2024-01-01", "text": small.text("confirm")}


class TestCaveats:
    def codes(self, policy, on):
        return [caveat.code for caveat in Edition.of(policy, day(on)).standings[0].caveats]

    def test_hang_from_their_first_day(self):
        policy = dated(("2022-01-01", None), caveats=[CONFIRM])
        assert self.codes(policy, "2023-12-31") == []
        assert self.codes(policy, "2024-01-01") == ["confirm_in_force"]

    def test_not_on_what_is_out_of_force(self):
        policy = dated(("2022-01-01", "2024-06-30"), caveats=[CONFIRM])
        assert self.codes(policy, "2024-06-30") == ["confirm_in_force"]
        assert self.codes(policy, "2024-07-01") == []

    def test_not_on_excepted_clauses(self):
        policy = dated(("2022-01-01", None), caveats=[{**CONFIRM, "except_clauses": ["1"]}])
        assert self.codes(policy, "2024-01-01") == []

    def test_of_one_code_the_most_particular_stands(self):
        own = {"code": "confirm_in_force", "from": "2023-01-01", "text": small.text("own")}
        policy = small.policy(small.rule("r", READY, caveats=[own]), caveats=[CONFIRM])
        (caveat,) = Edition.of(policy, day("2024-06-01")).standings[0].caveats
        assert caveat.text.en == "own"


class TestLookup:
    def test_rules_and_measures(self):
        policy = plan.policy()
        assert policy.rule("m38-hnte-application-grant").clause == "38"
        assert policy.rule("m99-nothing") is None
        assert policy.measures_by_clause["38"].units == ("县发改局",)
        assert policy.rule_ids == {rule.id for rule in policy.rules}

    def test_what_decides(self):
        policy = plan.policy()
        assert not policy.rule("m11-refund-72h").decidable
        assert policy.rule("m04-ftp-discount").decidable
        assert {rule.kind for rule in policy.decidable} >= {"benefit", "financing", "procedure", "service", "indicator"}

    def test_kind_is_the_first_of_the_table(self):
        assert plan.policy().rule("m34-eia-commitment").kinds == ("procedure", "target")
        assert plan.policy().rule("m34-eia-commitment").kind == "procedure"
