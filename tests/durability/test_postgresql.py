"""PostgreSQL by one setting: made by whoever starts first, and clear words where it is not as SQLite."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.store import Store, StoreError, migrating
from bot.store.database import check
from tests.databases import Server


def test_several_processes_start_at_once_on_an_empty_database(
    postgresql_server: Server, tmp_path: Path
) -> None:
    url = postgresql_server.empty().replace("postgresql+psycopg", "postgresql")
    stores = [Store(url) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(Store.migrate, stores))
    assert migrating.is_current(stores[0].engine)
    check(stores[0])
    with pytest.raises(StoreError, match="pg_dump"):
        stores[0].backup(tmp_path / "copy.db")
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://nobody@/p?host=/nowhere", "cannot be"),
        ("mysql://nobody@somewhere/p", "neither sqlite nor postgresql"),
        ("peerbot.db", "sqlite:///FILE"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_a_line(url: str, reason: str) -> None:
    with pytest.raises(StoreError, match=reason):
        Store(url).migrate()
