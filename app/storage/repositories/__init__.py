"""Every query, one class for each kind of row. They flush and never commit: a unit of work ends at its edge."""

from app.storage.repositories.applications import Applications, StoredApplication, StoredSecret
from app.storage.repositories.calls import Calls, Charge
from app.storage.repositories.notices import Notices, StoredNotice
from app.storage.repositories.parameters import Parameters, StoredFigure
from app.storage.repositories.policies import Policies, PublishedVersion
from app.storage.repositories.receipts import ReceiptFilter, Receipts, StoredExport, StoredReceipt
from app.storage.repositories.revision import revision_of
from app.storage.repositories.screenings import Screenings, StoredScreening, StoredTask

__all__ = [
    "Applications",
    "Calls",
    "Charge",
    "Notices",
    "Parameters",
    "Policies",
    "PublishedVersion",
    "ReceiptFilter",
    "Receipts",
    "Screenings",
    "StoredApplication",
    "StoredExport",
    "StoredFigure",
    "StoredNotice",
    "StoredReceipt",
    "StoredScreening",
    "StoredSecret",
    "StoredTask",
    "revision_of",
]
