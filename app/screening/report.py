"""What a screening's reports tell: the summary with the words of the policy beside its ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.policy import Policy

__all__ = ["STATUSES", "Group", "Planned", "Report", "RuleLine", "report_of"]

#: Status → its words, in the order of the charts.
STATUSES: Final[Mapping[str, Text]] = {
    "eligible": Text("符合", "Eligible"),
    "undetermined": Text("待定", "Open"),
    "ineligible": Text("不符合", "Not eligible"),
}
_IN_HAND: Final = ("grant", "tax_saved")
_UNKNOWN: Final = Text("未填", "Not given")


@dataclass(frozen=True)
class RuleLine:
    """What one rule in force came to: rows by status, yuan as exact text (None: the rule has no amount).

    ``in_hand``: whether the amount is money in hand, not a deduction or the ceiling of a set-off.
    """

    rule: str
    clause: str
    title: Text
    counts: Mapping[str, int]
    amount: str | None
    in_hand: bool


@dataclass(frozen=True)
class Planned:
    """What knowing one fact for all rows could decide: rows that lack it, rows and yuan that hang on it alone."""

    fact: str
    label: Text
    rows: int
    decides_rows: int
    decides_amount: str


@dataclass(frozen=True)
class Group:
    """The rows with one value of the fact by which is counted."""

    label: Text
    rows: int
    eligible_rows: int
    total: str


@dataclass(frozen=True)
class Report:
    """All of a report. ``not_in_force``: the titles of the rules that did not hold on the day."""

    title: Text
    on: str
    policy: Mapping[str, str]
    registry: str
    rows: int
    rejected: int
    total: str
    rules: Sequence[RuleLine]
    not_in_force: Sequence[str]
    plan: Sequence[Planned]
    groups: Mapping[str, Sequence[Group]]
    group_titles: Mapping[str, Text]
    notes: Sequence[Text]


def report_of(summary: Mapping[str, Any], policy: Policy) -> Report:
    """The report of a summary, in the words of the policy that decided it."""
    lines = [_line(rule, found, policy) for rule, found in summary["rules"].items() if not found["not_in_force"]]
    vocabulary = policy.vocabulary
    return Report(
        policy.title,
        summary["on"],
        summary["policy"],
        summary["registry"]["name"],
        summary["rows"],
        summary["rejected"],
        summary["total"],
        lines,
        [rule for rule, found in summary["rules"].items() if found["not_in_force"]],
        [
            Planned(
                item["fact"], vocabulary[item["fact"]].label, item["rows"], item["decides_rows"], item["decides_amount"]
            )
            for item in summary["missing"]
        ],
        {fact: [_group(fact, item, policy) for item in found] for fact, found in summary["breakdown"].items()},
        {fact: vocabulary[fact].label for fact in summary["breakdown"]},
        [Text(note["message"]["zh"], note["message"]["en"]) for note in summary["notes"]],
    )


def _line(rule_id: str, found: Mapping[str, Any], policy: Policy) -> RuleLine:
    rule = policy.rule(rule_id)
    clause, title = ("", Text(rule_id, rule_id)) if rule is None else (rule.clause, rule.title)
    in_hand = rule is not None and rule.terms is not None and rule.terms.nature in _IN_HAND
    return RuleLine(rule_id, clause, title, {status: found[status] for status in STATUSES}, found["amount"], in_hand)


def _group(fact: str, item: Mapping[str, Any], policy: Policy) -> Group:
    value = item["value"]
    members = {member.value: member.label for member in policy.vocabulary[fact].members}
    label = _UNKNOWN if value is None else members.get(value, Text(value, value))
    return Group(label, item["rows"], item["eligible_rows"], item["total"])
