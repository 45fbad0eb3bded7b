"""Keys, backups, restoring: what an operator does beside the service, and what happens when it goes wrong."""

import os
import sqlite3
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import config, custody
from bot.app import database_file, open_store
from bot.config import Settings
from bot.store import KeyProblem, Store, StoreError, migrating, outbox, queries
from bot.store.erasures import Erasures
from bot.store.sealing import find_keys, new_key, vault, write_keys
from bot.store.tables import Match, Outbox, Person, Request
from tests.conftest import KEY

NOW = datetime.now(UTC)
KIM, ALEX = 555_001_001, 555_001_002


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An installation with a key file; the process's vault is as before afterwards."""
    monkeypatch.delenv("PEERBOT_KEY", raising=False)
    yield config.load(store={"url": f"sqlite:///{tmp_path}/data/p.db", "key_file": f"{tmp_path}/keys/p.key"})
    vault.unlock(KEY)


def filled(settings: Settings) -> None:
    """Kim, who is matched with Alex; something waits to be sent."""
    store = open_store(settings)
    with store.transaction() as tx:
        kim, alex = (
            Person(chat_id=chat, name="Kanariefågel", created_at=NOW - timedelta(days=9))
            for chat in (KIM, ALEX)
        )
        tx.add_all([kim, alex])
        tx.flush()
        request = Request(person_id=kim.id or 0, status="matched", wish={"called": "Kim"}, created_at=NOW)
        tx.add(request)
        tx.flush()
        match = Match(request_id=request.id or 0, user_id=kim.id or 0, peer_id=alex.id or 0, proposed_at=NOW)
        match.status = "connected"
        tx.add(match)
        outbox.put(tx, ALEX, "document", {"caption": "Kanariefågel"}, NOW, document=b"Kanariefugl")
    store.close()


def names(settings: Settings) -> dict[int, str | None]:
    store = open_store(settings)
    with store.transaction() as tx:
        found = {person.chat_id: person.name for person in queries.rows(tx, Person)}
    store.close()
    return found


# Keys


def test_the_key_is_changed_and_the_old_one_opens_nothing(settings: Settings) -> None:
    filled(settings)
    file = Path(settings.store.key_file)
    (old,) = find_keys(file, create=False)
    running = open_store(settings)
    with running.transaction():
        pass
    with pytest.raises(StoreError, match="stop the service first"):
        custody.rotate(settings)
    running.close()
    assert custody.rotate(settings) == 5
    (fresh,) = find_keys(file, create=False)
    assert fresh != old
    assert file.stat().st_mode & 0o077 == 0
    assert names(settings) == {KIM: "Kanariefågel", ALEX: "Kanariefågel"}
    store = open_store(settings)
    with store.transaction() as tx:
        (waiting,) = queries.rows(tx, Outbox)
    assert b64decode(vault.open(waiting.document)) == b"Kanariefugl"
    store.close()
    write_keys(file, [old])
    with pytest.raises(KeyProblem, match="the key does not fit the database: set PEERBOT_KEY or restore"):
        open_store(settings)


def test_a_change_of_keys_that_was_cut_off_goes_on(settings: Settings) -> None:
    """Between the steps the file holds both keys: the service starts, and doing it again finishes it."""
    filled(settings)
    file = Path(settings.store.key_file)
    write_keys(file, [new_key(), *find_keys(file, create=False)])
    assert names(settings)[KIM] == "Kanariefågel"
    assert custody.rotate(settings) == 5
    assert len(find_keys(file, create=False)) == 1
    assert names(settings)[KIM] == "Kanariefågel"


def test_a_key_from_the_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = new_key(), new_key()
    monkeypatch.setenv("PEERBOT_KEY", first)
    filled(settings)
    with pytest.raises(KeyProblem, match="put a new key"):
        custody.rotate(settings)
    monkeypatch.setenv("PEERBOT_KEY", f"{second} {first}")
    assert custody.rotate(settings) == 5
    monkeypatch.setenv("PEERBOT_KEY", second)
    assert names(settings)[KIM] == "Kanariefågel"
    assert not Path(settings.store.key_file).exists()


@pytest.mark.parametrize(
    ("key", "reason"),
    [(None, "its key does not"), ("", "is empty"), ("no key", "malformed"), (new_key(), "does not fit")],
    ids=("lost", "empty", "malformed", "wrong"),
)
def test_a_lost_or_wrong_key_stops_the_start_with_a_clear_word(
    settings: Settings, key: str | None, reason: str
) -> None:
    filled(settings)
    file = Path(settings.store.key_file)
    file.unlink()
    if key is not None:
        file.write_text(key)
    with pytest.raises(KeyProblem, match=reason):
        open_store(settings)


# Backups


def old(file: Path, days: int) -> Path:
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(file, (at, at))
    return file


def test_backups_that_are_too_old_go_and_nothing_else_does(settings: Settings, tmp_path: Path) -> None:
    filled(settings)
    folder = tmp_path / "backups"
    folder.mkdir()
    kept, gone = (custody.backup(settings, folder / name) for name in ("kept.db", "gone.db"))
    others = [folder / "notes.txt", folder / "other.db"]
    for each in others:
        with closing(sqlite3.connect(each)) as database:
            database.execute("CREATE TABLE other (id)")
        old(each, 900)
    live = database_file(settings)
    assert live is not None
    old(kept, 29), old(gone, 31)
    assert custody.backup(settings, folder).name.startswith("peerbot-")
    assert kept.exists()
    assert not gone.exists()
    assert all(each.exists() for each in (*others, live))
    assert "Kanariefågel".encode() not in kept.read_bytes()


def test_a_restored_backup_forgets_who_was_erased_since(settings: Settings, tmp_path: Path) -> None:
    filled(settings)
    file = custody.backup(settings, tmp_path / "copy.db")
    Erasures(settings.erased_file).add(KIM, NOW)
    assert str(KIM) not in settings.erased_file.read_text()
    store = open_store(settings)
    with pytest.raises(StoreError, match="stop the service first"):
        custody.restore(settings, file)
    store.close()
    assert custody.restore(settings, file) == 1
    assert set(names(settings)) == {ALEX}
    former = next(Path(tmp_path / "data").glob("*.replaced"))
    old(former, 29)
    custody.backup(settings, tmp_path / "later.db")
    assert former.exists()
    old(former, 31)
    custody.backup(settings, tmp_path / "later.db")
    assert not former.exists(), "Kim is in it, and would be for ever"
    store = open_store(settings)
    with store.transaction() as tx:
        assert queries.rows(tx, Request) == queries.rows(tx, Match) == []
        assert {row.outcome for row in queries.rows(tx, Outbox)} <= {"gone"}
    store.close()


def test_who_came_back_after_an_erasure_stays(settings: Settings, tmp_path: Path) -> None:
    """And a list that was copied along with the backup counts as well, where the other is lost."""
    filled(settings)
    Erasures(settings.erased_file).add(KIM, NOW - timedelta(days=20))
    Erasures(settings.erased_file).add(ALEX, NOW - timedelta(days=2))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = custody.backup(settings, elsewhere)
    settings.erased_file.unlink()
    assert custody.restore(settings, file) == 1
    assert set(names(settings)) == {KIM}


@pytest.mark.parametrize("content", [b"", b"nonsense", b"SQLite format 3\0" + b"\0" * 100])
def test_what_is_no_backup_changes_nothing(settings: Settings, tmp_path: Path, content: bytes) -> None:
    filled(settings)
    file = tmp_path / "copy.db"
    file.write_bytes(content)
    with pytest.raises(StoreError, match="is no backup of Peerbot"):
        custody.restore(settings, file)
    assert set(names(settings)) == {KIM, ALEX}


def test_the_list_of_erasures_is_no_longer_than_the_backups(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path / "erased.txt")
    for days in (40, 3):
        erasures.add(days, NOW - timedelta(days=days))
    erasures.prune(NOW - timedelta(days=30))
    assert [erasures.last(days) for days in (40, 3)] == [None, NOW - timedelta(days=3)]
    assert len(erasures.file.read_text().splitlines()) == 2


# Migrations


def test_a_database_of_the_first_version_keeps_what_it_holds(tmp_path: Path) -> None:
    vault.unlock(KEY)
    store = Store(f"sqlite:///{tmp_path}/old.db")
    migrating.upgrade(store.engine, "0001")
    with store.engine.begin() as connection:
        columns = (
            "chat_id, language, language_chosen, name, of_age, peer, coordinator, status, reminders, feedback"
        )
        connection.exec_driver_sql(
            f"INSERT INTO person ({columns}, created_at)"  # noqa: S608
            " VALUES (7, 'da', 1, ?, 1, 'approved', 0, 'active', 'day', 1, '2026-01-01 00:00:00')",
            (vault.seal("Kim"),),
        )
    store.migrate()
    with store.transaction() as tx:
        (person,) = queries.rows(tx, Person)
    store.close()
    assert (person.chat_id, person.name, person.peer, person.reminders) == (7, "Kim", "approved", "day")
