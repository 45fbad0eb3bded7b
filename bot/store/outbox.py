"""The outbox: calls to the Bot API, written in the transaction that caused them, sent by the edge.

Exactly once into the outbox; at least once out of it.
"""

import base64
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, event, exists, func, insert, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.store import claiming
from bot.store.database import Transaction, run
from bot.store.sealing import vault
from bot.store.tables import Outbox

MAX_PAUSE = timedelta(minutes=10)
REPEATABLE = ("toast", "edit", "commands")
"""Calls that nobody sees when they are made twice."""
NEAR = 6
"""How far from each other the calls lie that are made in a row."""
GATHERED = "gathered for the outbox"

CALL = (
    col(Outbox.id),
    col(Outbox.chat_id),
    col(Outbox.method),
    col(Outbox.payload),
    col(Outbox.document),
    col(Outbox.attempts),
    col(Outbox.urgent),
)
WAITING = col(Outbox.outcome) == "waiting"
RIPE = (WAITING, col(Outbox.try_at) <= bindparam("now"))

# Made once: to make a statement costs more than to run it.
INSERT = insert(Outbox)
NEXT_TO = (
    select(*CALL)
    .where(col(Outbox.id).in_(bindparam("near", expanding=True)), *RIPE)
    .where(col(Outbox.chat_id).in_(bindparam("chats", expanding=True)))
    .order_by(col(Outbox.id))
)
SENT_AFTER = (
    select(func.count())
    .select_from(Outbox)
    .where(col(Outbox.outcome) == "sent", col(Outbox.settled_at) > bindparam("moment"))
)
NEXT_TRY = select(func.min(Outbox.try_at)).where(WAITING)
THESE = col(Outbox.id).in_(bindparam("ids", expanding=True))
RELEASE = update(Outbox).where(THESE).values(held_until=None)
OVER = update(Outbox).values(
    outcome=bindparam("how"), settled_at=bindparam("now"), payload=None, document=None, held_until=None
)
SETTLE = OVER.where(THESE)
DROP = OVER.where(WAITING, col(Outbox.chat_id) == bindparam("chat"))


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
    """`author_id`: whose words these are, when they are somebody else's than the chat's; they go with their author.

    It is written when the transaction commits, with all else that it says, in one statement.
    """
    sealed = None if document is None else vault.seal(base64.b64encode(document).decode())
    row = {
        "chat_id": chat_id,
        "method": method,
        "payload": payload,
        "document": sealed,
        "urgent": urgent,
        "author_id": author_id,
        "created_at": now,
        "try_at": now,
        "attempts": 0,
        "outcome": "waiting",
    }
    tx.info.setdefault(GATHERED, []).append(row)


@event.listens_for(Session, "before_commit")
def write(tx: Transaction) -> None:
    """Write what was put until now: for whoever looks at what waits, or removes from it, before the commit."""
    rows = tx.info.pop(GATHERED, None)
    if rows:
        tx.flush()
        tx.connection().execute(INSERT, rows)


def take(
    tx: Transaction,
    now: datetime,
    limit: int = 30,
    *,
    in_all: float = 1000,
    pause: timedelta = timedelta(0),
    mine: Collection[int] = (),
) -> Sequence[Sequence[Outgoing]]:
    """Take what comes first in each chat (what is urgent before the rest), in at most `limit` chats whose turn it is.

    The calls of a chat are to be made in order: some that can be made twice unseen, and one that cannot at the end,
    so that a kill doubles one message at most. At most `in_all` a second are made by all processes together, and none
    in a chat within `pause` of the last. `mine`: what this process is sending already.
    """
    first = run(tx, _first(bool(pause)), now=now, since=now - pause, mine=mine, most=limit).all()
    room = int(in_all) - len(mine) - (_sent_since(tx, now - timedelta(seconds=1)) if first else 0)
    found: list[list[Outgoing]] = []
    for calls in _followed(tx, first, now):
        fitting = calls[: max(room, 0)]
        room -= len(fitting)
        if fitting:
            found.append([_outgoing(row) for row in fitting])
    claiming.hold(tx, Outbox, Outbox.id, [row.id for calls in found for row in calls], now)
    return found


def _followed(tx: Transaction, first: Sequence[Row[Any]], now: datetime) -> Iterator[list[Row[Any]]]:
    """What comes first in each chat, with what follows it as long as that can be made twice.

    What one update causes stands side by side. Nobody else takes what follows before the first is settled.
    """
    begun = [row for row in first if row.method in REPEATABLE]
    near = [row.id + step for row in begun for step in range(1, NEAR)]
    chats = {row.chat_id for row in begun}
    next_to = run(tx, NEXT_TO, now=now, near=near, chats=chats).all() if near else []
    for row in first:
        calls = [row]
        for each in next_to:
            is_next = each.chat_id == row.chat_id and each.urgent == row.urgent and each.id > row.id
            if is_next and calls[-1].method in REPEATABLE:
                calls.append(each)
        yield calls


@cache
def _first(is_paced: bool) -> Select[Any]:
    """What comes first in each chat."""
    other = aliased(Outbox)
    urgent, than = col(other.urgent), col(Outbox.urgent)
    # Said with "or", SQLite would look through all that waits, rather than what waits in the chat.
    is_before = case((urgent == than, col(other.id) < col(Outbox.id)), else_=urgent > than)
    overtaken = exists().where(
        col(other.outcome) == "waiting", col(other.chat_id) == col(Outbox.chat_id), is_before
    )
    query = select(*CALL).where(*RIPE, ~overtaken, *claiming.free(Outbox.held_until, Outbox.id))
    if is_paced:
        # A toast is no message.
        sent = (
            col(Outbox.settled_at) > bindparam("since"),
            col(Outbox.outcome) == "sent",
            col(Outbox.method) != "toast",
        )
        query = query.where(col(Outbox.chat_id).not_in(select(col(Outbox.chat_id)).where(*sent)))
    query = query.order_by(col(Outbox.urgent).desc(), col(Outbox.id)).limit(bindparam("most"))
    return query.with_for_update(skip_locked=True)


def _sent_since(tx: Transaction, moment: datetime) -> int:
    """How many calls were made after a moment."""
    return int(run(tx, SENT_AFTER, moment=moment).scalar_one())


def _outgoing(row: Row[Any]) -> Outgoing:
    document = None if row.document is None else base64.b64decode(vault.open(row.document))
    return Outgoing(row.id, row.chat_id, row.method, row.payload, document, row.attempts, row.urgent)


def next_try(tx: Transaction) -> datetime | None:
    """When the next waiting row may be tried."""
    moment: datetime | None = run(tx, NEXT_TRY).scalar_one()
    return moment


def settle(tx: Transaction, ids: Collection[int], outcome: str, now: datetime) -> None:
    """These rows were sent, are gone or parked; what they said is blanked."""
    run(tx, SETTLE, ids=ids, how=outcome, now=now)


def release(tx: Transaction, ids: Collection[int]) -> None:
    """These rows were taken and not sent: anybody may take them."""
    run(tx, RELEASE, ids=ids)


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
    write(tx)
    run(tx, DROP, chat=chat_id, how="gone", now=now)


def as_new_message(tx: Transaction, row_id: int) -> None:
    """An edit whose message is gone becomes a message of its own."""
    row = tx.get(Outbox, row_id)
    if row is not None:
        row.method, row.held_until = "message", None
        tx.add(row)
