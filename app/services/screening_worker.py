"""The process that does the pieces of screening jobs: a child of the server, and never in its way.

Rows are worked on by a thread that stands back behind every other; the database is asked by one that does not, since
whoever waits for the processor inside a transaction keeps all who write to the same file waiting.

It is told the settings on its standard input, which the server holds open: when that ends, the server is gone and so
is the worker. It ends by itself when there has been nothing to do for a while; the server starts another when needed.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog

from app.logging_setup import set_up_logging
from app.screening.files import sha256_of
from app.screening.folder import Asked, ScreeningFolder, ScreeningOptions, Split
from app.screening.folder_errors import ScreeningStopped
from app.screening.limits import Limits
from app.screening.mapping import parse_mapping
from app.screening.readers.faults import FileFault, FileRefused
from app.screening.readers.registry import open_registry
from app.screening.splits import SPLIT_ROWS
from app.services.database import open_database
from app.services.screening_jobs import JobPlace, job_policy, limits_of
from app.settings import Settings
from app.storage.errors import StorageError
from app.storage.repositories.screenings import CONVERT, DECIDE, MAX_ATTEMPTS, Screenings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.policy import Policy
    from app.screening.folder import Converted
    from app.storage.repositories.screenings import StoredScreening, StoredTask
    from app.storage.session import Database

__all__ = ["ScreeningWorker", "main"]

_IDLE_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.2
_AFTER_FAILURE_SECONDS: Final = 1.0
_NICENESS: Final = 15
#: A lease is renewed so often within its time.
_RENEWALS: Final = 4
_log = structlog.get_logger("beizeng.screening")


class ScreeningWorker:
    """Takes one piece after another. ``split_rows``: rows of a split; ``niceness``: how far its rows stand back."""

    def __init__(
        self, database: Database, settings: Settings, *, split_rows: int = SPLIT_ROWS, niceness: int = 0
    ) -> None:
        """Take nothing yet."""
        self._behind = ThreadPoolExecutor(1, "beizeng-rows", _stand_back, (niceness,))
        self._still_held = threading.Event()
        self._database, self._settings = database, settings
        self._split_rows = split_rows
        self._owner = uuid.uuid4().hex
        self._lease_ms = round(settings.screening_lease_seconds * 1000)
        self._policies: dict[str, Policy] = {}

    def step(self) -> bool:
        """Do one piece; False when there was none.

        Raises:
            StorageError: the database is away; the piece is taken up again when its lease has run out.
        """
        with self._database.reading() as session:
            if not Screenings(session).pending():
                return False
        with self._database.writing() as session:
            screenings = Screenings(session)
            task = screenings.take(self._owner, self._lease_ms)
            if task is None:
                return False
            screenings.started(task.job_id)
            job = screenings.find(task.job_id)
        if job is None or not job.active:
            return True
        with self._held(task):
            self._attempt(task, job)
        return True

    def _attempt(self, task: StoredTask, job: StoredScreening) -> None:
        try:
            if task.attempts >= MAX_ATTEMPTS:
                self._give_up(task, job)
            elif task.kind == CONVERT:
                self._convert(task, job)
            elif task.kind == DECIDE:
                self._decide(task, job)
            else:
                self._finish(task, job)
        except FileRefused as refused:
            self._close(job, "failed", refused.faults)
        except ScreeningStopped:
            self._tidy(job)
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 - whatever a piece dies of, the others go on; it is tried again, then set aside
            where = {"job": job.id, "kind": task.kind, "split": task.split}
            _log.error("screening_piece_failed", **where, traceback=traceback.format_exc())
            self._after_failure(task, job)

    def _after_failure(self, task: StoredTask, job: StoredScreening) -> None:
        """Another may try; where even leaving the piece out has failed, nobody would ever come to an end."""
        if task.attempts >= MAX_ATTEMPTS:
            self._close(job, "failed", [FileFault("screening_stopped", {"stage": task.kind})])
            return
        with self._database.writing() as session:
            Screenings(session).release(task, self._owner)

    # ------------------------------------------------------------------------------------------------------ pieces

    def _convert(self, task: StoredTask, job: StoredScreening) -> None:
        folder = self._folder(job)
        converted = self._behind.submit(self._converted_rows, job, folder, self._policy(job)).result()
        splits = [(split.number, split.first_row, split.rows) for split in folder.splits(converted.rows)]
        with self._database.writing() as session:
            Screenings(session).converted(task, self._owner, converted.rejected, splits)

    def _converted_rows(self, job: StoredScreening, folder: ScreeningFolder, policy: Policy) -> Converted:
        options = self._options(job)
        path, limits = self._source(job)
        mapping = parse_mapping(job.mapping) if job.mapping else None
        folder.begin(Asked(options, path, job.file_name, sha256_of(path), job.mapping), resume=True)
        with open_registry(
            path,
            vocabulary=policy.vocabulary,
            limits=limits,
            mapping=mapping,
            allow_float=options.allow_float,
            name=job.file_name,
        ) as registry:
            return folder.convert(registry, mapping, policy.vocabulary, progress=lambda _: self._still_held.is_set())

    def _decide(self, task: StoredTask, job: StoredScreening) -> None:
        policy = self._options(job).screening_policy(self._policy(job))
        split = Split(task.split, task.first_row, task.rows)
        sums = self._behind.submit(self._folder(job).run, policy, split).result()
        with self._database.writing() as session:
            screenings = Screenings(session)
            if screenings.decided(task, self._owner, orjson.dumps(sums.to_json()).decode()):
                screenings.ready_to_finish(job.id)

    def _finish(self, task: StoredTask, job: StoredScreening) -> None:
        folder = self._folder(job)
        seconds = (job.now_ms - (job.started_ms or job.now_ms)) / 1000
        with self._database.reading() as session:
            aside = Screenings(session).aside(job.id)
        if not folder.finished:
            policy = self._options(job).screening_policy(self._policy(job))
            self._behind.submit(folder.finish, policy, seconds=seconds).result()
        problem = [_aside_fault(first, rows) for first, rows in aside]
        with self._database.writing() as session:
            screenings = Screenings(session)
            if screenings.finished(task, self._owner):
                state = "done_with_rejects" if aside or job.rejected else "done"
                screenings.close(job.id, state, _plain(problem))

    def _give_up(self, task: StoredTask, job: StoredScreening) -> None:
        """A piece that has failed too often: a split is left out with its rows; without the others there is no job."""
        if task.kind != DECIDE:
            self._close(job, "failed", [FileFault("screening_stopped", {"stage": task.kind})])
            return
        policy = self._options(job).screening_policy(self._policy(job))
        self._folder(job).pass_over(policy, Split(task.split, task.first_row, task.rows))
        with self._database.writing() as session:
            screenings = Screenings(session)
            if screenings.set_aside(task, self._owner):
                screenings.ready_to_finish(job.id)

    def _close(self, job: StoredScreening, state: str, faults: Any) -> None:
        with self._database.writing() as session:
            Screenings(session).close(job.id, state, _plain(faults))
        self._tidy(job)

    def _tidy(self, job: StoredScreening) -> None:
        """What was written for a job that has been removed meanwhile."""
        with self._database.reading() as session:
            there = Screenings(session).find(job.id) is not None
        if not there:
            JobPlace.of(self._settings, job.id).remove()

    # ------------------------------------------------------------------------------------------------------- parts

    def _folder(self, job: StoredScreening) -> ScreeningFolder:
        return ScreeningFolder(JobPlace.of(self._settings, job.id).folder, self._split_rows)

    def _source(self, job: StoredScreening) -> tuple[Any, Limits]:
        if job.source and self._settings.screening_source_dir is not None:
            return self._settings.screening_source_dir / job.source, Limits.local()
        return JobPlace.of(self._settings, job.id).upload, limits_of(self._settings)

    @staticmethod
    def _options(job: StoredScreening) -> ScreeningOptions:
        return ScreeningOptions.from_json(orjson.loads(job.options))

    def _policy(self, job: StoredScreening) -> Policy:
        """The policy of the submit, kept while jobs ask for the same."""
        options = self._options(job)
        key = repr((options.policy, options.on))
        if key not in self._policies:
            self._policies = {key: job_policy(self._database, options)}
        return self._policies[key]

    def _renew(self, task: StoredTask) -> bool:
        with self._database.writing() as session:
            return Screenings(session).renew(task, self._owner, self._lease_ms)

    @contextlib.contextmanager
    def _held(self, task: StoredTask) -> Iterator[None]:
        """Renew the lease for as long as the piece is worked on."""
        done = threading.Event()
        self._still_held.set()

        def keep() -> None:
            while not done.wait(self._lease_ms / 1000 / _RENEWALS):
                with contextlib.suppress(StorageError):
                    if not self._renew(task):
                        self._still_held.clear()

        thread = threading.Thread(target=keep, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _aside_fault(first: int, rows: int) -> FileFault:
    return FileFault("rows_set_aside", {"first": first + 1, "last": first + rows})


def _plain(faults: Any) -> str:
    """Faults as JSON; texts in both languages."""
    found = [{"code": fault.code, "params": fault.params, "suggestions": list(fault.suggestions)} for fault in faults]
    return orjson.dumps(found, default=_both).decode() if found else ""


def _both(value: Any) -> Any:
    return {"zh": value.zh, "en": value.en} if hasattr(value, "zh") else str(value)


def main() -> None:
    """Work until there is nothing to do, or the server is gone."""
    told = orjson.loads(sys.stdin.buffer.readline())
    settings = Settings(_env_file=None, **told["settings"])
    set_up_logging(settings)
    threading.Thread(target=_end_with_server, daemon=True).start()
    worker = ScreeningWorker(open_database(settings), settings, split_rows=told["split_rows"], niceness=_NICENESS)
    idle_since = time.monotonic()
    while time.monotonic() - idle_since < _IDLE_SECONDS:
        try:
            if worker.step():
                idle_since = time.monotonic()
            else:
                time.sleep(_LOOK_SECONDS)
        except StorageError as error:
            _log.warning("screening_waits", code=error.code)
            time.sleep(_AFTER_FAILURE_SECONDS)


def _stand_back(niceness: int) -> None:
    """Give way with this thread, and with those that it starts."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def _end_with_server() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
