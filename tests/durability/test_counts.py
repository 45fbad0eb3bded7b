"""What an update costs, counted rather than timed: statements, commits that reach the disk; one commit for many."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.store import Store, inbox, vault
from tests.conftest import KEY, Service

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@contextmanager
def counted(store: Store) -> Iterator[dict[str, int]]:
    """How many statements there were, and how many transactions that wrote."""
    counts = {"statements": 0, "writing commits": 0}
    wrote: set[int] = set()

    def execute(connection: object, _cursor: object, statement: str, *_: object) -> None:
        counts["statements"] += not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            wrote.add(id(connection))

    def commit(connection: object) -> None:
        counts["writing commits"] += id(connection) in wrote
        wrote.discard(id(connection))

    event.listen(store.engine, "before_cursor_execute", execute)
    event.listen(store.engine, "commit", commit)
    try:
        yield counts
    finally:
        event.remove(store.engine, "before_cursor_execute", execute)
        event.remove(store.engine, "commit", commit)


@pytest.mark.both_databases
async def test_what_an_update_costs(service: Service) -> None:
    """Received, handled, answered: one commit each, and on PostgreSQL two more that take the rows."""
    kim = service.person("Kim")
    await kim.start()
    await kim.press("Okej, gå vidare", "Sverige", "Ja, och jag är minst 18")
    updates = ("/hjalp", "/status", "/moten", "/hjalp", "/status")
    before = len(kim.texts)
    with counted(service.store) as counts:
        await kim.send(*updates)
    assert len(kim.texts) == before + len(updates)
    each = {name: number / len(updates) for name, number in counts.items()}
    print(f"{service.store.engine.dialect.name}: an update takes {each}")
    assert each["writing commits"] <= (3 if service.store.is_file else 5)
    assert each["statements"] <= 40


def test_those_who_wait_share_a_commit(tmp_path: Path) -> None:
    vault.unlock(KEY)
    store = Store(f"sqlite:///{tmp_path}/p.db")
    store.migrate()
    holding, held = threading.Event(), threading.Event()

    def slow(tx: object) -> None:
        held.set()
        holding.wait(10)

    def put(number: int) -> None:
        if number == 7:
            with pytest.raises(ZeroDivisionError):
                store.serially(lambda tx: inbox.put(tx, number, number, {}, NOW) / 0)
        else:
            assert store.serially(lambda tx: inbox.put(tx, number, number, {}, NOW))

    with counted(store) as counts:
        first = threading.Thread(target=store.serially, args=(slow,))
        first.start()
        held.wait(10)
        others = [threading.Thread(target=put, args=(number,)) for number in range(20)]
        for thread in others:
            thread.start()
        while len(store._serial._waiting) < len(others):  # type: ignore[attr-defined]
            pass
        holding.set()
        for thread in (first, *others):
            thread.join()
    with store.transaction() as tx:
        assert [each.update_id for each in inbox.take(tx, NOW)] == [
            number for number in range(20) if number != 7
        ]
    assert counts["writing commits"] == 1
    store.close()
