"""Units in a formula: what may be added to what, and whether the result is yuan.

Money may be multiplied by counts and rates and divided by them: the result is still money (7,800 yuan for each of
three people, 3 % a year for eight months). Money and counts, or two kinds of counts, may not be added or compared. A
bare figure fits everywhere: it takes the unit of what it is added to, and a count times a figure is whatever the
figure counts (``7800 * key_group_hires`` is yuan). Money times money is no money.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.rules.amounts import Expression, FactRef, Figure, Named, Operation, ParameterRef, Schedule, children
from app.rules.errors import Fault, Path
from app.rules.vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.vocabulary import Fact, Vocabulary

__all__ = ["ANY", "FRACTION", "YUAN", "Unit", "unit_faults", "unit_of"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A power of money, or a product of counts (``parts``: name and power, in the order of the names)."""

    money: int = 0
    parts: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        """The unit as a message shows it."""
        if self.money:
            return "yuan" if self.money == 1 else f"yuan^{self.money}"
        return " · ".join(name if power == 1 else f"{name}^{power}" for name, power in self.parts) or "fraction"


YUAN = Unit(money=1)
FRACTION = Unit()
#: A bare figure: it takes whatever unit it needs.
ANY = None

#: Units that are a rate in time.
_RATES = {"fraction": FRACTION, "fraction_per_year": Unit(parts=(("year", -1),))}


def _of_fact(fact: Fact) -> Unit:
    if fact.type is FactType.MONEY:
        return YUAN
    if fact.unit is None:
        return FRACTION
    return _RATES.get(fact.unit, Unit(parts=((fact.unit, 1),)))


def _of_parameter(kind: str) -> Unit | None:
    if kind == FactType.MONEY:
        return YUAN
    return FRACTION if kind == FactType.RATE else ANY


def _power(unit: Unit, sign: int) -> Unit:
    return Unit(sign * unit.money, tuple((name, sign * power) for name, power in unit.parts))


def _multiplied(left: Unit | None, right: Unit | None, sign: int) -> Unit | None:
    """The unit of ``left * right``, or of ``left / right`` with sign -1."""
    if left is None or right is None:
        known = left if right is None else _power(right, sign)
        return known if known is not None and known.money else ANY
    money = left.money + sign * right.money
    if money or left.money:
        return Unit(money)
    powers = Counter(dict(left.parts))
    for name, power in right.parts:
        powers[name] += sign * power
    return Unit(parts=tuple(sorted((name, power) for name, power in powers.items() if power)))


@dataclass(slots=True)
class _Check:
    vocabulary: Vocabulary
    kinds: Mapping[str, str]
    place: Path = ("formula",)
    mismatches: dict[tuple[Path, str, str], None] = field(default_factory=dict)

    def unit(self, node: Expression) -> Unit | None:
        """The unit of ``node``; every mismatch below it is noted."""
        match node:
            case Figure() | FactRef() | ParameterRef():
                return self._leaf(node)
            case Named():
                outside, self.place = self.place, ("where", node.name)
                found = self.unit(node.body)
                self.place = outside
                return found
            case Operation(symbol="*" | "/" as symbol):
                return _multiplied(self.unit(node.left), self.unit(node.right), 1 if symbol == "*" else -1)
            case Schedule():
                return self._same([YUAN, self.unit(node.base)])
            case _:
                return self._same([self.unit(part) for part in children(node)])

    def _leaf(self, node: Figure | FactRef | ParameterRef) -> Unit | None:
        if isinstance(node, FactRef):
            return _of_fact(self.vocabulary[node.fact])
        return ANY if isinstance(node, Figure) else _of_parameter(self.kinds[node.parameter])

    def _same(self, units: Sequence[Unit | None]) -> Unit | None:
        """The one unit that all have; figures have any, and so, to tell a fault only once, has what does not fit."""
        known = [unit for unit in units if unit is not ANY]
        others = [other for other in known if other != known[0]]
        for other in others:
            self.note(known[0], other)
        return known[0] if known and not others else ANY

    def note(self, left: Unit, right: Unit) -> None:
        """Remember a mismatch once for each place."""
        self.mismatches[self.place, str(left), str(right)] = None


def unit_of(node: Expression, vocabulary: Vocabulary, kinds: Mapping[str, str]) -> Unit | None:
    """The unit of a formula, None where figures alone make it; ``kinds``: parameter → type."""
    return _Check(vocabulary, kinds).unit(node)


def unit_faults(node: Expression, vocabulary: Vocabulary, kinds: Mapping[str, str], path: Path) -> list[Fault]:
    """Every place of an amount where units do not fit, and a result that is not yuan."""
    check = _Check(vocabulary, kinds)
    found = check.unit(node)
    if found not in (ANY, YUAN) and found is not None:
        check.note(YUAN, found)
    return [
        Fault("unit_mismatch", (*path, *place), {"left": left, "right": right})
        for place, left, right in check.mismatches
    ]
