"""A screening on disk: one folder from the first converted row to the finished result, resumable in between.

====================  ================================================================================================
``screening.json``    what is asked: options, registry with its SHA-256, mapping; written first
``rejects.csv``       bad cells in the order of the input (``rejects.py``)
``registry.parquet``  the converted registry; not made where the source already is Parquet of physical columns
``conversion.json``   rows, rejected rows and notes of the conversion
``parts/``            one Parquet file for each split with its sums beside it, until the folder is finished
results               ``decisions.parquet``, ``truths.parquet``, ``facts.parquet``, ``summary.json``, copies, reports
``manifest.json``     the names and sizes of the results; written last, so that a folder with it is finished
====================  ================================================================================================

Every file is written under another name and renamed: it is there whole or not at all. The order of calls is ``begin``,
``adopt`` or ``convert``, ``run`` for each of ``splits`` (in any order and process), ``finish``.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.screening.breakdown import CountingSink, Tally
from app.screening.files import read_json, whole_file, write_json
from app.screening.folder_errors import FolderError, ScreeningStopped
from app.screening.kernel import PartFolder, run_split
from app.screening.options import ScreeningOptions
from app.screening.physical import copy_physical, is_physical, physical_rows, write_physical
from app.screening.readers.faults import FileFault
from app.screening.rejects import reject_file
from app.screening.report import report_of
from app.screening.report_html import write_report
from app.screening.report_xlsx import write_workbook
from app.screening.results import copy_decisions, join_parts
from app.screening.splits import SPLIT_ROWS
from app.screening.summary import noted, summary_of
from app.screening.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl

    from app.rules.text import Language
    from app.rules.vocabulary import Vocabulary
    from app.screening.kernel import ScreeningPolicy
    from app.screening.mapping import ColumnMapping
    from app.screening.readers.registry import Registry

__all__ = ["Asked", "Converted", "ScreeningFolder", "ScreeningOptions", "Split"]

_ASKED, _CONVERSION, _REGISTRY, _PARTS = "screening.json", "conversion.json", "registry.parquet", "parts"
_REJECTS, _SUMMARY, _FACTS, _MANIFEST = "rejects.csv", "summary.json", "facts.parquet", "manifest.json"
_HTML, _WORKBOOK = "report.html", "report.xlsx"
#: Every name that a screening may have written, for starting anew.
_OURS: Final = (
    *(_MANIFEST, _ASKED, _CONVERSION, _REGISTRY, _REJECTS, _SUMMARY, _FACTS, _PARTS),
    *(f"decisions.{ending}" for ending in ("parquet", "csv", "xlsx")),
    *("truths.parquet", _HTML, _WORKBOOK),
)


class Split(NamedTuple):
    """Some rows of the converted registry, decided together."""

    number: int
    first_row: int
    rows: int


@dataclass(frozen=True)
class Converted:
    """A registry as Parquet of physical columns, ready to be decided.

    ``rows``: those that can be decided; ``rejected``: those with a bad cell; ``sha256``: of the source; ``notes``: how
    the source was understood, each remark with its code and its message in both languages.
    """

    path: Path
    rows: int
    rejected: int
    sha256: str
    kind: str = "parquet"
    notes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Asked:
    """What a folder was begun with: the options, the registry, and the mapping file that was used ("" for none)."""

    options: ScreeningOptions
    source: Path
    name: str
    sha256: str
    mapping: str = ""

    def to_json(self) -> dict[str, Any]:
        """As ``screening.json`` holds it."""
        registry = {"path": str(self.source), "name": self.name, "sha256": self.sha256}
        return {"options": self.options.to_json(), "registry": registry, "mapping": self.mapping}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Asked:
        """What ``to_json`` wrote."""
        registry = raw["registry"]
        options = ScreeningOptions.from_json(raw["options"])
        return cls(options, Path(registry["path"]), registry["name"], registry["sha256"], raw["mapping"])

    def differences(self, other: Asked) -> list[str]:
        """What is asked otherwise; where the registry lies does not matter."""
        mine, its = self.options.to_json(), other.options.to_json()
        found = [f"--{name.replace('_', '-')}" for name, value in mine.items() if its[name] != value]
        found += ["registry"] if self.sha256 != other.sha256 else []
        return found + (["--mapping"] if self.mapping != other.mapping else [])


@dataclass(frozen=True)
class ScreeningFolder:
    """The folder at a path. ``split_rows``: rows of a split; the same for every run of one screening."""

    path: Path
    split_rows: int = field(default=SPLIT_ROWS, compare=False)

    # ---------------------------------------------------------------------------------------------------- begin

    @property
    def finished(self) -> bool:
        """Whether every result is there."""
        return (self.path / _MANIFEST).exists()

    @property
    def asked(self) -> Asked | None:
        """What it was begun with; None where no screening was begun."""
        raw = read_json(self.path / _ASKED)
        return None if raw is None else Asked.from_json(raw)

    @property
    def facts(self) -> Path:
        """Where the facts of each row lie that explain it without the registry; there for a screening with truths."""
        return self.path / _FACTS

    def begin(self, asked: Asked, *, resume: bool = False, force: bool = False) -> None:
        """Take the folder for a screening, or go on with the one it holds.

        Raises:
            FolderError: folder_finished, folder_interrupted, folder_in_use, resume_differs.
        """
        if force:
            self.clear()
        here = {"folder": str(self.path)}
        if self.finished:
            raise FolderError("folder_finished", **here)
        earlier = self.asked
        if earlier is None:
            if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
                raise FolderError("folder_in_use", **here)
            self.path.mkdir(parents=True, exist_ok=True)
            write_json(self.path / _ASKED, asked.to_json())
            return
        if not resume:
            raise FolderError("folder_interrupted", **here)
        differing = asked.differences(earlier)
        if differing:
            raise FolderError("resume_differs", names=", ".join(differing), **here)

    def clear(self) -> None:
        """Remove what a screening wrote, the manifest first; other files stay."""
        for name in _OURS:
            path = self.path / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _begun(self) -> Asked:
        asked = self.asked
        if asked is None:
            raise FolderError("not_a_screening", folder=str(self.path))
        return asked

    # -------------------------------------------------------------------------------------------------- convert

    @property
    def converted(self) -> Converted | None:
        """The registry as it was converted; None while that is not done."""
        raw = read_json(self.path / _CONVERSION)
        if raw is None:
            return None
        notes = tuple(raw["notes"])
        return Converted(Path(raw["path"]), raw["rows"], raw["rejected"], raw["sha256"], raw["kind"], notes)

    def adopt(self, source: Path, vocabulary: Vocabulary) -> Converted | None:
        """Take a Parquet file (or folder of files) of physical columns as it is, without a copy; None where it is none.

        It must be the operator's own: its values are trusted.

        Raises:
            FileRefused: file_invalid or empty_batch.
        """
        if self.converted is None:
            if not is_physical(source, vocabulary):
                return None
            with reject_file(self.path / _REJECTS, "zh"):
                pass
            self._keep(Converted(source, physical_rows(source), 0, self._begun().sha256))
        return self.converted

    def convert(
        self,
        registry: Registry,
        mapping: ColumnMapping | None,
        vocabulary: Vocabulary,
        *,
        language: Language = "zh",
        progress: Callable[[int], bool] = lambda _: True,
    ) -> Converted:
        """Read a registry into Parquet, its bad rows into the reject file; what is done already is not done again.

        Args:
            registry: The opened file.
            mapping: Column → fact; what the registry was opened with or guessed, when None.
            vocabulary: The facts.
            language: Of the reject file.
            progress: Told the rows read so far, rejected ones included; false ends the run.

        Raises:
            FileRefused: when the file or its mapping cannot be used.
            ScreeningStopped: when it was to end.
        """
        done = self.converted
        if done is not None:
            return done
        target, kept = self.path / _REGISTRY, 0

        def frames() -> Iterator[pl.DataFrame]:
            nonlocal kept
            for batch in registry.batches(mapping):
                rejects.add(batch.rejects)
                kept += batch.frame.height
                if not progress(kept + rejects.rows):
                    raise ScreeningStopped
                yield batch.frame

        with reject_file(self.path / _REJECTS, language) as rejects:
            write_physical(frames(), target, vocabulary)
        notes = tuple(noted(registry.report))
        return self._keep(Converted(target, kept, rejects.rows, self._begun().sha256, registry.kind, notes))

    def _keep(self, converted: Converted) -> Converted:
        figures = {**vars(converted), "path": str(converted.path), "notes": list(converted.notes)}
        write_json(self.path / _CONVERSION, figures)
        return converted

    # ---------------------------------------------------------------------------------------------------- decide

    def splits(self, rows: int) -> list[Split]:
        """The splits of that many rows, one at least."""
        firsts = range(0, max(rows, 1), self.split_rows)
        return [Split(number, first, min(self.split_rows, rows - first)) for number, first in enumerate(firsts)]

    def is_done(self, split: Split) -> bool:
        """Whether the part of a split is there."""
        return self._part(split) is not None

    def _part(self, split: Split) -> dict[str, Any] | None:
        """What a split came to; None while its part is not there."""
        found: dict[str, Any] | None = read_json(self.path / _PARTS / f"{split.number:06d}.json")
        whole = found is not None and (found["first_row"], found["rows"]) == (split.first_row, split.rows)
        return found if whole else None

    def run(self, policy: ScreeningPolicy, split: Split) -> Sums:
        """Decide a split into its part, with its sums beside it; one that is done already is not decided again.

        Two runs of one split at once do no harm: both write the same part.

        Raises:
            SplitError: when the registry is not what it was when it was converted.
            FolderError: when nothing was begun or converted here.
        """
        done = self._part(split)
        if done is None:
            done = self._decided(policy, split)
        return Sums.from_json(done["sums"])

    def _decided(self, policy: ScreeningPolicy, split: Split, said: int | None = None) -> dict[str, Any]:
        """``said``: the rows that the split is said to have, where other ones are decided."""
        converted, parts = self.converted, self.path / _PARTS
        if converted is None:
            raise FolderError("not_a_screening", folder=str(self.path))
        tally = Tally()
        sink = CountingSink(PartFolder(parts, self._begun().options.forms), tally)
        result = run_split(policy, converted.path, split.first_row, split.rows, sink)
        found = {
            "part": f"{result.part}.parquet",
            "first_row": split.first_row,
            "rows": result.rows if said is None else said,
            "sums": result.sums.to_json(),
            "breakdown": tally.to_json(),
        }
        write_json(parts / f"{split.number:06d}.json", found)
        return found

    def pass_over(self, policy: ScreeningPolicy, split: Split) -> None:
        """Leave the rows of a split out of the results: its part holds none of them and adds nothing.

        Raises:
            FolderError: when nothing was begun or converted here.
        """
        if not self.is_done(split):
            self._decided(policy, split._replace(rows=0), said=split.rows)

    # ---------------------------------------------------------------------------------------------------- finish

    def finish(self, policy: ScreeningPolicy, *, seconds: float) -> dict[str, Any]:
        """Join the parts into the results and mark the folder finished; the summary.

        Args:
            policy: What decided.
            seconds: How long it took, for the summary.

        Raises:
            FolderError: parts_missing, sheet_too_long.
        """
        converted, asked = self.converted, self._begun()
        if converted is None:
            raise FolderError("not_a_screening", folder=str(self.path))
        parts = [self._part(split) for split in self.splits(converted.rows)]
        done = [part for part in parts if part is not None]
        if len(done) < len(parts):
            raise FolderError("parts_missing", folder=str(self.path), count=len(parts) - len(done))
        written = self._results([self.path / _PARTS / part["part"] for part in done], asked.options, converted)
        registry = {"name": asked.name, "kind": converted.kind, "sha256": converted.sha256}
        facts = {
            "rejected": converted.rejected,
            "seconds": seconds,
            "registry": registry,
            "notes": [
                *converted.notes,
                *noted(_set_aside(part) for part in done if part["rows"] > part["sums"]["rows"]),
            ],
        }
        summary = summary_of(policy, asked.options, *_added(done), facts)
        write_json(self.path / _SUMMARY, summary)
        self._close([*written, _SUMMARY, _REJECTS, *self._reports(summary, policy)])
        return summary

    def _reports(self, summary: Mapping[str, Any], policy: ScreeningPolicy) -> list[str]:
        """The same for people."""
        report = report_of(summary, policy.edition.policy)
        with whole_file(self.path / _HTML) as temporary:
            write_report(temporary, report)
        with whole_file(self.path / _WORKBOOK) as temporary:
            write_workbook(temporary, report, self.path / _REJECTS)
        return [_HTML, _WORKBOOK]

    def _results(self, parts: Sequence[Path], options: ScreeningOptions, converted: Converted) -> list[str]:
        written = join_parts(self.path, parts, truths=options.truths)
        if options.truths:
            with whole_file(self.facts) as temporary:
                copy_physical(converted.path, temporary)
            written.append(_FACTS)
        return written + copy_decisions(self.path, options.formats)

    def _close(self, names: Sequence[str]) -> None:
        """The manifest, and what only an unfinished screening needs removed."""
        sizes = [{"name": name, "bytes": (self.path / name).stat().st_size} for name in names]
        write_json(self.path / _MANIFEST, {"files": sizes})
        shutil.rmtree(self.path / _PARTS, ignore_errors=True)
        (self.path / _REGISTRY).unlink(missing_ok=True)


def _set_aside(part: Mapping[str, Any]) -> FileFault:
    """That the rows of a split were passed over, as rows are counted from 1 and bad ones not."""
    return FileFault("rows_set_aside", {"first": part["first_row"] + 1, "last": part["first_row"] + part["rows"]})


def _added(parts: Sequence[Mapping[str, Any]]) -> tuple[Sums, Tally]:
    """The sums of all parts, and their counts by place and industry."""
    sums, tally = Sums(), Tally()
    for part in parts:
        sums.add(Sums.from_json(part["sums"]))
        tally.add(Tally.from_json(part["breakdown"]))
    return sums, tally
