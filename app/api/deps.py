"""What the handlers are given: settings, the policies that answer, the clock, and whether the parts are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.api.admission import Admission
from app.api.lanes import Lanes
from app.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.api.authentication import Gatekeeper
    from app.clock import Clock
    from app.services.connectors import Connectors
    from app.services.knowledge import Knowledge
    from app.services.receipts import ReceiptWriter
    from app.services.registry import ActivePolicy, Registry
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["Services"]


def _unknown() -> None:
    return None


@dataclass(slots=True)
class Services:
    """One set for one application. ``registry`` is replaced as a whole when a policy, figure or notice is published.

    ``missing`` names the parts that are not there.
    """

    settings: Settings
    registry: Registry
    clock: Clock
    missing: Callable[[], Sequence[str]]
    receipts: ReceiptWriter | None = None
    """Keeps the receipts; None where none are kept."""
    knowledge: Knowledge | None = None
    """What was known earlier; None without a database."""
    database: Database | None = None
    gatekeeper: Gatekeeper | None = None
    """Knows the applications; None where everyone is answered."""
    connectors: Connectors | None = None
    """The offices that can be asked for facts; None where there are none."""
    clock_skew: Callable[[], float | None] = _unknown
    """Seconds by which the database's clock is ahead of ours; None while that is not known."""
    lanes: Lanes = field(init=False)
    """Where calls work on the database."""

    admission: Admission = field(init=False)
    """Which calls are answered under load."""

    def __post_init__(self) -> None:
        self.lanes, self.admission = Lanes(self.settings), Admission(self.settings)

    def replace(self, registry: Registry) -> None:
        """Answer from another registry from now on."""
        self.registry = registry

    def active(self) -> ActivePolicy:
        """The policy that answers when none is named.

        Raises:
            ProblemError: not_ready, database_unavailable.
        """
        found = self.registry.get()
        if found is None:
            raise self.not_loaded()
        return found

    def not_loaded(self) -> ProblemError:
        """Why there is no policy that could answer."""
        if "database" in self.missing():
            return ProblemError("database_unavailable")
        return ProblemError("not_ready", {"missing": "rule_set"})
