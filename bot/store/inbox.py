"""The inbox: updates, stored before Telegram is told that they arrived."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import exists, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from bot.store import claiming
from bot.store.database import Transaction
from bot.store.tables import Inbox

MAX_ATTEMPTS = 3
"""After so many failures an update is set aside, so that it does not hold up its person for ever."""


def put(tx: Transaction, update_id: int, chat_id: int, content: dict[str, Any], now: datetime) -> bool:
    """Store an update; False when it is there already."""
    insert = postgresql.insert if claiming.is_shared(tx) else sqlite.insert
    row = {"update_id": update_id, "chat_id": chat_id, "content": content, "received_at": now}
    new = insert(Inbox).values(**row, attempts=0, failed=False).on_conflict_do_nothing()
    return tx.exec(new).rowcount == 1


def take(tx: Transaction, now: datetime, limit: int = 50, mine: Collection[int] = ()) -> Sequence[int]:
    """Take the oldest unhandled update of each chat, oldest first, but for those that somebody works on.

    `mine`: what this process works on already.
    """
    query = select(Inbox.update_id).where(col(Inbox.handled_at).is_(None), ~_preceded())
    query = query.where(*claiming.free(Inbox.held_until, Inbox.update_id, now, mine))
    query = query.order_by(col(Inbox.update_id)).limit(limit).with_for_update(skip_locked=True)
    ids = tx.exec(query).all()
    claiming.hold(tx, Inbox, Inbox.update_id, ids, now)
    return ids


def release(tx: Transaction, update_id: int) -> None:
    """An update that was taken could not be handled: anybody may take it at once."""
    tx.exec(update(Inbox).where(col(Inbox.update_id) == update_id).values(held_until=None))


@cache
def _preceded() -> Any:
    """Whether an older update of the same chat is unhandled. Made once: to make it costs more than to run it."""
    older = aliased(Inbox)
    return exists().where(
        col(older.handled_at).is_(None),
        col(older.chat_id) == col(Inbox.chat_id),
        col(older.update_id) < col(Inbox.update_id),
    )


def count_until(tx: Transaction, update_id: int, chat_id: int, since: datetime) -> int:
    """How many updates have come from a chat since a moment, up to and with this one."""
    query = select(func.count()).where(Inbox.chat_id == chat_id, col(Inbox.received_at) > since)
    return tx.exec(query.where(col(Inbox.update_id) <= update_id)).one()


def settle(tx: Transaction, update_id: int, now: datetime, *, failed: bool = False) -> bool:
    """Done with: its content is blanked in the same transaction. False when it was done with already."""
    unhandled = (col(Inbox.update_id) == update_id) & col(Inbox.handled_at).is_(None)
    blank = {"handled_at": now, "content": None, "failed": failed, "held_until": None}
    return tx.exec(update(Inbox).where(unhandled).values(**blank)).rowcount == 1
