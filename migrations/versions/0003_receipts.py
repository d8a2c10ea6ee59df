"""Receipts of decisions, chained, and the records of exports behind which they may be pruned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RECEIPTS, _EXPORTS = "receipts", "receipt_exports"
_EXPORTED = f"COALESCE((SELECT MAX(number) FROM {_EXPORTS}), 0)"  # noqa: S608 - names of this file only


def upgrade() -> None:
    """Create the tables and their guards."""
    _create_receipts()
    _create_exports()
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _create_receipts() -> None:
    names = ("id", "application", "request_id", "at", "operation", "subject", "policy_id", "policy_version")
    more = (
        "policy_sha256",
        "figures",
        "calendar",
        "program",
        "revision",
        "on_date",
        "known_at",
        "language",
        "personal",
    )
    op.create_table(
        _RECEIPTS,
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        *(_text(name) for name in (*names, *more)),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _text("answer"),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_receipts"),
        sa.UniqueConstraint("id", name="uq_receipts_id"),
    )


def _create_exports() -> None:
    op.create_table(
        _EXPORTS,
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("last_mac", sa.LargeBinary(), nullable=False),
        _text("exported_at"),
        _text("file_sha256"),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_receipt_exports"),
    )


def _guard_on_sqlite() -> None:
    for table in (_RECEIPTS, _EXPORTS):
        _refuse_on_sqlite(table, "no_update", "UPDATE", "")
        same = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE number = NEW.number)"  # noqa: S608 - as above
        _refuse_on_sqlite(table, "no_replace", "INSERT", same)
    _refuse_on_sqlite(_EXPORTS, "no_delete", "DELETE", "")
    _refuse_on_sqlite(_RECEIPTS, "no_delete", "DELETE", f"WHEN OLD.number > {_EXPORTED}")
    same = f"WHEN EXISTS (SELECT 1 FROM {_RECEIPTS} WHERE id = NEW.id)"  # noqa: S608 - as above
    _refuse_on_sqlite(_RECEIPTS, "no_replace_id", "INSERT", same)


def _refuse_on_sqlite(table: str, name: str, event: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END"
    )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION beizeng_refuse_unexported() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF OLD.number > {_EXPORTED} THEN "
        "RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; "
        "END IF; RETURN OLD; END $$"
    )
    _refuse_on_postgresql(_RECEIPTS, "no_update", "UPDATE", "ROW", "beizeng_refuse_change")
    _refuse_on_postgresql(_RECEIPTS, "no_delete", "DELETE", "ROW", "beizeng_refuse_unexported")
    _refuse_on_postgresql(_RECEIPTS, "no_truncate", "TRUNCATE", "STATEMENT", "beizeng_refuse_change")
    _refuse_on_postgresql(_EXPORTS, "no_change", "UPDATE OR DELETE", "ROW", "beizeng_refuse_change")
    _refuse_on_postgresql(_EXPORTS, "no_truncate", "TRUNCATE", "STATEMENT", "beizeng_refuse_change")


def _refuse_on_postgresql(table: str, name: str, event: str, each: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")
