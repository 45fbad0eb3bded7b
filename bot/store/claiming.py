"""Rows of which several processes each take some: nobody takes what another holds, and nobody waits for another.

PostgreSQL: the row is locked while it is looked at (SKIP LOCKED), and held until a time, so that no lock is kept while
texts are analysed or sent; what a dead process held is free when the time is over. SQLite is one process's own: what
it works on it knows itself (`mine`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, update
from sqlmodel import SQLModel, col

from bot.store.database import Transaction, run

HELD_FOR = timedelta(minutes=1)
"""Longer than any analysis takes, and than calls in a row are gone on with."""


def is_shared(tx: Transaction) -> bool:
    return tx.get_bind().dialect.name == "postgresql"


def free(held_until: Any, key: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions under which a row may be taken `now`: by nobody held, and not among `mine` already."""
    unheld = col(held_until).is_(None) | (col(held_until) <= bindparam("now"))
    return unheld, col(key).not_in(bindparam("mine", expanding=True))


def hold(tx: Transaction, table: type[SQLModel], key: Any, ids: Sequence[int], now: datetime) -> None:
    """Hold rows that were just locked. Losing this in a power cut costs nothing, so nobody waits for the disk."""
    if ids and is_shared(tx):
        tx.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")
        run(tx, _hold(table, key), ids=ids, end=now + HELD_FOR)


@cache
def _hold(table: type[SQLModel], key: Any) -> Update:
    held = col(key).in_(bindparam("ids", expanding=True))
    return update(table).where(held).values(held_until=bindparam("end"))
