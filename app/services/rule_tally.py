"""How often each rule came to which status: noted as a decision leaves, added up when enough are there or one looks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from app.rules.render import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.edition import Edition
    from app.services.decide import Decided

    _Noted = tuple[Edition, tuple[int, ...], bytes]

__all__ = ["RuleResult", "RuleTally"]

#: Decisions that wait to be added up: so few that adding them up delays nobody, so many that it costs little for each.
_TOGETHER: Final = 512


class RuleResult(NamedTuple):
    """One rule of one policy, and what it said."""

    policy: str
    rule: str
    status: str


class RuleTally:
    """The statuses of every rule in the decisions of this process; nothing of any asker."""

    def __init__(self) -> None:
        """Nothing has been decided."""
        self._waiting: list[_Noted] = []
        self._counts: Counter[RuleResult] = Counter()

    def note(self, decided: Decided) -> None:
        """A decision that has left."""
        self._waiting.append((decided.edition, decided.places, decided.statuses))
        if len(self._waiting) >= _TOGETHER:
            self._add_up()

    def counts(self) -> Mapping[RuleResult, int]:
        """Every result that there has been, and how often."""
        self._add_up()
        return self._counts

    def _add_up(self) -> None:
        noted, self._waiting = self._waiting, []
        alike: dict[tuple[int, tuple[int, ...]], list[_Noted]] = {}
        for one in noted:
            alike.setdefault((id(one[0]), one[1]), []).append(one)
        for (_, places), group in alike.items():
            self._add(group[0][0], places, b"".join([statuses for _, _, statuses in group]))

    def _add(self, edition: Edition, places: tuple[int, ...], statuses: bytes) -> None:
        """``statuses``: of the rules at these places, decision after decision."""
        for first, place in enumerate(places):
            column, rule = statuses[first :: len(places)], edition.standings[place].rule.id
            for code, word in STATUS_WORDS.items():
                if found := column.count(code):
                    self._counts[RuleResult(edition.policy.id, rule, word)] += found
