"""The third execution of the one tree: an edition as Polars expressions, for millions of rows.

A table holds one row for each entity and a physical column (``columns_schema.py``) for each fact that is known of any;
a fact without a column is unknown on every row. Nothing here reads a file: a caller brings a ``LazyFrame`` or a
``DataFrame`` and names the outputs it wants.
"""

from __future__ import annotations

import operator
from functools import cached_property, partial, reduce
from typing import TYPE_CHECKING, Final

import polars as pl

from app.rules.columns_amounts import AmountColumns
from app.rules.columns_bindings import Bindings, Pass, Table
from app.rules.columns_collection import Collection, OpenResult, collect
from app.rules.columns_conditions import Facts, all_true, any_true, missing_of, truth_of_tree
from app.rules.columns_constants import nothing
from app.rules.columns_derived import derived_columns, needs, row_reads
from app.rules.columns_layout import WORD, Layout
from app.rules.columns_near import NearMissColumns
from app.rules.columns_packed import SEPARATOR, unpack_columns
from app.rules.columns_questions import question_column
from app.rules.columns_schema import PhysicalColumn, physical_schema
from app.rules.compile_python import NOT_IN_FORCE
from app.rules.conditions import Comparison, Condition
from app.rules.derived import DERIVED
from app.rules.truth import FALSE, TRUE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.rules.amounts import Expression
    from app.rules.edition import Edition
    from app.rules.policy import Rule

__all__ = ["AMOUNT_STATUSES", "STATUSES", "ColumnProgram", "compile_columns", "pack_bits"]

#: Code of a status column → its word.
STATUSES: Final = {
    FALSE: "ineligible",
    UNKNOWN: "undetermined",
    TRUE: "eligible",
    NOT_IN_FORCE: "not_in_force",
}
#: Code of an amount-status column → its word.
AMOUNT_STATUSES: Final = ("not_applicable", "undetermined", "not_published", "computed")
_WORDS: Final = ("eligible", "ineligible", "undetermined", "not_in_force")
_NOT_APPLICABLE, _UNDETERMINED, _NOT_PUBLISHED, _COMPUTED = range(4)
_MONEY_IN_HAND: Final = ("grant", "tax_saved")
_INT64: Final = 2**63
_NEVER: Final = pl.lit(False)  # noqa: FBT003 - a literal of the expression


def compile_columns(
    edition: Edition, columns: Iterable[str], wanted: Callable[[Rule], bool] | None = None
) -> ColumnProgram:
    """The edition as expressions over a table that has those columns (others than facts are passed over).

    Args:
        edition: The policy on a date.
        columns: The names of the table's columns.
        wanted: Which rules to decide; all when left out.
    """
    places = tuple(place for place, standing in enumerate(edition.standings) if wanted is None or wanted(standing.rule))
    return ColumnProgram(Layout(edition, places), frozenset(columns))


class ColumnProgram:
    """The rules of a layout over a table with certain columns: expressions to choose from, and their application."""

    def __init__(self, layout: Layout, columns: Iterable[str]) -> None:
        """Name what many outputs share: derived facts, conditions, the truth of each rule, amounts."""
        self.layout = layout
        self.columns = frozenset(columns)
        self.edition = layout.edition
        self.schema: dict[str, PhysicalColumn] = physical_schema(self.edition.policy.vocabulary)
        self._bindings = Bindings()
        self._given = Facts(self.schema, self._columns_of_facts())
        derived = derived_columns(self._given, self.edition.policy, layout.facts, self._bindings.share)
        self.facts = self._given.replaced(
            {fact: self._bindings.let(f"settled.{fact}", found) for fact, found in derived.items()}
        )
        self._conditions = [
            self._bindings.let(f"condition.{place}", self.facts.truth(leaf))
            for place, leaf in enumerate(layout.conditions)
        ]
        self._rules = {
            place: self._bindings.let(f"rule.{place}", self.truth(standing.condition))
            for place, standing in zip(layout.places, layout.standings, strict=True)
            if standing.in_force
        }

    def __reduce__(self) -> tuple[type[ColumnProgram], tuple[Layout, frozenset[str]]]:
        """Expressions are made again where the program arrives: only the policy travels."""
        return ColumnProgram, (self.layout, self.columns)

    def _columns_of_facts(self) -> dict[str, pl.Expr]:
        found = {name: pl.col(name) for name in self.schema if name in self.columns}
        for packed in sorted(name for name in self.columns if SEPARATOR in name):
            for fact, values in unpack_columns(self.schema, packed).items():
                found[fact] = self._bindings.let(f"fact.{fact}", values)
        return found

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The columns that decisions read, packed ones as a whole."""
        read = set(self.layout.facts)
        return tuple(sorted(name for name in self.columns if not read.isdisjoint(name.split(SEPARATOR))))

    def truth(self, condition: Condition) -> pl.Expr:
        """The truth of a condition of the edition: null where it is unknown."""
        if isinstance(condition, Comparison):
            return self._conditions[self.layout.condition_index[condition]]
        return self._bindings.share(truth_of_tree(condition, self.truth))

    @cached_property
    def computed(self) -> tuple[int, ...]:
        """The selected rules in force whose amount is worked out on some row: no unpublished figure stops it on all."""
        return tuple(place for place in self.layout.amounts if self._columns[place].is_computed)

    def run(self, table: Table, outputs: Iterable[pl.Expr]) -> Table:
        """The outputs on every row of a table. A lazy table stays lazy."""
        return self.prepared(outputs).run(table)

    def prepared(self, outputs: Iterable[pl.Expr]) -> Pass:
        """The same for many tables: what leads to the outputs, put together once."""
        return self._bindings.prepared(outputs)

    # ------------------------------------------------------------------------------------------------ outputs

    def statuses(self) -> list[pl.Expr]:
        """For each selected rule its status as a code (``STATUSES``), named by the rule."""
        return [self._status(place).alias(self._id(place)) for place in self.layout.places]

    def amounts(self) -> list[pl.Expr]:
        """For each selected rule in force whose amount can be worked out: fen, null unless computed; ``<rule>.fen``."""
        return [self._amount(place).alias(f"{self._id(place)}.fen") for place in self.computed]

    def amount_statuses(self) -> list[pl.Expr]:
        """For the same rules the state of the amount as a code (``AMOUNT_STATUSES``); ``<rule>.amount_status``."""
        return [self._amount_status(place).alias(f"{self._id(place)}.amount_status") for place in self.layout.amounts]

    def total(self) -> pl.Expr:
        """Fen of the computed grants and savings of tax of each row, as ``total_fen``."""
        return self._total().alias("total_fen")

    def decisions(self) -> list[pl.Expr]:
        """The public columns: ``<rule>`` (a status in words), ``<rule>.amount`` and ``total`` (yuan with two decimals).

        Every rule that ever has an amount has a column for it, also while it is out of force.
        """
        found = []
        for place, standing in zip(self.layout.places, self.layout.standings, strict=True):
            found.append(self._status_word(place).alias(standing.rule.id))
            if standing.rule.terms is not None:
                fen = self._amount(place) if place in self.layout.amounts else nothing(pl.Int128())
                found.append(_yuan(fen).alias(f"{standing.rule.id}.amount"))
        return [*found, _yuan(self._total()).alias("total")]

    def tallies(self) -> list[pl.Expr]:
        """Booleans to count: ``<rule>.truth`` of the selected rules in force (null: undetermined).

        And ``<rule>.unpublished``, where a rule is eligible and its amount waits for a figure of the county.
        """
        found = [truth.alias(f"{self._id(place)}.truth") for place, truth in self._rules.items()]
        for place in self.layout.amounts:
            where = self._columns[place].unpublished()
            if where is not None:
                found.append(all_true([self._rules[place], where]).alias(f"{self._id(place)}.unpublished"))
        return found

    def words(self, *groups: str) -> list[pl.Expr]:
        """The bits of some groups (``columns_layout.py``) as words of 63."""
        found = []
        for group in groups:
            bits = self._bits(group)
            for word, name in enumerate(self.layout.words(group)):
                found.append(pack_bits(bits[WORD * word : WORD * (word + 1)]).alias(name))
        return found

    def missing(self, place: int) -> dict[str, pl.Expr]:
        """For each fact, where it can still change the status of a rule; derived facts replaced by their inputs."""
        if place not in self._rules:
            return {}
        here = self._rules[place].is_null()
        return self._asked(here, missing_of(self.edition.standings[place].condition, self.facts, self.truth))

    def amount_missing(self, place: int) -> dict[str, pl.Expr]:
        """For each fact, where the amount of a rule still needs it while its state is *undetermined*."""
        here = self._amount_status(place) == pl.lit(_UNDETERMINED, dtype=pl.UInt8)
        return self._asked(self._bindings.share(here), self._columns[place].missing())

    def near_misses(self) -> list[pl.Expr]:
        """For each selected rule that an asker's changes could open: how many facts the nearest change touches.

        Named ``<rule>.near_miss``; null where the rule is not ineligible or no change helps.
        """
        found = []
        for place, standing in zip(self.layout.places, self.layout.standings, strict=True):
            if place in self._rules:
                columns = NearMissColumns(
                    standing, self.edition, self._given, self.facts, self.truth, self._bindings.share
                )
                distance = columns.distance()
                if distance is not None:
                    found.append(distance.alias(f"{standing.rule.id}.near_miss"))
        return found

    def next_question(self, skip: Iterable[str] = (), *, calculation: bool = False) -> pl.Expr:
        """The fact to ask of each row, as ``next_question``; in a calculation what amounts need is asked as well."""
        passed = frozenset(skip)
        results = []
        for place in self.layout.places:
            missing = {fact: [where] for fact, where in self.missing(place).items()}
            if calculation and place in self.layout.amounts:
                for fact, where in self.amount_missing(place).items():
                    missing.setdefault(fact, []).append(where)
            asked = {fact: where for fact, where in missing.items() if fact not in passed}
            if asked:
                results.append({fact: self._bindings.share(any_true(where)) for fact, where in asked.items()})
        order = [fact.id for fact in self.edition.policy.vocabulary.facts]
        return question_column(results, order, self._bindings.share).alias("next_question")

    def collection(self) -> Collection:
        """What is missing on how many rows, and what knowing one more fact could decide (``columns_collection.py``)."""
        results = []
        for place, truth in self._rules.items():
            standing, node = self.edition.standings[place], self.layout.amount_of(place)
            in_hand = standing.rule.terms is not None and standing.rule.terms.nature in _MONEY_IN_HAND
            worth = partial(self._value, node) if node is not None and in_hand else None
            if not truth.meta.is_literal() or truth.meta.eq(nothing(pl.Boolean())):
                results.append(OpenResult(standing.rule.id, self.missing(place), worth))
        order = [fact.id for fact in self.edition.policy.vocabulary.facts]
        return collect(results, order, self._bindings.share)

    def _value(self, node: Expression, here: pl.Expr) -> pl.Expr:
        """The fen of an amount where a condition holds, whatever the status of its rule."""
        return AmountColumns.of(node, self.edition, self.facts, self.truth, here, self._bindings.share).value

    def _asked(self, here: pl.Expr, wanting: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
        """The facts to ask for where ``here``: derived ones that are unknown replaced by what settles them."""
        found: dict[str, list[pl.Expr]] = {}
        for fact, where in wanting.items():
            settled_by = self._needs[fact] if fact in DERIVED else {fact: pl.lit(True)}  # noqa: FBT003 - a literal
            for name, wanted in settled_by.items():
                found.setdefault(name, []).append(all_true([here, where, wanted]))
        ordered = self.edition.policy.vocabulary.ordered(found)
        return {name: self._bindings.share(any_true(found[name])) for name in ordered}

    # ------------------------------------------------------------------------------------------------- pieces

    @cached_property
    def _columns(self) -> dict[int, AmountColumns]:
        found = {}
        for place in self.layout.amounts:
            node = self.layout.amount_of(place)
            if node is not None:
                here = self._rules[place]
                found[place] = AmountColumns.of(node, self.edition, self.facts, self.truth, here, self._bindings.share)
        return found

    @cached_property
    def _reads(self) -> dict[str, pl.Expr]:
        found = row_reads(self._given, self.edition.policy.vocabulary, self._bindings.share)
        return {name: self._bindings.let(f"reads.{name}", where) for name, where in found.items()}

    @cached_property
    def _needs(self) -> dict[str, dict[str, pl.Expr]]:
        return {
            fact: {name: self._bindings.share(where) for name, where in needs(fact, self._given, self._reads).items()}
            for fact in DERIVED
        }

    def _id(self, place: int) -> str:
        return self.edition.standings[place].rule.id

    def _status(self, place: int) -> pl.Expr:
        truth = self._rules.get(place)
        if truth is None:
            return pl.lit(NOT_IN_FORCE, dtype=pl.UInt8)
        eligible, ineligible, undetermined = (pl.lit(code, dtype=pl.UInt8) for code in (TRUE, FALSE, UNKNOWN))
        return pl.when(truth).then(eligible).when(~truth).then(ineligible).otherwise(undetermined)

    def _status_word(self, place: int) -> pl.Expr:
        truth, words = self._rules.get(place), pl.Enum(_WORDS)
        eligible, ineligible, undetermined, out_of_force = (pl.lit(word, dtype=words) for word in _WORDS)
        if truth is None:
            return out_of_force
        return pl.when(truth).then(eligible).when(~truth).then(ineligible).otherwise(undetermined)

    def _total(self) -> pl.Expr:
        parts: list[pl.Expr] = []
        narrow: list[pl.Expr] = []
        bound = 0
        for place in self.computed:
            terms, columns = self.edition.standings[place].rule.terms, self._columns[place]
            if terms is None or terms.nature not in _MONEY_IN_HAND or not columns.highest_fen:
                continue
            amount = self._amount(place)
            if bound + columns.highest_fen < _INT64:
                narrow.append(amount)
                bound += columns.highest_fen
            else:
                parts.append(amount.cast(pl.Int128))
        summed = _sum_of(narrow, pl.Int64())
        return _sum_of([summed.cast(pl.Int128), *parts], pl.Int128()) if parts else summed

    def _amount(self, place: int) -> pl.Expr:
        return self._bindings.let(f"amount.{place}", self._columns[place].value)

    def _unpublished(self, place: int) -> pl.Expr:
        found = self._columns[place].unpublished()
        return _NEVER if found is None else found

    def _amount_status(self, place: int) -> pl.Expr:
        truth, computed = self._rules[place], self._amount(place).is_not_null()
        code = [pl.lit(code, dtype=pl.UInt8) for code in range(len(AMOUNT_STATUSES))]
        return (
            pl.when(~truth)
            .then(code[_NOT_APPLICABLE])
            .when(truth.is_null())
            .then(code[_UNDETERMINED])
            .when(computed)
            .then(code[_COMPUTED])
            .when(self._unpublished(place))
            .then(code[_NOT_PUBLISHED])
            .otherwise(code[_UNDETERMINED])
        )

    def _bits(self, group: str) -> Sequence[pl.Expr]:
        """The bits of a group; null is no bit."""
        truths = [self._rules.get(place) for place in self.layout.places]
        match group:
            case "eligible":
                return [_NEVER if truth is None else truth for truth in truths]
            case "undetermined":
                return [_NEVER if truth is None else truth.is_null() for truth in truths]
            case "unpublished":
                return [self._unpublished(place) for place in self.layout.amounts]
            case "truth":
                return list(self._conditions)
            case "known":
                reads = [self._reads.get(name, _NEVER) for name in self.layout.indicators]
                return [*(self.facts.known(fact) for fact in self.layout.facts), *reads]
        raise KeyError(group)


def _sum_of(fen: Sequence[pl.Expr], dtype: pl.DataType) -> pl.Expr:
    """The sum of the amounts that are computed (one by one: a sum over columns takes several times as long)."""
    zero = pl.lit(0, dtype=dtype)
    return reduce(operator.add, [amount.fill_null(zero) for amount in fen]) if fen else zero


def _yuan(fen: pl.Expr) -> pl.Expr:
    """Fen as yuan with two decimals: the same integer, read at another scale."""
    return fen.cast(pl.Int128).reinterpret(dtype=pl.Decimal(38, 2))


def pack_bits(bits: Sequence[pl.Expr]) -> pl.Expr:
    """Up to 63 booleans as one Int64, the first the lowest bit; null gives no bit.

    Bytes are put together first, then pairs of bytes and so on: most of the work is done on a byte for each row.
    """
    narrow = [_byte(bits[place : place + 8]) for place in range(0, len(bits), 8)]
    for dtype, shift in ((pl.UInt16(), 8), (pl.UInt32(), 16), (pl.UInt64(), 32)):
        narrow = [_pair(narrow[place : place + 2], dtype, shift) for place in range(0, len(narrow), 2)]
    (word,) = narrow
    return word.cast(pl.UInt64).reinterpret(signed=True)


def _byte(bits: Sequence[pl.Expr]) -> pl.Expr:
    zero = pl.lit(0, dtype=pl.UInt8)
    found = [
        pl.when(bit).then(pl.lit(1 << place, dtype=pl.UInt8)).otherwise(zero)
        for place, bit in enumerate(bits)
        if not (bit.meta.is_literal() and bit.meta.eq(_NEVER))
    ]
    while len(found) > 1:
        found = [
            found[place] | found[place + 1] if place + 1 < len(found) else found[place]
            for place in range(0, len(found), 2)
        ]
    return found[0] if found else zero


def _pair(parts: Sequence[pl.Expr], dtype: pl.DataType, shift: int) -> pl.Expr:
    low = parts[0].cast(dtype)
    return low if len(parts) == 1 else low | parts[1].cast(dtype) * pl.lit(1 << shift, dtype=dtype)
