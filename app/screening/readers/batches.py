"""From raw rows to a batch: each mapped column converted, rows with a bad cell set aside, notes counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from app.rules.errors import Fault, excerpt
from app.rules.messages import fault_message
from app.rules.text import Text
from app.screening.conversion import BadCell, ColumnPlan, convert
from app.screening.mapping import ENTITY
from app.screening.readers.faults import Note, Reject
from app.screening.readers.messages import CELL_FAULTS, CURES, both

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.rules.vocabulary import Fact
    from app.screening.readers.tables import RawRows

__all__ = ["BatchBuilder", "cell_words"]

#: Beyond this many rows repeated codes are counted and no longer named.
_REMEMBERED: Final = 1_000_000
_EXAMPLES: Final = 5
_YES_NO: Final = Text("是、否", "是, 否, true, false")


def cell_words(fault: Fault, fact: Fact | None) -> tuple[Text, Text]:
    """The message and the cure of a bad cell."""
    message = both(CELL_FAULTS, fault.code, fault.params)
    if not message.zh:
        message = Text(fault_message(fault, "zh"), fault_message(fault, "en"))
    labels = Text(
        "、".join(member.label.zh for member in fact.members) if fact and fact.members else _YES_NO.zh,
        ", ".join(member.label.en for member in fact.members) if fact and fact.members else _YES_NO.en,
    )
    cure = CURES.get(fault.code, Text("", ""))
    return message, Text(cure.zh.replace("{labels}", labels.zh), cure.en.replace("{labels}", labels.en))


class BatchBuilder:
    """Builds batches of one file, and remembers what its owner should know at the end."""

    def __init__(self, file: str, plans: Sequence[ColumnPlan], wanted: Collection[str]) -> None:
        self._file = file
        self._plans = plans
        self._wanted = wanted
        self._rewritten: dict[str, tuple[int, str, str]] = {}
        self._hashes: list[pl.Series] = []
        self._entities: list[pl.Series] = []
        self._held = 0
        self._words: dict[tuple[str, str, str], tuple[Text, Text]] = {}
        keys = [plan for plan in plans if plan.physical is None]
        self._key = (
            keys[0] if keys else next(p for p in plans if p.physical is not None and p.physical.fact.id == "uscc")
        )

    def build(self, raw: RawRows) -> tuple[pl.DataFrame, list[Reject]]:
        """The rows without a bad cell, and every bad cell in the order of rows and columns."""
        bad: list[tuple[int, int, ColumnPlan, BadCell]] = []
        columns: list[pl.Series] = []
        entity = pl.Series(ENTITY, [], dtype=pl.String)
        for order, plan in enumerate(self._plans):
            done = convert(raw.columns[plan.column], plan)
            bad += [(cell.place, order, plan, cell) for cell in done.bad]
            self._remember(plan, done.rewritten, done.example)
            if plan is self._key:
                entity = done.values.alias(ENTITY)
            if plan.physical is not None and plan.physical.fact.id in self._wanted:
                columns.append(done.values.alias(plan.physical.fact.id))
        known_bad = {place for place, _, plan, _ in bad if plan is self._key}
        bad += [
            (place, -1, self._key, BadCell(place, "", Fault("missing_field")))
            for place in entity.is_null().arg_true()
            if place not in known_bad
        ]
        bad = [found for found in bad if found[0] not in raw.misfits]
        bad += [
            (
                place,
                -1,
                self._key,
                BadCell(place, "", Fault("row_width", (), {"found": found, "expected": raw.expected})),
            )
            for place, found in raw.misfits.items()
        ]
        frame = pl.DataFrame([entity, *columns])
        if bad:
            frame = frame.filter(~pl.int_range(pl.len()).is_in(sorted({place for place, *_ in bad})))
        self._count(frame[ENTITY])
        return frame, [self._reject(raw, *found) for found in sorted(bad, key=lambda found: found[:2])]

    def _reject(self, raw: RawRows, place: int, _order: int, plan: ColumnPlan, cell: BadCell) -> Reject:
        fault = cell.fault
        fact = plan.physical.fact if plan.physical is not None else None
        value = excerpt(fault.params.get("value", cell.text))
        column = "" if fault.code == "row_width" else plan.column
        key = (plan.column, fault.code, repr(fault.params))
        words = self._words.get(key)
        if words is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            words = self._words[key] = cell_words(fault, fact)
        row: int = raw.numbers[place]
        letters = raw.letters.get(plan.column, "")
        if not letters or not column:
            return Reject(self._file, raw.sheet, row, column, value, fault.code, *words)
        message, cure = words
        reference = f"{letters}{row}"
        message = Text(f"单元格 {reference}：{message.zh}", f"Cell {reference}: {message.en}")
        return Reject(self._file, raw.sheet, row, column, value, fault.code, message, cure, reference)

    def _remember(self, plan: ColumnPlan, rewritten: int, example: tuple[str, str] | None) -> None:
        if rewritten and example:
            count, *first = self._rewritten.get(plan.column, (0, *example))
            self._rewritten[plan.column] = (count + rewritten, first[0], first[1])

    def _count(self, entity: pl.Series) -> None:
        self._hashes.append(entity.hash())
        self._held += len(entity)
        if self._held <= _REMEMBERED:
            self._entities.append(entity)

    def notes(self) -> list[Note]:
        """What was read in another form, what was rounded, and codes that stand in more than one row."""
        changed = [plan for plan in self._plans if plan.column in self._rewritten]
        return [self._rewriting(plan, *self._rewritten[plan.column]) for plan in changed] + self._repeats()

    @staticmethod
    def _rewriting(plan: ColumnPlan, count: int, example: str, value: str) -> Note:
        params: dict[str, Any] = {"name": plan.column, "count": count, "example": example, "value": value}
        if getattr(plan.reader, "rounds", False) and plan.physical is not None:
            return Note("float_rounded", params | {"decimals": plan.physical.fact.decimals})
        return Note("rewritten", params)

    def _repeats(self) -> list[Note]:
        if not self._hashes:
            return []
        hashes = pl.concat(self._hashes)
        repeated = int(hashes.is_duplicated().sum())
        if not repeated:
            return []
        names: list[str] = []
        if self._held <= _REMEMBERED:
            entities = pl.concat(self._entities)
            names = entities.filter(entities.is_duplicated()).unique(maintain_order=True).head(_EXAMPLES).to_list()
        return [Note("duplicate_entity", {"count": repeated, "names": names})]
