"""The outbox: calls to the Bot API, written in the transaction that caused them, sent by the edge.

Exactly once into the outbox; at least once out of it.
"""

import base64
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import exists, func, insert, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from bot.store import claiming
from bot.store.database import Transaction
from bot.store.sealing import vault
from bot.store.tables import Outbox

MAX_PAUSE = timedelta(minutes=10)
REPEATABLE = ("toast", "edit", "commands")
"""Calls that nobody sees when they are made twice."""
NEAR = 6
"""How far from each other the calls lie that are made in a row."""
GATHERED = "gathered for the outbox"


@dataclass(frozen=True)
class Outgoing:
    """A row to send. `method`: message, edit, document, toast, commands or leave."""

    id: int
    chat_id: int
    method: str
    payload: dict[str, Any]
    document: bytes | None
    attempts: int
    urgent: bool

    @property
    def is_repeatable(self) -> bool:
        """Whether nobody sees it when the call is made twice."""
        return self.method in REPEATABLE


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
    row = Outbox(
        chat_id=chat_id,
        method=method,
        payload=payload,
        document=sealed,
        urgent=urgent,
        author_id=author_id,
        created_at=now,
        try_at=now,
    )
    gathered = tx.info.get(GATHERED)
    tx.add(row) if gathered is None else gathered.append(row.model_dump(exclude={"id"}))


@contextmanager
def gathering(tx: Transaction) -> Iterator[None]:
    """All that is put meanwhile is written at the end, in one statement: for many messages at once."""
    rows = tx.info[GATHERED] = []
    yield
    del tx.info[GATHERED]
    if rows:
        tx.exec(insert(Outbox), params=rows)


def take(
    tx: Transaction,
    now: datetime,
    limit: int = 30,
    *,
    in_all: float = 1000,
    pause: timedelta = timedelta(0),
    mine: Collection[int] = (),
) -> Sequence[Sequence[Outgoing]]:
    """Take what comes first in each chat (what is urgent before the rest), of chats whose turn it is.

    The calls of a chat are to be made in order: some that can be made twice unseen, and one that cannot at the end,
    so that a kill doubles one message at most. At most `in_all` a second are made by all processes together, and none
    in a chat within `pause` of the last. `mine`: what this process is sending already.
    """
    room = min(limit, int(in_all) - len(mine) - _sent_since(tx, now - timedelta(seconds=1)))
    if room <= 0:
        return []
    query = select(Outbox).where(Outbox.outcome == "waiting", col(Outbox.try_at) <= now, ~_overtaken())
    query = query.where(*claiming.free(Outbox.held_until, Outbox.id, now, mine))
    if pause:
        query = query.where(col(Outbox.chat_id).not_in(_sent_to_since(now - pause)))
    query = query.order_by(col(Outbox.urgent).desc(), col(Outbox.id)).limit(room)
    first = tx.exec(query.with_for_update(skip_locked=True)).all()
    found: list[list[Outgoing]] = []
    for calls in _followed(tx, first, now):
        fitting = calls[: room - sum(map(len, found))]
        if fitting:
            found.append([_outgoing(row) for row in fitting])
    claiming.hold(tx, Outbox, Outbox.id, [row.id for calls in found for row in calls], now)
    return found


def _followed(tx: Transaction, first: Sequence[Outbox], now: datetime) -> Iterator[list[Outbox]]:
    """What comes first in each chat, with what follows it as long as that can be made twice.

    What one update causes stands side by side. Nobody else takes what follows before the first is settled.
    """
    ids = {row.id or 0: row for row in first if row.method in REPEATABLE}
    near = [number + step for number in ids for step in range(1, NEAR)]
    next_to: list[Outbox] = []
    if near:
        waiting = (col(Outbox.id).in_(near), Outbox.outcome == "waiting", col(Outbox.try_at) <= now)
        next_to = list(tx.exec(select(Outbox).where(*waiting).order_by(col(Outbox.id))).all())
    for row in first:
        calls = [row]
        for each in next_to:
            is_next = (
                each.chat_id == row.chat_id and each.urgent == row.urgent and (each.id or 0) > (row.id or 0)
            )
            if is_next and calls[-1].method in REPEATABLE:
                calls.append(each)
        yield calls


@cache
def _overtaken() -> Any:
    """Whether another row of the same chat comes first. Made once: to make it costs more than to run it."""
    other = aliased(Outbox)
    urgent, than = col(other.urgent), col(Outbox.urgent)
    return exists().where(
        col(other.outcome) == "waiting",
        col(other.chat_id) == col(Outbox.chat_id),
        (urgent > than) | ((urgent == than) & (col(other.id) < col(Outbox.id))),
    )


def _sent_since(tx: Transaction, moment: datetime) -> int:
    """How many messages went out after a moment."""
    sent = (col(Outbox.settled_at) > moment, Outbox.outcome == "sent")
    return tx.exec(select(func.count()).select_from(Outbox).where(*sent)).one()


def _sent_to_since(moment: datetime) -> Any:
    """The chats that got a message after a moment; a toast is none."""
    sent = (col(Outbox.settled_at) > moment, Outbox.outcome == "sent", Outbox.method != "toast")
    return select(Outbox.chat_id).where(*sent)


def _outgoing(row: Outbox) -> Outgoing:
    document = None if row.document is None else base64.b64decode(vault.open(row.document))
    return Outgoing(row.id or 0, row.chat_id, row.method, row.payload, document, row.attempts, row.urgent)


def next_try(tx: Transaction) -> datetime | None:
    """When the next waiting row may be tried."""
    return tx.exec(select(func.min(Outbox.try_at)).where(Outbox.outcome == "waiting")).first()


def settle(tx: Transaction, ids: Collection[int], outcome: str, now: datetime) -> None:
    """These rows were sent, are gone or parked; what they said is blanked."""
    blank = {"payload": None, "document": None, "held_until": None}
    tx.exec(update(Outbox).where(col(Outbox.id).in_(ids)).values(outcome=outcome, settled_at=now, **blank))


def release(tx: Transaction, ids: Collection[int]) -> None:
    """These rows were taken and not sent: anybody may take them."""
    tx.exec(update(Outbox).where(col(Outbox.id).in_(ids)).values(held_until=None))


def postpone(tx: Transaction, row_id: int, now: datetime, pause: timedelta | None = None) -> None:
    """Try again later: after `pause`, or after a pause that grows with every attempt (at most 10 minutes)."""
    row = tx.get(Outbox, row_id)
    if row is not None:
        row.attempts += 1
        row.held_until = None
        row.try_at = now + (pause or min(timedelta(seconds=2**row.attempts), MAX_PAUSE))
        tx.add(row)


def drop_chat(tx: Transaction, chat_id: int, now: datetime) -> None:
    """The person has blocked the bot: nothing of what waits is sent to them."""
    waiting = select(Outbox.id).where(Outbox.chat_id == chat_id, Outbox.outcome == "waiting")
    settle(tx, [row for row in tx.exec(waiting).all() if row], "gone", now)


def as_new_message(tx: Transaction, row_id: int) -> None:
    """An edit whose message is gone becomes a message of its own."""
    row = tx.get(Outbox, row_id)
    if row is not None:
        row.method, row.held_until = "message", None
        tx.add(row)
