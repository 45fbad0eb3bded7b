"""How much waits, and since when: for whoever watches the service from outside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from bot.store.database import Transaction
from bot.store.tables import Due, Inbox, Outbox

Moment = Mapped[datetime] | ColumnElement[datetime]


@dataclass(frozen=True)
class Waiting:
    """How many rows wait, and since when the oldest does (aware UTC; None when none waits)."""

    count: int
    since: datetime | None

    def seconds(self, now: datetime) -> float:
        return 0.0 if self.since is None else max(0.0, (now - self.since).total_seconds())


def updates(tx: Transaction) -> Waiting:
    """Updates that nobody has handled yet."""
    return _waiting(tx, col(Inbox.received_at), col(Inbox.handled_at).is_(None))


def messages(tx: Transaction, before: datetime | None = None) -> Waiting:
    """Calls to Telegram that are still to be made; with `before`, only those asked for by then."""
    early = [] if before is None else [col(Outbox.created_at) <= before]
    return _waiting(tx, col(Outbox.created_at), col(Outbox.outcome) == "waiting", *early)


def parked(tx: Transaction) -> int:
    """Calls that Telegram refused for good."""
    return _waiting(tx, col(Outbox.created_at), col(Outbox.outcome) == "parked").count


def overdue(tx: Transaction, by: datetime, *kinds: str) -> Waiting:
    """What was to be done by then and is not; of these kinds, or of every kind."""
    of_kind = [col(Due.kind).in_(kinds)] if kinds else []
    at = func.coalesce(col(Due.late_since), col(Due.due_at))
    planned = select(Due.id).where(Due.status == "planned")
    late = planned.where(col(Due.due_at) <= by).union(planned.where(col(Due.late_since) <= by))
    return _waiting(tx, at, col(Due.id).in_(late), *of_kind)


def dropped(tx: Transaction) -> int:
    """What had become pointless when its turn came, as far back as rows are kept."""
    return _waiting(tx, col(Due.due_at), col(Due.status) == "dropped").count


def _waiting(
    tx: Transaction, since: Mapped[datetime] | ColumnElement[datetime], *where: ColumnElement[bool]
) -> Waiting:
    count, oldest = tx.exec(select(func.count(), func.min(since)).where(*where)).one()
    return Waiting(count, oldest)
