"""The inbox: updates, stored before Telegram is told that they arrived."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store import claiming
from bot.store.database import Transaction, run
from bot.store.tables import Inbox

MAX_ATTEMPTS = 3
"""After so many failures an update is set aside, so that it does not hold up its person for ever."""

# Made once: to make a statement costs more than to run it.
INSERT = {
    "sqlite": sqlite.insert(Inbox).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(Inbox).on_conflict_do_nothing(),
}
OLDER = aliased(Inbox)
PRECEDED = exists().where(
    col(OLDER.handled_at).is_(None),
    col(OLDER.chat_id) == col(Inbox.chat_id),
    col(OLDER.update_id) < col(Inbox.update_id),
)
OLDEST = (
    select(col(Inbox.update_id), col(Inbox.content), col(Inbox.attempts))
    .where(col(Inbox.handled_at).is_(None), ~PRECEDED, *claiming.free(Inbox.held_until, Inbox.update_id))
    .order_by(col(Inbox.update_id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
THIS = col(Inbox.update_id) == bindparam("this")
RELEASE = update(Inbox).where(THIS).values(held_until=None)
SETTLE = (
    update(Inbox)
    .where(THIS, col(Inbox.handled_at).is_(None))
    .values(handled_at=bindparam("now"), failed=bindparam("how"), content=None, held_until=None)
)
COUNT = select(func.count()).where(
    col(Inbox.chat_id) == bindparam("chat"),
    col(Inbox.received_at) > bindparam("since"),
    col(Inbox.update_id) <= bindparam("this"),
)


@dataclass(frozen=True)
class Waiting:
    """An update to handle: what arrived, and how often that has failed."""

    update_id: int
    content: dict[str, Any]
    attempts: int


def put(tx: Transaction, update_id: int, chat_id: int, content: dict[str, Any], now: datetime) -> bool:
    """Store an update; False when it is there already."""
    row = {"update_id": update_id, "chat_id": chat_id, "content": content, "received_at": now}
    new = run(tx, INSERT[tx.get_bind().dialect.name], **row, attempts=0, failed=False)
    return new.rowcount == 1


def take(tx: Transaction, now: datetime, limit: int = 50, mine: Collection[int] = ()) -> Sequence[Waiting]:
    """Take the oldest unhandled update of each chat, oldest first, but for those that somebody works on.

    `mine`: what this process works on already.
    """
    found = [
        Waiting(row.update_id, row.content, row.attempts)
        for row in run(tx, OLDEST, now=now, most=limit, mine=mine)
    ]
    claiming.hold(tx, Inbox, Inbox.update_id, [each.update_id for each in found], now)
    return found


def release(tx: Transaction, update_id: int) -> None:
    """An update that was taken could not be handled: anybody may take it at once."""
    run(tx, RELEASE, this=update_id)


def count_until(tx: Transaction, update_id: int, chat_id: int, since: datetime) -> int:
    """How many updates have come from a chat since a moment, up to and with this one."""
    return int(run(tx, COUNT, this=update_id, chat=chat_id, since=since).scalar_one())


def settle(tx: Transaction, update_id: int, now: datetime, *, failed: bool = False) -> bool:
    """Done with: its content is blanked in the same transaction. False when it was done with already."""
    return run(tx, SETTLE, this=update_id, now=now, how=failed).rowcount == 1
