"""A filled database is upgraded from every earlier revision, on both databases, and loses nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, select

from bot.store import Store, migrating, vault
from bot.store.tables import SQLModel
from tests.conftest import KEY
from tests.databases import NAMES

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
REVISIONS = [each.revision for each in ScriptDirectory.from_config(migrating.config()).walk_revisions()][::-1]
ROWS = 3
DROPPED = {"person.feedback"}
"""Columns that a revision takes away on purpose."""


def value(column: object, number: int) -> object:
    """Something of a column's type that the database takes."""
    kind = column.type.python_type  # type: ignore[attr-defined]
    given = {
        bool: True, int: number, str: f"w{number}", bytes: vault.seal(f"hemligt {number}"), datetime: NOW,
    }  # fmt: skip
    return given[kind]


def fill(store: Store) -> dict[str, list[dict[str, object]]]:
    """Rows in every table as it is at this revision; gives them."""
    metadata, filled = MetaData(), {}
    with store.engine.begin() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            if table.name == "alembic_version":
                continue
            rows = [
                {each.name: value(each, number) for each in table.columns} for number in range(1, ROWS + 1)
            ]
            connection.execute(table.insert(), rows)
            filled[table.name] = [dict(row) for row in connection.execute(select(table)).mappings()]
    return filled


def held(store: Store) -> dict[str, list[dict[str, object]]]:
    metadata = MetaData()
    with store.engine.begin() as connection:
        metadata.reflect(connection)
        return {
            name: [
                dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for name, table in metadata.tables.items()
        }


@pytest.mark.parametrize("kind", NAMES)
def test_every_earlier_revision_is_upgraded_without_loss(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    vault.unlock(KEY)
    for revision in REVISIONS:
        url = f"sqlite:///{tmp_path}/{revision}.db"
        if kind == "postgresql":
            url = request.getfixturevalue("postgresql_server").empty()
        store = Store(url)
        migrating.upgrade(store.engine, revision)
        before = fill(store)
        store.migrate()
        assert migrating.is_current(store.engine)
        after = held(store)
        for table, rows in before.items():
            for old, new in zip(rows, after[table], strict=True):
                kept = {name: each for name, each in old.items() if f"{table}.{name}" not in DROPPED}
                assert {name: new[name] for name in kept} == kept
        with store.transaction() as tx:
            for table in SQLModel.metadata.sorted_tables:
                assert len(tx.connection().execute(select(table)).all()) == ROWS or table.name not in before
        store.close()


@pytest.mark.parametrize("kind", NAMES)
def test_the_migrations_make_the_tables_that_the_code_declares(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/p.db"
    store = Store(request.getfixturevalue("postgresql_server").migrated() if kind == "postgresql" else url)
    store.migrate()
    found = inspect(store.engine)
    for table in SQLModel.metadata.sorted_tables:
        assert {each["name"] for each in found.get_columns(table.name)} == {
            each.name for each in table.columns
        }
        assert {each["name"] for each in found.get_indexes(table.name)} >= {
            each.name for each in table.indexes
        }
    store.close()
