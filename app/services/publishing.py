"""From packs on disk to published versions, and from these to the policies that answer.

A pack is published as the canonical bytes of its document, under id, version and SHA-256. What answers is always what
is stored, never what lies on disk.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from app.rules.errors import RulesError
from app.rules.packs.parse import parse_policy
from app.rules.packs.raw import canonical_bytes, digest
from app.services.calendars import build_calendar
from app.services.figures import as_parameter_values
from app.services.notices import as_notices
from app.services.packs import PACKAGED, load_document, load_policy, packaged_ids
from app.services.registry import Registry
from app.storage.errors import DatabaseDamagedError, VersionConflictError
from app.storage.repositories import Notices, Parameters, Policies, PublishedVersion, revision_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.clock import Clock
    from app.deadlines import Calendar
    from app.rules.policy import Policy
    from app.settings import Settings
    from app.storage.errors import StorageError
    from app.storage.repositories import StoredFigure, StoredNotice
    from app.storage.session import Database

__all__ = [
    "PACKAGE",
    "Failure",
    "Loaded",
    "Pack",
    "Startup",
    "load_registry",
    "packs_on_disk",
    "parse_published",
    "publish",
    "publish_first",
    "read_pack",
    "registry_from_disk",
]

#: Who published what came with the product.
PACKAGE: Final = "package"
CALENDAR: Final = "calendar"


class Pack(NamedTuple):
    """A pack as read from disk, in the form in which it is published."""

    policy_id: str
    version: str
    sha256: str
    document: bytes


class Failure(NamedTuple):
    """What could not be used: a policy by its id or the calendar, and why."""

    subject: str
    error: RulesError | StorageError


class Startup(NamedTuple):
    """What became of the packs on disk when the service started."""

    published: tuple[Pack, ...]
    waiting: tuple[Pack, ...]
    """Versions of policies that are published in another version: publishing them is somebody's decision."""
    failures: tuple[Failure, ...]


class Loaded(NamedTuple):
    """The policies and the calendar as the store has them."""

    registry: Registry
    revision: tuple[int, ...]
    failures: tuple[Failure, ...]
    """Published versions that cannot be read; the last one that can be answers in their place."""


def packs_on_disk(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Id and folder of every pack that comes with the product or lies in the folder of further packs."""
    for folder in (PACKAGED, settings.policy_dir):
        if folder is not None:
            yield from ((policy_id, folder) for policy_id in packaged_ids(folder))


def read_pack(policy_id: str, folder: Path) -> Pack:
    """The pack in a folder of packs, sound and ready to be published.

    Raises:
        PackError: with every fault found.
    """
    document = canonical_bytes(load_document(policy_id, folder))
    policy = _parse(document)
    return Pack(policy.id, policy.version, policy.sha256, document)


def publish(database: Database, pack: Pack, published_by: str, clock: Clock) -> bool:
    """Publish a version; False when the same content is published already.

    Raises:
        VersionConflictError: the version is published with other content.
        StorageError: it could not be kept.
    """
    version = PublishedVersion(pack.policy_id, pack.version, pack.sha256, clock.now(), published_by)
    with database.writing() as session:
        return Policies(session).publish(version, pack.document)


def publish_first(database: Database, settings: Settings, clock: Clock) -> Startup:
    """Publish each pack on disk whose policy has no published version yet.

    A pack that is not sound, or differs from what is published under its version, is reported and keeps nothing else
    from starting: the version published last goes on answering.
    """
    startup = Startup((), (), ())
    for policy_id, folder in packs_on_disk(settings):
        try:
            pack = read_pack(policy_id, folder)
            startup = _settle(database, pack, startup, clock)
        except (RulesError, VersionConflictError) as error:
            startup = startup._replace(failures=(*startup.failures, Failure(policy_id, error)))
    return startup


def _settle(database: Database, pack: Pack, startup: Startup, clock: Clock) -> Startup:
    with database.reading() as session:
        history = Policies(session).history(pack.policy_id)
    if history and all(known.version != pack.version for known in history):
        return startup._replace(waiting=(*startup.waiting, pack))
    if publish(database, pack, PACKAGE, clock):
        return startup._replace(published=(*startup.published, pack))
    return startup


def load_registry(database: Database, settings: Settings, known: tuple[int, ...] | None = None) -> Loaded:
    """The version published last of each policy, with the county's figures, and the calendar with its notices.

    ``known``: only so many versions, figures and notices, those entered first; a revision of an earlier time.
    """
    with database.reading() as session:
        revision = known or revision_of(session)
        versions, entered, notified = revision
        policies, failures = _readable(Policies(session), versions)
        figures = Parameters(session).current(entered)
        notices = Notices(session).current(notified)
    answering = {policy.id: policy.with_parameters(as_parameter_values(_of(policy.id, figures))) for policy in policies}
    calendar, calendar_failures = _calendar(notices)
    return Loaded(Registry(answering, settings.policy, calendar, revision), revision, (*failures, *calendar_failures))


def registry_from_disk(settings: Settings) -> Registry:
    """The packs on disk as they would answer once published; for a terminal without a database.

    Raises:
        PackError: one of them is not sound.
    """
    policies = {policy_id: load_policy(policy_id, folder) for policy_id, folder in packs_on_disk(settings)}
    return Registry(policies, settings.policy, build_calendar())


def parse_published(version: PublishedVersion, document: bytes) -> Policy:
    """The policy of a stored document.

    Raises:
        DatabaseDamagedError: the document is not the one that was published.
        PackError: this program cannot read it.
    """
    if digest(document) != version.sha256:
        raise DatabaseDamagedError(detail=f"{version.policy_id} {version.version}")
    return _parse(document)


@lru_cache(maxsize=8)
def _parse(document: bytes) -> Policy:
    """Once for what is read from disk and, byte for byte the same, from the store."""
    return parse_policy(json.loads(document))


def _readable(policies: Policies, versions: int) -> tuple[list[Policy], list[Failure]]:
    """Of each policy the version published last that can be read, and what could not be."""
    found: dict[str, Policy] = {}
    failures: list[Failure] = []
    for version in reversed(policies.history()[:versions]):
        if version.policy_id in found:
            continue
        try:
            document = policies.document(version.policy_id, version.version) or b""
            found[version.policy_id] = parse_published(version, document)
        except (RulesError, DatabaseDamagedError) as error:
            failures.append(Failure(f"{version.policy_id} {version.version}", error))
    return list(found.values()), failures


def _of(policy_id: str, figures: tuple[StoredFigure, ...]) -> list[StoredFigure]:
    return [figure for figure in figures if figure.policy_id == policy_id]


def _calendar(notices: tuple[StoredNotice, ...]) -> tuple[Calendar, list[Failure]]:
    """With the notices entered; without them where they no longer fit what is packaged."""
    try:
        return build_calendar(as_notices(notices)), []
    except RulesError as error:
        return build_calendar(), [Failure(CALENDAR, error)]
