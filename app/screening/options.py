"""What a screening is asked for: the policy and the day, the rules, and what is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Self

from app.rules.edition import Edition
from app.rules.money import number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.policy import Policy
    from app.screening.kernel import ScreeningPolicy

__all__ = ["FORMATS", "PolicyIdentity", "ScreeningOptions"]

#: In what else decisions may be written, beside Parquet.
FORMATS: Final = ("csv", "xlsx")


@dataclass(frozen=True)
class PolicyIdentity:
    """Exactly which policy decided: its version and text, and the county's figures as they stood on the day."""

    id: str
    version: str
    sha256: str
    parameters: tuple[tuple[str, str | None], ...] = ()

    @classmethod
    def of(cls, policy: Policy, on: date) -> Self:
        """The identity of a policy on a date."""
        figures = sorted(Edition.of(policy, on).parameters.items())
        parameters = tuple((name, None if value is None else number_text(value)) for name, value in figures)
        return cls(policy.id, policy.version, policy.sha256, parameters)

    def public(self) -> dict[str, str]:
        """As answers and summaries name it."""
        return {"id": self.id, "version": self.version, "sha256": self.sha256}


@dataclass(frozen=True)
class ScreeningOptions:
    """What is asked. ``rules``: ids already narrowed by rules, measures and subjects; all when None.

    ``truths``: also write what explains each row later without the registry. ``next_question``: also name the fact to
    ask of each row. ``allow_float``: float columns of a Parquet file are rounded to the facts' decimals.
    """

    on: date
    policy: PolicyIdentity
    rules: frozenset[str] | None = None
    truths: bool = False
    next_question: bool = False
    formats: frozenset[str] = frozenset()
    allow_float: bool = False

    @classmethod
    def of(cls, policy: Policy, on: date, rules: Iterable[str] | None = None, **flags: Any) -> Self:
        """The options for a policy; ``flags`` are the other fields."""
        chosen = None if rules is None else frozenset(rules)
        return cls(on, PolicyIdentity.of(policy, on), chosen, **flags)

    def screening_policy(self, policy: Policy) -> ScreeningPolicy:
        """What decides; the sums hold the collection plan."""
        from app.screening.kernel import ScreeningPolicy  # noqa: PLC0415 - loads Polars, which single decisions do without

        return ScreeningPolicy.of(policy, self.on, self.rules, collection=True)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that each part holds (``kernel.PartFolder``)."""
        asked = (("decisions", True), ("next_question", self.next_question), ("truths", self.truths))
        return tuple(form for form, wanted in asked if wanted)

    def to_json(self) -> dict[str, Any]:
        """Plain values, the same for the same options."""
        return {
            "on": self.on.isoformat(),
            "policy": {**self.policy.public(), "parameters": [list(pair) for pair in self.policy.parameters]},
            "rules": None if self.rules is None else sorted(self.rules),
            "truths": self.truths,
            "next_question": self.next_question,
            "formats": sorted(self.formats),
            "allow_float": self.allow_float,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The options that ``to_json`` wrote."""
        policy = raw["policy"]
        parameters = tuple((name, value) for name, value in policy["parameters"])
        return cls(
            date.fromisoformat(raw["on"]),
            PolicyIdentity(policy["id"], policy["version"], policy["sha256"], parameters),
            None if raw["rules"] is None else frozenset(raw["rules"]),
            raw["truths"],
            raw["next_question"],
            frozenset(raw["formats"]),
            raw["allow_float"],
        )
