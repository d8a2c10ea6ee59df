"""``POST /v1/screenings``: what is asked of a registry, and whether its file can be one at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from app.api.json_reader import read_object
from app.api.problems import ProblemError
from app.api.requests.decision import read_decision
from app.api.requests.fields import Fields
from app.rules.errors import Fault
from app.rules.reading import Number
from app.screening.mapping import parse_mapping
from app.screening.options import ScreeningOptions
from app.screening.readers.faults import FileFault, FileRefused
from app.screening.readers.sandbox import look_apart
from app.screening.readers.sniff import safe_name
from app.services.screening import chosen_rules
from app.services.screening_jobs import Submission, limits_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.api.uploads import Upload
    from app.rules.text import Language
    from app.rules.vocabulary import Vocabulary
    from app.services.registry import Registry
    from app.settings import Settings

__all__ = ["FileTrouble", "file_problem", "read_form", "read_source", "refuse_unusable"]

_QUESTION: Final = ("on", "rules", "measures", "subjects", "policy")
_FLAGS: Final = ("next_question", "allow_float")
_OPTIONS: Final = (*_QUESTION, *_FLAGS, "callback_url")
_BODY: Final = ("source", *_OPTIONS)
#: Codes that are problems of their own; every other one is a bad value.
_PROBLEMS: Final = frozenset({"body_too_large", "file_expands_too_much", "too_many_rows", "file_type_mismatch"})
_LOOK_SECONDS: Final = 8.0
#: A file of so many bytes is read once before it is accepted, so that its faults are answered at once.
_LOOKED_AT: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileTrouble:
    """A fault of a file as one entry of a problem."""

    code: str
    path: tuple[str | int, ...]
    params: dict[str, Any]
    suggestions: tuple[str, ...] = ()

    def spoken(self, language: Language) -> str:
        """What is wrong and the way out."""
        fault = FileFault(self.code, self.params, self.suggestions)
        return f"{fault.message(language)}{fault.cure(language)}"


def file_problem(error: FileRefused, field: str = "file") -> ProblemError:
    """The problem that a refused file is answered with."""
    first = error.faults[0]
    if first.code in _PROBLEMS:
        params = {"limit": first.params.get("limit", first.params.get("limit_mib", ""))}
        return ProblemError(first.code, params)
    found = [
        FileTrouble(
            fault.code,
            ("mapping",) if fault.code == "mapping_invalid" else (field, str(fault.params.get("name", place))),
            fault.params,
            fault.suggestions,
        )
        for place, fault in enumerate(error.faults)
    ]
    if len(found) == 1:
        found = [replace(found[0], path=found[0].path[:1])]
    return ProblemError.invalid(found)


def read_form(
    upload: Upload, application: str, registry: Registry, limits: Settings, today: date, language: Language
) -> Submission:
    """The job in a form.

    Raises:
        ProblemError: no file, or bad values in ``options`` or ``mapping``.
    """
    if upload.path is None:
        raise ProblemError.invalid([Fault("missing_field", ("file",), {"value": "file"})])
    options = _options(upload.texts.get("options") or b"{}", _OPTIONS, registry, limits, today, language)[0]
    try:
        mapping = upload.texts.get("mapping", b"").decode("utf-8-sig")
        if mapping.strip():
            parse_mapping(mapping)
    except UnicodeDecodeError as error:
        raise ProblemError.invalid([Fault("text_invalid", ("mapping",))]) from error
    except FileRefused as error:
        raise file_problem(error, "mapping") from error
    return Submission(application, options, safe_name(upload.name), mapping.strip() and mapping, upload=upload.path)


def read_source(
    body: bytes, application: str, registry: Registry, limits: Settings, today: date, language: Language
) -> Submission:
    """The job in a JSON body: a file under the configured folder.

    Raises:
        ProblemError: bad values; a source that is not there.
    """
    options, fields = _options(body, _BODY, registry, limits, today, language)
    source = fields.text("source") or ""
    folder = limits.screening_source_dir
    path = PurePosixPath(source)
    inside = bool(source) and not path.is_absolute() and ".." not in path.parts and "\0" not in source
    there = folder is not None and inside and (folder / source).resolve().is_relative_to(folder.resolve())
    if not there or folder is None or not (folder / source).is_file():
        raise ProblemError("not_found")
    return Submission(application, options, path.name, source=source)


def _options(
    body: bytes, known: tuple[str, ...], registry: Registry, limits: Settings, today: date, language: Language
) -> tuple[ScreeningOptions, Fields]:
    raw, faults = read_object(body, limits.max_json_depth)
    fields = Fields(raw, faults)
    fields.only(known)
    flags = {name: bool(fields.typed(name, bool, "boolean")) for name in _FLAGS}
    if fields.value("callback_url") is not None:
        fields.fault("callback_forbidden", "callback_url")
    if "source" in known and fields.required("source") is not None:
        fields.text("source")
    if faults:
        raise ProblemError.invalid(faults)
    question: dict[str, Any] = {"facts": {}, **{name: raw[name] for name in _QUESTION if name in raw}}
    asked = read_decision(_written(question).encode(), registry, limits, today, language)
    rules = chosen_rules(asked.active, asked.request)
    return ScreeningOptions.of(asked.active.policy, asked.request.on, rules, truths=True, **flags), fields


def _written(value: Any) -> str:
    """JSON again, numbers as they were sent."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value)


def refuse_unusable(path: Path, asked: Submission, vocabulary: Vocabulary, settings: Settings) -> None:
    """Refuse a file whose container alone shows that it cannot be screened, and a small one for any fault.

    Raises:
        ProblemError: by the codes of the file.
    """
    limits = replace(limits_of(settings), seconds=min(_LOOK_SECONDS, settings.parser_seconds))
    mapping = parse_mapping(asked.mapping) if asked.mapping else None
    try:
        if path.stat().st_size > _LOOKED_AT:
            look_apart(path, asked.file_name, limits)
            return
        from app.screening.readers.registry import open_registry  # noqa: PLC0415 - loads Polars, which single decisions do without

        floats = asked.options.allow_float
        with open_registry(
            path, vocabulary=vocabulary, limits=limits, mapping=mapping, allow_float=floats, name=asked.file_name
        ) as registry:
            registry.batches(mapping)
    except FileRefused as error:
        raise file_problem(error) from error
