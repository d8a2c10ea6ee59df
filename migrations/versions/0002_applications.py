"""Calling applications, their keys and used nonces, and answers kept for repeated keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_applications()
    _create_counts()
    op.create_table(
        "idempotency_keys",
        *(_text(name) for name in ("application", "key", "request", "owner", "effect")),
        _moment("lease_ms"),
        sa.Column("status", sa.Integer(), nullable=False),
        _text("headers"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _moment("expires_ms"),
        *_key("idempotency_keys", _NUMBER),
        sa.UniqueConstraint("application", "key", name="uq_idempotency_keys_application"),
    )


def _create_applications() -> None:
    op.create_table(
        "applications",
        *(_text(name) for name in ("id", "name", "roles")),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("api_key", sa.LargeBinary(), nullable=True),
        _moment("created_ms"),
        *_key("applications"),
        sa.UniqueConstraint("id", name="uq_applications_id"),
        sa.UniqueConstraint("name", name="uq_applications_name"),
    )
    op.create_table(
        "application_secrets",
        *(_text(name) for name in ("application", "id")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _moment("created_ms"),
        *_key("application_secrets"),
        sa.UniqueConstraint("id", name="uq_application_secrets_id"),
    )
    op.create_index("ix_application_secrets_application", "application_secrets", ["application"])


def _create_counts() -> None:
    op.create_table(
        "used_nonces",
        *(_text(name) for name in ("application", "nonce")),
        _moment("until_ms"),
        *_key("used_nonces", _NUMBER),
        sa.UniqueConstraint("application", "nonce", name="uq_used_nonces_application"),
    )
    op.create_table(
        "quotas",
        _text("application"),
        sa.Column("calls", sa.Double(), nullable=False),
        _moment("at_ms"),
        *_key("quotas"),
        sa.UniqueConstraint("application", name="uq_quotas_application"),
    )
    op.create_table(
        "failed_calls",
        _text("who"),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("since_ms"),
        *_key("failed_calls"),
        sa.UniqueConstraint("who", name="uq_failed_calls_who"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _key(table: str, kind: sa.types.TypeEngine[int] | None = None) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    column = sa.Column("number", kind or sa.Integer(), sa.Identity(), nullable=False)
    return column, sa.PrimaryKeyConstraint("number", name=f"pk_{table}")
