"""What an operator does beside the service: new keys, backups that do not pile up, a backup taken up again."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.app import database_file, open_store
from bot.clock import SystemClock
from bot.config import Settings
from bot.store import KeyProblem, Store, StoreError, holdings, keys, queries, retention, vault
from bot.store.erasures import FILE, Erasures
from bot.store.sealing import ENVIRONMENT, find_keys, new_key, write_keys
from bot.store.tables import Person

MARK = 0x50454552
"""SQLite's application id of our backups ("PEER"): nothing else is ever pruned."""


# Keys


def rotate(settings: Settings) -> int:
    """Seal everything with a new key; gives how many values there were.

    A key file holds the new and the old key while that goes on, so that it may be interrupted at any point and
    done again. With PEERBOT_KEY the operator puts the new key before the old one. Raises KeyProblem, StoreError.
    """
    file, known = settings.folder / settings.store.key_file, _fitting_keys(settings)
    from_environment = ENVIRONMENT in os.environ
    if from_environment and len(known) < 2:
        raise KeyProblem(
            f"put a new key (peerbot keys new) and a space before the one in {ENVIRONMENT}, then again"
        )
    alone(settings)
    if not from_environment:
        known = (new_key(), *known)
        write_keys(file, known)
    store = open_store(settings)
    count = keys.reseal(store)
    store.compact()
    store.close()
    if not from_environment:
        write_keys(file, known[:1])
    return count


def _fitting_keys(settings: Settings) -> tuple[str, ...]:
    """The present keys; KeyProblem when they do not open the database."""
    open_store(settings).close()
    return find_keys(settings.folder / settings.store.key_file, create=False)


def alone(settings: Settings) -> None:
    """Raises StoreError while the service, or anything else, has the database open (SQLite)."""
    file = database_file(settings)
    if file is None or not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "in use"
    if mode != "delete":
        raise StoreError("the database is in use: stop the service first")


# Backups


def backup(settings: Settings, target: Path) -> Path:
    """Write a copy to a file, or into a folder under a name of its own; remove those that are too old.

    The list of erasures goes along, so that a restore elsewhere has it. Gives the file. Raises StoreError.
    """
    now = SystemClock().now()
    file = target / f"peerbot-{now:%Y%m%d-%H%M%S}.db" if target.is_dir() else target
    store = open_store(settings)
    store.backup(file)
    store.close()
    with closing(sqlite3.connect(file)) as copy:
        copy.execute(f"PRAGMA application_id={MARK}")
        copy.execute("PRAGMA journal_mode=DELETE")
    oldest = now - timedelta(days=settings.retention.backups)
    live = database_file(settings)
    prune(file.parent, oldest, live)
    if live is not None:
        _prune_replaced(live, oldest)
    erased = settings.erased_file
    Erasures(erased).prune(oldest)
    if erased.exists() and erased.parent.resolve() != file.parent.resolve():
        shutil.copy2(erased, file.parent / FILE)
    return file


def prune(folder: Path, oldest: datetime, live: Path | None) -> list[Path]:
    """Remove our own backups in a folder that are older than a moment; gives them."""
    gone = []
    for file in sorted(folder.iterdir()):
        is_live = live is not None and live.exists() and file.samefile(live)
        if file.is_file() and not is_live and _is_backup(file) and file.stat().st_mtime < oldest.timestamp():
            file.unlink()
            gone.append(file)
    return gone


def _prune_replaced(live: Path, oldest: datetime) -> None:
    """What `restore` put aside is kept no longer than a backup: whoever is erased since is still in it."""
    former = _replaced(live)
    if former.exists() and former.stat().st_mtime < oldest.timestamp():
        former.unlink()


def _replaced(live: Path) -> Path:
    return live.with_name(f"{live.name}.replaced")


def _is_backup(file: Path) -> bool:
    """By the file's header: a SQLite database with our mark (bytes 68 to 71)."""
    with file.open("rb") as handle:
        head = handle.read(72)
    return head.startswith(b"SQLite format 3\0") and head[68:72] == MARK.to_bytes(4, "big")


def restore(settings: Settings, file: Path) -> int:
    """Put a backup in the place of the database, without those who were erased since; gives how many.

    What waited when the backup was made is not sent again. The former database stays beside it as "*.replaced",
    until `backup` finds it older than a backup may be.
    Raises StoreError, KeyProblem; the database is then as it was.
    """
    live = database_file(settings)
    if live is None:
        raise StoreError("for PostgreSQL, use pg_restore")
    if not file.is_file() or not _is_backup(file):
        raise StoreError(f"{file} is no backup of Peerbot")
    alone(settings)
    live.parent.mkdir(parents=True, exist_ok=True)
    fresh = live.with_name(f"{live.name}.restored")
    shutil.copyfile(file, fresh)
    try:
        count = _made_ready(settings, fresh, [settings.erased_file, file.parent / FILE])
    except (StoreError, KeyProblem):
        fresh.unlink()
        raise
    if live.exists():
        live.replace(_replaced(live))
    fresh.replace(live)
    return count


def _made_ready(settings: Settings, fresh: Path, lists: list[Path]) -> int:
    vault.unlock(*find_keys(settings.folder / settings.store.key_file, create=False))
    store = Store(make_url("sqlite://").set(database=str(fresh)).render_as_string())
    try:
        store.migrate()
        keys.check(store)
        count = _erase_again(store, [Erasures(each) for each in lists])
        store.compact()
    finally:
        store.close()
    with closing(sqlite3.connect(fresh)) as copy:
        copy.execute("PRAGMA application_id=0")
        copy.execute("PRAGMA journal_mode=DELETE")
    return count


def _erase_again(store: Store, lists: list[Erasures]) -> int:
    """Erase everybody who was erased after they came; those who came back since stay."""
    count = 0
    with store.transaction() as tx:
        for person in queries.rows(tx, Person):
            erased = [at for at in (each.last(person.chat_id) for each in lists) if at is not None]
            if erased and person.created_at < max(erased):
                holdings.erase(tx, person)
                count += 1
        retention.after_restoring(tx, SystemClock().now())
        retention.nobodys_messages(tx)
    return count
