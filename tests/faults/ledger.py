"""What the database says after a fault: which receipts are there, and whether their chain is whole."""

from __future__ import annotations

from app.clock import system_clock
from app.services.audit import verify_chain
from app.services.database import open_database
from app.services.master_key import load_master_key
from app.storage.repositories import Receipts

__all__ = ["verified"]


def verified(settings):
    """The ids of all receipts in the order of the chain, which is whole."""
    database = open_database(settings)
    try:
        found = verify_chain(database, load_master_key(settings), settings.anchor_path, system_clock)
        assert found.faults == (), found.faults[:5]
        with database.reading() as session:
            return [receipt.id for receipt in Receipts(session.connection()).walk()]
    finally:
        database.close()
