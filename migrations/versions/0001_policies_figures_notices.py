"""Published policies, county figures and holiday notices, none of which may be changed or removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = ("policy_versions", "parameter_values", "holiday_notices")
_FUNCTION = "beizeng_refuse_change"


def upgrade() -> None:
    """Create the tables and their guards."""
    _create_policy_versions()
    _create_parameter_values()
    _create_holiday_notices()
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _number(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    column = sa.Column("number", sa.Integer(), sa.Identity(), nullable=False)
    return column, sa.PrimaryKeyConstraint("number", name=f"pk_{table}")


def _create_policy_versions() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        *_number("policy_versions"),
        sa.UniqueConstraint("policy_id", "version", name="uq_policy_versions_policy_id"),
    )


def _create_parameter_values() -> None:
    op.create_table(
        "parameter_values",
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        *_number("parameter_values"),
    )
    op.create_index("ix_parameter_values_policy_id", "parameter_values", ["policy_id"])


def _create_holiday_notices() -> None:
    op.create_table(
        "holiday_notices",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("days_off", sa.String(), nullable=False),
        sa.Column("working_days", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        *_number("holiday_notices"),
    )
    op.create_index("ix_holiday_notices_year", "holiday_notices", ["year"])


def _guard_on_sqlite() -> None:
    for table in _TABLES:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END"
            )
        _refuse_replacing(table, "number = NEW.number")
    _refuse_replacing("policy_versions", "policy_id = NEW.policy_id AND version = NEW.version")


def _refuse_replacing(table: str, same: str) -> None:
    """INSERT OR REPLACE removes a row without asking the guard above."""
    name = f"{table}_no_replace_{'number' if 'number' in same else 'version'}"
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of this file only
    op.execute(
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {there} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END"
    )


def _guard_on_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )
