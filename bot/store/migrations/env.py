"""How Alembic reaches the database: by the connection that it is handed."""

from alembic import context
from sqlmodel import SQLModel

from bot.store import tables  # noqa: F401 - brings the tables in

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
