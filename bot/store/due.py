"""What falls due: rows with a time, planned in the transaction that causes them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from bot.store.database import Transaction, run
from bot.store.tables import Due, Match, Meeting, Person

# Made once: to make a statement costs more than to run it.
PLANNED = col(Due.status) == "planned"
NEXT = select(func.min(Due.due_at)).where(PLANNED)
RIPE = (
    select(col(Due.id))
    .where(PLANNED, col(Due.due_at) <= bindparam("now"))
    .order_by(col(Due.due_at), col(Due.id))
    .limit(bindparam("most"))
)


def plan(
    tx: Transaction,
    key: str,
    kind: str,
    due_at: datetime,
    *,
    person_id: int | None = None,
    subject: int | None = None,
    until: datetime | None = None,
) -> None:
    """Plan something, or move it if it is planned already. `until`: when it has become pointless."""
    row = tx.exec(select(Due).where(Due.key == key)).first() or Due(key=key, kind=kind, due_at=due_at)
    row.due_at, row.until, row.person_id, row.subject = due_at, until, person_id, subject
    row.status, row.settled_at, row.late_since = "planned", None, None
    tx.add(row)


def cancel(
    tx: Transaction, key_prefix: str, *, subject: int | None = None, person_id: int | None = None
) -> None:
    """Forget what is planned under keys that begin so, for this subject or person."""
    of = Due.person_id == person_id if subject is None else Due.subject == subject
    query = select(Due).where(
        of, col(Due.key).startswith(key_prefix, autoescape=True), Due.status == "planned"
    )
    for row in tx.exec(query).all():
        tx.delete(row)


def ripe(tx: Transaction, now: datetime, limit: int = 5000) -> Sequence[int]:
    """The ids of what is due now, earliest first."""
    return run(tx, RIPE, now=now, most=limit).scalars().all()


def take(tx: Transaction, ids: Sequence[int], now: datetime) -> Sequence[Due]:
    """Those of these rows that are still due, locked; what another process carries out is left to it."""
    query = select(Due).where(col(Due.id).in_(ids), Due.status == "planned", col(Due.due_at) <= now)
    return tx.exec(query.order_by(col(Due.due_at), col(Due.id)).with_for_update(skip_locked=True)).all()


def meetings_of(tx: Transaction, ids: Sequence[int | None]) -> Sequence[tuple[Person, Meeting, Match]]:
    """Whom the rows with these ids concern, with the meeting that they are about."""
    query = select(Person, Meeting, Match).select_from(Due)
    query = query.join(Person, col(Person.id) == Due.person_id).join(Meeting, col(Meeting.id) == Due.subject)
    return tx.exec(query.join(Match, col(Match.id) == Meeting.match_id).where(col(Due.id).in_(ids))).all()


def postpone(tx: Transaction, row_id: int, to: datetime) -> None:
    """What failed is looked at again at `to`; since when it is late is kept."""
    row = tx.get(Due, row_id)
    if row is not None and row.status == "planned":
        row.late_since, row.due_at = row.late_since or row.due_at, to
        tx.add(row)


def next_due(tx: Transaction) -> datetime | None:
    moment: datetime | None = run(tx, NEXT).scalar_one()
    return moment
