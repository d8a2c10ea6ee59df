"""Screening jobs: what is asked is fixed at submit; the caller's application alone sees its jobs and their results."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from app.rules.policy import ParameterValue
from app.screening.limits import Limits
from app.screening.options import PolicyIdentity, ScreeningOptions
from app.services.publishing import parse_published
from app.services.registry import ActivePolicy
from app.storage.repositories import Policies
from app.storage.repositories.screenings import Screenings

if TYPE_CHECKING:
    from pathlib import Path

    from app.rules.policy import Policy
    from app.screening.folder import ScreeningFolder
    from app.services.registry import Registry
    from app.settings import Settings
    from app.storage.repositories.screenings import StoredScreening
    from app.storage.session import Database

__all__ = ["JobPlace", "ScreeningJobs", "Submission", "job_policy", "limits_of"]

_FIRST_DAY: Final = date(1949, 10, 1)


class Submission(NamedTuple):
    """A job to be done. ``upload``: the file as received, which becomes the job's; or ``source``, a name."""

    application: str
    options: ScreeningOptions
    file_name: str
    mapping: str = ""
    upload: Path | None = None
    source: str = ""


def limits_of(settings: Settings) -> Limits:
    """What an upload may be, and what its parser may take."""
    return Limits(
        file_bytes=settings.max_upload_bytes,
        unpacked_bytes=settings.max_unpacked_bytes,
        unpacked_ratio=settings.max_unpacked_ratio,
        rows=settings.max_screening_rows,
        columns=settings.max_screening_columns,
        memory_bytes=settings.parser_memory_bytes,
        seconds=settings.parser_seconds,
    )


def job_policy(database: Database, options: ScreeningOptions) -> Policy:
    """The version of the submit with the county's figures as they stood then.

    Raises:
        StorageError: the version cannot be read.
    """
    wanted = options.policy
    with database.reading() as session:
        policies = Policies(session)
        version = policies.find(wanted.id, wanted.version)
        document = policies.document(wanted.id, wanted.version)
    if version is None or document is None:
        message = f"{wanted.id} {wanted.version} is not published"
        raise LookupError(message)
    figures = {
        name: [ParameterValue(_FIRST_DAY, None, Decimal(value), "")]
        for name, value in wanted.parameters
        if value is not None
    }
    return parse_published(version, document).with_parameters(figures)


@dataclass(frozen=True, slots=True)
class JobPlace:
    """Where the files of a job lie: under an id of our own, whatever the caller called them."""

    root: Path

    @classmethod
    def of(cls, settings: Settings, job_id: str) -> JobPlace:
        """The place of a job."""
        return cls(settings.data_dir / "screenings" / job_id)

    @property
    def upload(self) -> Path:
        """The file as received."""
        return self.root / "upload"

    @property
    def folder(self) -> Path:
        """The results."""
        return self.root / "result"

    def remove(self) -> None:
        """Everything of the job."""
        shutil.rmtree(self.root, ignore_errors=True)


class ScreeningJobs:
    """The jobs of all applications, each seen by its own."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Nothing is read yet."""
        self._database = database
        self._settings = settings

    def submit(self, asked: Submission, job_id: str | None = None) -> StoredScreening:
        """Enter a job; an id that is given is that of an earlier try, whose job is returned where it was entered.

        Raises:
            StorageError: it could not be kept; nothing of it stays.
        """
        entered = None if job_id is None else self.find(job_id, asked.application)
        if entered is not None:
            return entered
        job_id = job_id or uuid.uuid4().hex
        place = JobPlace.of(self._settings, job_id)
        place.remove()
        place.root.mkdir(parents=True)
        try:
            if asked.upload is not None:
                asked.upload.rename(place.upload)
            with self._database.writing() as session:
                Screenings(session).submit(
                    job_id,
                    asked.application,
                    options=orjson.dumps(asked.options.to_json()).decode(),
                    mapping=asked.mapping,
                    source=asked.source,
                    file_name=asked.file_name,
                )
        except BaseException:
            place.remove()
            raise
        found = self.find(job_id, asked.application)
        assert found is not None  # noqa: S101 - entered above
        return found

    def find(self, job_id: str, application: str) -> StoredScreening | None:
        """A job of that application."""
        with self._database.reading() as session:
            return Screenings(session).find(job_id, application)

    def listed(self, application: str, before: int | None, limit: int) -> list[tuple[int, StoredScreening]]:
        """The jobs of that application with their numbers, the last one first."""
        with self._database.reading() as session:
            return Screenings(session).listed(application, before, limit)

    def cancel(self, job: StoredScreening) -> bool:
        """End a job that is still to be done; False when it has ended."""
        with self._database.writing() as session:
            return Screenings(session).close(job.id, "cancelled")

    def remove(self, job: StoredScreening) -> bool:
        """Remove a job that has ended, with its files; False when it is gone already."""
        with self._database.writing() as session:
            removed = Screenings(session).remove(job.id)
        if removed:
            JobPlace.of(self._settings, job.id).remove()
        return removed

    def folder(self, job: StoredScreening) -> ScreeningFolder:
        """The results of a job."""
        from app.screening.folder import ScreeningFolder  # noqa: PLC0415 - loads Polars, which single decisions do without

        return ScreeningFolder(JobPlace.of(self._settings, job.id).folder)

    def answering(self, job: StoredScreening, registry: Registry) -> ActivePolicy:
        """The policy that decided: the one that answers now where it is the same, else the version of the submit."""
        options = ScreeningOptions.from_json(self.options(job))
        active = registry.get(options.policy.id)
        if active is not None and PolicyIdentity.of(active.policy, options.on) == options.policy:
            return active
        return ActivePolicy(job_policy(self._database, options))

    @staticmethod
    def options(job: StoredScreening) -> dict[str, Any]:
        """What was asked."""
        found: dict[str, Any] = orjson.loads(job.options)
        return found
