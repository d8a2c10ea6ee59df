"""Every query, one class for each kind of row. They flush and never commit: a unit of work ends at its edge."""

from app.storage.repositories.notices import Notices, StoredNotice
from app.storage.repositories.parameters import Parameters, StoredFigure
from app.storage.repositories.policies import Policies, PublishedVersion
from app.storage.repositories.receipts import ReceiptFilter, Receipts, StoredExport, StoredReceipt
from app.storage.repositories.revision import revision_of
from app.storage.repositories.screenings import Screenings, StoredScreening, StoredTask

__all__ = [
    "Notices",
    "Parameters",
    "Policies",
    "PublishedVersion",
    "ReceiptFilter",
    "Receipts",
    "Screenings",
    "StoredExport",
    "StoredFigure",
    "StoredNotice",
    "StoredReceipt",
    "StoredScreening",
    "StoredTask",
    "revision_of",
]
