"""Bringing a database's tables up to date, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

SCRIPTS = Path(__file__).with_name("migrations")


def config(connection: Connection | None = None) -> Config:
    found = Config()
    found.set_main_option("script_location", str(SCRIPTS))
    found.attributes["connection"] = connection
    return found


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Upgrade to a revision; nothing happens when the database is there already."""
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has every migration."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(config()).get_current_head()
