"""One service to a database file: the system's own lock, which ends with the process however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.store.database import StoreError


@contextmanager
def only_one(file: Path | None) -> Iterator[None]:
    """Keep any other service from a database file; None: a server, which many may share.

    The lock is on a file beside it, as SQLite's own locks would end when another handle on the database is closed.
    Raises StoreError when another service has it, or where it cannot be made.
    """
    if file is None:
        yield
        return
    beside = file.with_name(f"{file.name}.lock")
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        handle = beside.open("a")
    except OSError as error:
        raise StoreError(f"{beside} cannot be written: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(
                f"another peerbot runs on {file}: stop that one, or use PostgreSQL, which several can share"
            ) from error
        yield
