"""Screening jobs with their pieces of work and leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "screening_jobs",
        *(_text(name) for name in ("id", "application", "state", "options", "mapping", "source", "file_name")),
        sa.Column("rows_total", _NUMBER, nullable=True),
        sa.Column("rows_done", _NUMBER, nullable=False),
        sa.Column("rejected", _NUMBER, nullable=True),
        _text("problem"),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=True),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        *_key("screening_jobs"),
        sa.UniqueConstraint("id", name="uq_screening_jobs_id"),
    )
    op.create_index("ix_screening_jobs_application", "screening_jobs", ["application"])
    op.create_table(
        "screening_tasks",
        _text("job_id"),
        _text("kind"),
        sa.Column("split", sa.Integer(), nullable=False),
        sa.Column("first_row", _NUMBER, nullable=False),
        sa.Column("rows", _NUMBER, nullable=False),
        _text("state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _text("owner"),
        sa.Column("lease_ms", sa.BigInteger(), nullable=False),
        _text("sums"),
        *_key("screening_tasks"),
        sa.UniqueConstraint("job_id", "kind", "split", name="uq_screening_tasks_job_id"),
    )
    op.create_index("ix_screening_tasks_state", "screening_tasks", ["state"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    column = sa.Column("number", sa.Integer(), sa.Identity(), nullable=False)
    return column, sa.PrimaryKeyConstraint("number", name=f"pk_{table}")
