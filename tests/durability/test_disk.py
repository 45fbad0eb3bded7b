"""The disk is full, the file is locked, read-only, cut off or not ours: a clear error, no damage, and on it goes."""

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import Store, StoreError, inbox, vault
from bot.store.database import check
from bot.store.tables import Inbox
from tests.conftest import KEY

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with a hundred updates."""
    vault.unlock(KEY)
    store = Store(f"sqlite:///{tmp_path}/p.db")
    store.migrate()
    for number in range(100):
        put(store, number)
    store.close()
    return tmp_path / "p.db"


def put(store: Store, number: int, size: int = 100) -> bool:
    return store.serially(lambda tx: inbox.put(tx, number, number, {"text": "x" * size}, NOW))


def held(store: Store) -> int:
    with store.transaction() as tx:
        return len([row for row in tx.query(Inbox).all() if row.content])


def test_a_full_disk_refuses_and_keeps_what_was_committed(file: Path) -> None:
    store = Store(f"sqlite:///{file}")
    with store.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={pages + 4}"))
    with pytest.raises(StoreError, match="disk is full"):
        for number in range(100, 200):
            put(store, number, 4000)
    kept = held(store)
    assert kept >= 100
    check(store)
    with store.engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count=100000"))
    assert put(store, 999, 4000)
    assert held(store) == kept + 1
    store.close()


def test_a_locked_database_is_waited_for_and_then_named(file: Path) -> None:
    store = Store(f"sqlite:///{file}", patience=0.1)
    other = sqlite3.connect(file)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        put(store, 100)
    other.rollback()
    assert put(store, 100)
    assert held(store) == 101
    store.close()
    other.close()


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def foreign(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04 something else altogether" * 400)


def anothers(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE person (name TEXT)")


@pytest.mark.parametrize("damage", [truncate, foreign, anothers])
def test_a_file_that_is_not_a_whole_database_of_ours_is_left_as_it_is(
    file: Path, damage: Callable[[Path], None]
) -> None:
    whole = file.read_bytes()
    damage(file)
    damaged = file.read_bytes()
    store = Store(f"sqlite:///{file}")
    with pytest.raises(StoreError, match=r"damaged|no database of Peerbot|not a database"):
        store.migrate()
    store.close()
    assert file.read_bytes() == damaged
    for left in file.parent.glob("p.db-*"):
        left.unlink()
    file.write_bytes(whole)
    store = Store(f"sqlite:///{file}")
    store.migrate()
    assert held(store) == 100
    store.close()


@pytest.mark.parametrize("where", ["/proc/nowhere/p.db", "/dev/null/p.db"])
def test_a_folder_that_cannot_be_written_is_named(where: str) -> None:
    with pytest.raises(StoreError, match="cannot be"):
        Store(f"sqlite:///{where}").migrate()


def test_a_read_only_file_is_named_and_works_again_when_mended(file: Path) -> None:
    """Root may write everything, so the connection itself is made read-only."""
    store = Store(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(StoreError, match=r"readonly|read-only"):
        put(store, 100)
    store.close()
    store = Store(f"sqlite:///{file}")
    assert put(store, 100)
    store.close()
