"""The outbox: calls to the Bot API, written in the transaction that caused them, sent by the edge.

Exactly once into the outbox; at least once out of it.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.store.database import Transaction
from bot.store.sealing import vault
from bot.store.tables import Outbox

MAX_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class Outgoing:
    """A row to send. `method`: message, edit, document, toast, commands or leave."""

    id: int
    chat_id: int
    method: str
    payload: dict[str, Any]
    document: bytes | None
    attempts: int


def put(
    tx: Transaction,
    chat_id: int,
    method: str,
    payload: dict[str, Any],
    now: datetime,
    *,
    urgent: bool = False,
    document: bytes | None = None,
    author_id: int | None = None,
) -> None:
    """`author_id`: whose words these are, when they are somebody else's than the chat's; they go with their author."""
    sealed = None if document is None else vault.seal(base64.b64encode(document).decode())
    tx.add(
        Outbox(
            chat_id=chat_id,
            method=method,
            payload=payload,
            document=sealed,
            urgent=urgent,
            author_id=author_id,
            created_at=now,
            try_at=now,
        )
    )


def next_to_send(tx: Transaction, now: datetime, limit: int = 30) -> Sequence[Outgoing]:
    """The oldest unsent row of each chat (an urgent one before it), of chats whose turn it is."""
    waiting = Outbox.outcome == "waiting"
    front = (
        select(Outbox.chat_id, func.max(Outbox.urgent).label("urgent"))
        .where(waiting)
        .group_by(col(Outbox.chat_id))
        .subquery()
    )
    ids = (
        select(func.min(Outbox.id))
        .join(front, (col(Outbox.chat_id) == front.c.chat_id) & (col(Outbox.urgent) == front.c.urgent))
        .where(waiting)
        .group_by(col(Outbox.chat_id))
    )
    query = select(Outbox).where(col(Outbox.id).in_(ids), col(Outbox.try_at) <= now)
    found = tx.exec(query.order_by(col(Outbox.urgent).desc(), col(Outbox.id)).limit(limit)).all()
    return [_outgoing(row) for row in found]


def _outgoing(row: Outbox) -> Outgoing:
    document = None if row.document is None else base64.b64decode(vault.open(row.document))
    return Outgoing(row.id or 0, row.chat_id, row.method, row.payload, document, row.attempts)


def next_try(tx: Transaction) -> datetime | None:
    """When the next waiting row may be tried."""
    return tx.exec(select(func.min(Outbox.try_at)).where(Outbox.outcome == "waiting")).first()


def settle(tx: Transaction, row_id: int, outcome: str, now: datetime) -> None:
    """The row was sent, is gone or parked; what it said is blanked unless it is parked."""
    row = tx.get(Outbox, row_id)
    if row is not None:
        row.outcome, row.settled_at = outcome, now
        row.payload, row.document = None, None
        tx.add(row)


def postpone(tx: Transaction, row_id: int, now: datetime, pause: timedelta | None = None) -> None:
    """Try again later: after `pause`, or after a pause that grows with every attempt (at most 10 minutes)."""
    row = tx.get(Outbox, row_id)
    if row is not None:
        row.attempts += 1
        row.try_at = now + (pause or min(timedelta(seconds=2**row.attempts), MAX_PAUSE))
        tx.add(row)


def drop_chat(tx: Transaction, chat_id: int, now: datetime) -> None:
    """The person has blocked the bot: nothing more is sent to them."""
    for row in tx.exec(select(Outbox).where(Outbox.chat_id == chat_id, Outbox.outcome == "waiting")):
        settle(tx, row.id or 0, "gone", now)


def as_new_message(tx: Transaction, row_id: int) -> None:
    """An edit whose message is gone becomes a message of its own."""
    row = tx.get(Outbox, row_id)
    if row is not None:
        row.method = "message"
        tx.add(row)
