"""Transactions whose outcome is as if each had been alone: grouped on SQLite, tried again on PostgreSQL."""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Session], T]

AT_ONCE = 32
"""How much is committed together at most, so that nobody waits long for the others."""
TRIES = 50
MAX_PAUSE = 0.2
"""Seconds between two tries."""
COLLIDED = ("40001", "40P01", "23505", "55P03")
"""SQLSTATEs of PostgreSQL: not serializable, deadlock, somebody else was first, lock not to be had."""


class Serial(Protocol):
    """Runs `work` in a transaction that is as good as alone, commits it and gives its result.

    What `work` raises is raised, and nothing of it is kept. It may be run more than once.
    """

    def run(self, work: Work[T]) -> T: ...


@dataclass
class _Job:
    work: Work[Any]
    result: Any = None
    error: BaseException | None = None
    done: bool = False

    def do(self, connection: Connection) -> None:
        """In a savepoint: what fails leaves nothing, and does not hurt the others.

        After a full disk or the like SQLite may have taken back everything, so that is raised for all.
        """
        try:
            options: Any = {"join_transaction_mode": "create_savepoint", "expire_on_commit": False}
            with Session(connection, **options) as session, session.begin():
                self.result = self.work(session)
        except OperationalError:
            raise
        except Exception as error:
            self.error = error


class Grouped:
    """For SQLite, which writes one transaction at a time: those that wait share a commit, and its fsync.

    Whoever comes first does the work of all who came meanwhile; they return when it is committed.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: deque[_Job] = deque()
        self._turn = threading.Lock()

    def run(self, work: Work[T]) -> T:
        job = _Job(work)
        self._waiting.append(job)
        with self._turn:
            while not job.done:
                self._together([self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))])
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def _together(self, jobs: list[_Job]) -> None:
        try:
            with self._engine.begin() as connection:
                for job in jobs:
                    job.do(connection)
        except Exception as error:
            for job in jobs:
                job.error = job.error or error
        finally:
            for job in jobs:
                job.done = True


class Retried:
    """For PostgreSQL: serializable, and done again when somebody else's transaction came in between."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="SERIALIZABLE")

    def run(self, work: Work[T]) -> T:
        for number in range(1, TRIES + 1):
            try:
                with Session(self._engine, expire_on_commit=False) as session, session.begin():
                    return work(session)
            except DBAPIError as error:
                if number == TRIES or not _collided(error):
                    raise
                log.debug("a transaction collided and is done again (%s)", number)
                time.sleep(random.uniform(0, min(0.005 * 2**number, MAX_PAUSE)))  # noqa: S311 - not a secret
        raise AssertionError("unreachable")


def _collided(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in COLLIDED
