"""The inbox: updates, stored before Telegram is told that they arrived."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.store.database import Transaction
from bot.store.tables import Inbox

MAX_ATTEMPTS = 3
"""After so many failures an update is set aside, so that it does not hold up its person for ever."""


def put(tx: Transaction, update_id: int, chat_id: int, content: dict[str, Any], now: datetime) -> bool:
    """Store an update; False when it is there already."""
    if tx.get(Inbox, update_id) is not None:
        return False
    tx.add(Inbox(update_id=update_id, chat_id=chat_id, content=content, received_at=now))
    return True


def next_of_each(tx: Transaction, limit: int = 50) -> Sequence[int]:
    """The oldest unhandled update of each chat, oldest first."""
    query = select(func.min(Inbox.update_id)).where(col(Inbox.handled_at).is_(None))
    query = query.group_by(col(Inbox.chat_id)).order_by(func.min(Inbox.update_id))
    return [update_id for update_id in tx.exec(query.limit(limit)).all() if update_id is not None]


def count_until(tx: Transaction, update_id: int, chat_id: int, since: datetime) -> int:
    """How many updates have come from a chat since a moment, up to and with this one."""
    query = select(func.count()).where(Inbox.chat_id == chat_id, col(Inbox.received_at) > since)
    return tx.exec(query.where(col(Inbox.update_id) <= update_id)).one()


def settle(tx: Transaction, row: Inbox, now: datetime, *, failed: bool = False) -> None:
    """Done with: its content is blanked in the same transaction."""
    row.handled_at, row.content, row.failed = now, None, failed
    tx.add(row)
