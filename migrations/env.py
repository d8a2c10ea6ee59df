"""Runs the steps on the connection that the program hands in, inside the transaction that it has begun.

One transaction for all steps, begun explicitly on SQLite as well: a process that dies between two steps leaves
nothing behind, and the next start begins anew.
"""

from __future__ import annotations

from alembic import context

from app.storage.models import Base

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("run: beizeng db migrate")

context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
