"""The database: an engine set up for durability, and transactions."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from alembic.util.exc import CommandError
from sqlalchemy import CursorResult, DateTime, Engine, Executable, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, create_engine

from bot.store import migrating
from bot.store.serial import Grouped

T = TypeVar("T")

Transaction = Session
"""Everything that one incoming message causes happens in one of these, or not at all."""


def run(tx: Transaction, statement: Executable, **given: Any) -> CursorResult[Any]:
    """Run a statement that was made once, on columns: several times quicker than by way of objects.

    What was changed in objects and is not flushed is not seen by it.
    """
    return tx.connection().execute(statement, given)


ADVICE = {
    "disk is full": ": make room; nothing that was received is lost",
    "locked": ": another process holds it; it is tried again",
    "readonly": ": give the service's user the right to write the file and its folder",
    "unable to open": ": the file and its folder must be readable and writable for the service's user",
}
"""What to do, by what SQLite says."""


LOOKING = "only looking"
"""The mark of a connection on which nothing is written."""

STALLED = "-c idle_in_transaction_session_timeout=60s"
"""A process that stands still in the midst of a transaction holds up the others for no longer than this."""


class StoreError(Exception):
    """The database cannot be used; the message says why and what to do."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes, also on SQLite, which would return naive ones. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("only aware datetimes are stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Store:
    """A database. `url` is an SQLAlchemy URL; SQLite files are made with their folder."""

    def __init__(self, url: str, *, patience: float = 30) -> None:
        """`patience`: for how many seconds a locked file is waited for."""
        self.url = url
        self.engine = _engine(url, patience)
        self._serial = Grouped(self.engine)

    @property
    def is_file(self) -> bool:
        """SQLite, which one process has to itself; PostgreSQL is shared."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A read-write transaction: committed at the end, rolled back on an exception.

        On PostgreSQL others may commit between its statements; what must not mind them goes through `serially`.
        Raises StoreError when the database cannot be used.
        """
        with _named(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def look(self) -> Iterator[Transaction]:
        """A transaction that changes nothing in a file: it waits for nobody who writes to it. On PostgreSQL, where
        whoever looks for work holds what is found, it is as any other.

        Raises StoreError when the database cannot be used.
        """
        with _named(), self.engine.connect() as connection:
            connection.info[LOOKING] = True
            try:
                with Session(connection, expire_on_commit=False) as session, session.begin():
                    yield session
            finally:
                del connection.info[LOOKING]

    def serially(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` in a transaction that is as good as alone, and give its result when it is committed.

        All that `work` does is in its transaction. What it raises is raised, and StoreError when the database cannot
        be used.
        """
        with _named():
            return self._serial.run(work)

    def migrate(self) -> None:
        """Bring the tables up to date; raises StoreError when the file is no database of ours."""
        file = self.engine.url.database
        if self.is_file and file and not file.startswith("file:") and Path(file).exists():
            _recognise(Path(file))
        try:
            migrating.upgrade(self.engine)
        except (DatabaseError, CommandError) as error:
            raise StoreError(f"the database cannot be brought up to date: {_reason(error)}") from error

    def backup(self, file: Path) -> None:
        """Write a consistent copy while others go on writing (SQLite). Raises StoreError."""
        if not self.is_file:
            raise StoreError(
                "this database is PostgreSQL: back it up with pg_dump, restore it with pg_restore"
            )
        raw = self.engine.raw_connection()
        try:
            with closing(sqlite3.connect(file)) as copy:
                raw.driver_connection.backup(copy)  # type: ignore[union-attr]
        except sqlite3.Error as error:
            raise StoreError(f"the copy {file} cannot be written: {error}") from error
        finally:
            raw.close()

    def compact(self) -> None:
        """Write the file anew, so that nothing that was deleted is left in it or in its log (SQLite)."""
        if self.engine.dialect.name == "sqlite":
            raw = self.engine.raw_connection()
            try:
                for command in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.driver_connection.execute(command)  # type: ignore[union-attr]
            finally:
                raw.close()

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str, patience: float) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("[store] url: sqlite:///FILE or postgresql://USER@HOST/NAME") from error
    if parsed.get_backend_name() != "sqlite":
        return _server(parsed)
    if parsed.database and parsed.database != ":memory:":
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the folder of {parsed.database} cannot be made: {error.strerror}") from error
    engine = create_engine(url, connect_args={"timeout": patience, "check_same_thread": False})
    event.listen(engine, "connect", _durable)
    # Not by an event, which would make every statement look for those who listen.
    engine.dialect.do_begin = _begin  # type: ignore[assignment]
    return engine


@contextmanager
def _named() -> Iterator[None]:
    """What keeps the whole database from being used, as a StoreError with what to do."""
    try:
        yield
    except OperationalError as error:
        reason = _reason(_first(error))
        advice = next((advice for sign, advice in ADVICE.items() if sign in reason), "")
        raise StoreError(f"{reason}{advice}") from error


def _first(error: OperationalError) -> OperationalError:
    """What went wrong at first, where taking it back went wrong as well."""
    found, deeper = error, error.__context__
    while deeper is not None:
        found, deeper = (deeper if isinstance(deeper, OperationalError) else found), deeper.__context__
    return found


def _recognise(file: Path) -> None:
    """Raises StoreError for a file that is damaged or not ours, before anything is written to it."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            }
    except sqlite3.DatabaseError as error:
        reason = "is damaged: restore a backup" if "malformed" in str(error) else f"cannot be opened: {error}"
        raise StoreError(f"{file} {reason}") from error
    if tables and "alembic_version" not in tables:
        raise StoreError(f"{file} is no database of Peerbot: set [store] url to another file")


def _server(url: URL) -> Engine:
    """PostgreSQL, by psycopg. A connection that was lost while it rested is replaced."""
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise StoreError(f"[store] url: {url.drivername} is neither sqlite nor postgresql")
    try:
        own = url.update_query_dict({"options": f"{STALLED} {url.query.get('options', '')}".strip()})
        return create_engine(own.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError("PostgreSQL needs its driver: pip install 'peerbot[postgresql]'") from error


def _durable(connection: Any, _record: Any) -> None:
    """WAL with FULL: a commit survives a power cut. The driver's own BEGIN is switched off."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    """A deferred transaction that upgrades would ignore the busy timeout; one that only reads needs no lock."""
    connection.driver_connection.execute("BEGIN" if LOOKING in connection.info else "BEGIN IMMEDIATE")


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)


def check(store: Store) -> None:
    """Raises StoreError when the database cannot be opened or is damaged."""
    try:
        with store.engine.connect() as connection:
            if store.engine.dialect.name == "sqlite":
                answer = connection.exec_driver_sql("PRAGMA quick_check").scalar()
                if answer != "ok":
                    raise StoreError(f"the database is damaged ({answer}); restore a backup")
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                    raise StoreError(f"the database is damaged (rows of {broken[0][0]}); restore a backup")
            else:
                connection.exec_driver_sql("SELECT 1")
    except DatabaseError as error:
        raise StoreError(f"the database cannot be opened: {_reason(error)}") from error
