"""The policies that answer now: published versions with the county's figures, compiled on demand and kept."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from app.rules.derived import Settled, settle
from app.rules.edition import Edition
from app.rules.evaluation import CompiledEdition
from app.rules.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.deadlines.calendar import Calendar
    from app.rules.evaluation import Selection
    from app.rules.policy import Policy, Rule
    from app.rules.text import Language
    from app.rules.vocabulary import Value

__all__ = ["ActivePolicy", "Registry"]


class ActivePolicy:
    """One policy version with its editions, each compiled once and kept for every date it covers."""

    def __init__(self, policy: Policy) -> None:
        """Take the policy; nothing is compiled yet."""
        self.policy = policy
        self.identity = orjson.dumps({"id": policy.id, "version": policy.version, "sha256": policy.sha256})
        self._edition = lru_cache(maxsize=64)(self._compile)
        self._selection = lru_cache(maxsize=256)(self._select)
        self._renderer = lru_cache(maxsize=64)(self._render)

    @cached_property
    def figures(self) -> str:
        """SHA-256 of the figures that are laid over the policy."""
        listed = [
            [name, str(value.valid_from), str(value.valid_to), str(value.value), value.source]
            for name, parameter in sorted(self.policy.parameters.items())
            for value in parameter.values
        ]
        return sha256(orjson.dumps(listed)).hexdigest()

    def edition(self, on: date) -> CompiledEdition:
        """The compiled rules as they stand on a date."""
        return self._edition(self._period(on))

    def renderer(self, on: date, language: Language) -> Renderer:
        """Words and fixed bytes for that date and language."""
        return self._renderer(self._period(on), language)

    def selection(
        self,
        on: date,
        rules: frozenset[str] | None,
        measures: frozenset[str] | None,
        subjects: frozenset[str] | None,
        calculation: bool,  # noqa: FBT001 - a part of the key under which selections are kept
    ) -> Selection:
        """The rules that a request asks about; None does not narrow. A calculation asks those with an amount."""
        return self._selection(self._period(on), rules, measures, subjects, calculation)

    def settle(self, given: Mapping[str, Value]) -> Settled:
        """Given facts with what follows from them for this county."""
        return settle(self.policy.vocabulary, self.policy.division, given)

    def _period(self, on: date) -> int:
        return bisect_right(self.policy.turning_days, on)

    def _select(
        self,
        period: int,
        rules: frozenset[str] | None,
        measures: frozenset[str] | None,
        subjects: frozenset[str] | None,
        calculation: bool,  # noqa: FBT001 - as above
    ) -> Selection:
        def wanted(rule: Rule) -> bool:
            return (
                (rules is None or rule.id in rules)
                and (measures is None or rule.clause in measures)
                and (subjects is None or not subjects.isdisjoint(rule.subjects))
                and (not calculation or rule.terms is not None)
            )

        return self._edition(period).select(wanted)

    def _compile(self, period: int) -> CompiledEdition:
        days = self.policy.turning_days
        return CompiledEdition(Edition.of(self.policy, days[period - 1] if period else days[0] - timedelta(days=1)))

    def _render(self, period: int, language: Language) -> Renderer:
        return Renderer(self._edition(period), language)


class Registry:
    """Every policy that may be asked, by id, and the working calendar."""

    def __init__(
        self, policies: Mapping[str, Policy], default: str, calendar: Calendar, revision: tuple[int, ...] = ()
    ) -> None:
        """Take the published policies; ``default`` answers when a request names none.

        ``revision``: how many versions, figures and notices the store had; empty for packs that are not from there.
        """
        self._active = {policy_id: ActivePolicy(policy) for policy_id, policy in policies.items()}
        self.default = default
        self.calendar = calendar
        self.revision = revision

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids that may be named."""
        return tuple(sorted(self._active))

    @property
    def ready(self) -> bool:
        """Whether the default policy can answer."""
        return self.default in self._active

    def get(self, policy_id: str | None = None) -> ActivePolicy | None:
        """The policy named, the default one for None; None when there is no such policy."""
        return self._active.get(self.default if policy_id is None else policy_id)
