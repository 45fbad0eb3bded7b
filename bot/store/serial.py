"""Transactions whose outcome is as if each had been alone: those that wait in a process are done together."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

T = TypeVar("T")
Work = Callable[[Session], T]

AT_ONCE = 32
"""How much is committed together at most, so that nobody waits long for the others."""
NUMBER = 7_337_227
"""Of the lock by which processes on one PostgreSQL database take turns."""


@dataclass
class _Job:
    work: Work[Any]
    result: Any = None
    error: BaseException | None = None
    done: bool = False

    def do(self, connection: Connection) -> None:
        """In a savepoint: what fails leaves nothing, and does not hurt the others.

        After a full disk, a lost server or the like the database may have taken back everything: raised for all.
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
    """Whoever comes first does the work of all who came meanwhile, with one commit and its wait for the disk.

    They return when it is committed. SQLite writes one transaction at a time of itself. Several processes on
    PostgreSQL take turns by a lock that ends with the transaction, or with the process: retrying what collided
    instead (SERIALIZABLE) cost many times the work as soon as a few people wrote at the same time.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: deque[_Job] = deque()
        self._turn = threading.Lock()

    def run(self, work: Work[T]) -> T:
        """Do `work` in a transaction that is as good as alone, and give its result when it is committed.

        What it raises is raised, and nothing of it is kept.
        """
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
            if len(jobs) == 1:
                jobs[0].result = self._alone(jobs[0].work)
                return
            with self._engine.begin() as connection:
                _take_turn(connection)
                for job in jobs:
                    job.do(connection)
        except Exception as error:
            for job in jobs:
                job.error = job.error or error
        finally:
            for job in jobs:
                job.done = True

    def _alone(self, work: Work[T]) -> T:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            _take_turn(session.connection())
            return work(session)


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({NUMBER})")
