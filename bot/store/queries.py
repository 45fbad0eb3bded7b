"""Named queries, and two small general ones for looking things up by equal columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, case, func, update
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.store.database import Transaction
from bot.store.tables import Audit, Conversation, Match, Meeting, Note, PeerProfile, Person, Request

T = TypeVar("T", bound=SQLModel)
UNDER_WAY = ("asked_peer", "asked_user", "connected")
"""The statuses of a match that takes up a peer's place."""


def first(tx: Transaction, table: type[T], **equal: Any) -> T | None:
    """The newest row whose columns have these values."""
    return next(iter(rows(tx, table, newest_first=True, limit=1, **equal)), None)


def rows(
    tx: Transaction, table: type[T], *, newest_first: bool = False, limit: int | None = None, **equal: Any
) -> Sequence[T]:
    """The rows whose columns have these values (a tuple: one of these), oldest first."""
    shape = tuple((name, value is None, isinstance(value, tuple)) for name, value in equal.items())
    query = _equal(table, shape, newest_first, limit)
    return tx.exec(query, params={name: value for name, value in equal.items() if value is not None}).all()


@cache
def _equal(
    table: type[T], shape: tuple[tuple[str, bool, bool], ...], newest_first: bool, limit: int | None
) -> SelectOfScalar[T]:
    """Made once for each shape: to make a statement costs more than to run it."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    query = select(table)
    for name, is_none, is_many in shape:
        column = columns[name]
        if is_none:
            query = query.where(column.is_(None))
        elif is_many:
            query = query.where(column.in_(bindparam(name, expanding=True)))
        else:
            query = query.where(column == bindparam(name))
    key = columns["id"]
    return query.order_by(key.desc() if newest_first else key).limit(limit)


BY_CHAT = select(Person).where(Person.chat_id == bindparam("chat"))
OPEN = (
    select(Conversation)
    .where(Conversation.person_id == bindparam("person"), Conversation.status != "ended")
    .order_by(col(Conversation.moved_at).desc(), col(Conversation.id).desc())
)


def person_by_chat(tx: Transaction, chat_id: int) -> Person | None:
    return tx.exec(BY_CHAT, params={"chat": chat_id}).first()


def _group() -> Any:
    """Of what sort a person is to coordinators: blocked, else by their role."""
    return case(
        (col(Person.status) == "blocked", "blocked"),
        (col(Person.coordinator).is_(True), "coordinators"),
        (col(Person.peer) != "no", "peers"),
        else_="users",
    )


def _concerns_coordinators() -> Any:
    """With a role, a wish or a note that nobody has settled, or blocked."""
    asked = select(Request.person_id).where(col(Request.status).in_(("waiting", "proposed", "matched")))
    wrote = select(Note.author_id).where(col(Note.settled_at).is_(None))
    return (_group() != "users") | col(Person.id).in_(asked) | col(Person.id).in_(wrote)


def people_by_group(tx: Transaction) -> Mapping[str, int]:
    """How many people coordinators have to do with: coordinators, peers, users and blocked."""
    group = select(_group().label("group")).where(_concerns_coordinators()).subquery().c.group
    return dict(tx.exec(select(group, func.count()).group_by(group)).all())


def people_of_group(tx: Transaction, group: str, limit: int) -> Sequence[Person]:
    """The newest of a group of `people_by_group`, the newest last."""
    query = select(Person).where(_group() == group, _concerns_coordinators())
    return tx.exec(query.order_by(col(Person.id).desc()).limit(limit)).all()[::-1]


def open_conversations(tx: Transaction, person_id: int) -> Sequence[Conversation]:
    """The unfinished conversations of a person, the one that speaks or spoke last first."""
    return tx.exec(OPEN, params={"person": person_id}).all()


def matches_of(tx: Transaction, person_id: int, *statuses: str) -> Sequence[Match]:
    """A person's matches in these statuses, on either side, newest first."""
    either = (Match.user_id == person_id) | (Match.peer_id == person_id)
    query = select(Match).where(either, col(Match.status).in_(statuses))
    return tx.exec(query.order_by(col(Match.id).desc())).all()


def meetings_of(tx: Transaction, person_id: int, *statuses: str) -> Sequence[Meeting]:
    """The meetings of a person's connected matches in these statuses, earliest first."""
    ids = [match.id for match in matches_of(tx, person_id, "connected")]
    query = select(Meeting).where(col(Meeting.match_id).in_(ids), col(Meeting.status).in_(statuses))
    return tx.exec(query.order_by(col(Meeting.starts_at), col(Meeting.id))).all()


def peers(tx: Transaction, *standings: str) -> Sequence[tuple[Person, PeerProfile]]:
    """The peers of these standings (Person.peer) who have told about themselves, longest known first."""
    query = select(Person, PeerProfile).where(
        PeerProfile.person_id == Person.id, col(Person.peer).in_(standings)
    )
    return tx.exec(query.order_by(col(PeerProfile.created_at), col(PeerProfile.id))).all()


def loads(tx: Transaction) -> dict[int, int]:
    """How many people each peer is connected with, or asked about, by the peer's id."""
    query = select(Match.peer_id, func.count()).where(col(Match.status).in_(UNDER_WAY))
    return dict(tx.exec(query.group_by(col(Match.peer_id))).all())


def move_status(tx: Transaction, row: SQLModel, before: str, after: str) -> bool:
    """Move a row from one status to another; False when somebody else has moved it already."""
    table = type(row)
    columns = table.__table__.columns  # type: ignore[attr-defined]
    unmoved = (columns["id"] == row.id) & (columns["status"] == before)  # type: ignore[attr-defined]
    moved = tx.exec(update(table).where(unmoved).values(status=after)).rowcount == 1
    tx.refresh(row)
    return moved


def locked_person(tx: Transaction, person_id: int) -> Person | None:
    """A person, held until the transaction ends, so that two coordinators cannot fill the same place."""
    return tx.get(Person, person_id, with_for_update=True)


def tally(tx: Transaction, moment: Any, *where: Any) -> tuple[int, datetime | None]:
    """How many rows there are, and the earliest moment of any."""
    count, earliest = tx.exec(select(func.count(), func.min(moment)).where(*where)).one()
    return count, earliest


def meetings_by_status(tx: Transaction, start: datetime, end: datetime) -> Mapping[str, int]:
    """How many of everybody's meetings start from `start` up to, not with, `end`, by status."""
    within = (col(Meeting.starts_at) >= start, col(Meeting.starts_at) < end)
    return dict(tx.exec(select(Meeting.status, func.count()).where(*within).group_by(Meeting.status)).all())


@dataclass(frozen=True)
class PeerFigures:
    """How many approved peers carry `limit` people or more, wait for a word, or have room, and places in all."""

    load: int
    follow_up: int
    room: int
    places: int


def peer_figures(tx: Transaction, limit: int, last_touch: datetime) -> PeerFigures:
    """`last_touch`: with whom nobody has been in touch since then waits for a word."""
    counted = (
        select(col(Match.peer_id).label("peer_id"), func.count().label("load"))
        .where(col(Match.status).in_(UNDER_WAY))
        .group_by(col(Match.peer_id))
        .subquery()
    )
    load = func.coalesce(counted.c.load, 0)
    touch = func.coalesce(PeerProfile.followed_up_at, PeerProfile.approved_at)
    room = case((col(Person.status) == "active", PeerProfile.capacity - load), else_=0)
    figures = (
        func.sum(case((load >= limit, 1), else_=0)),
        func.sum(case((touch.is_(None) | (touch <= last_touch), 1), else_=0)),
        func.sum(case((room > 0, 1), else_=0)),
        func.sum(case((room > 0, room), else_=0)),
    )
    query = select(*figures).select_from(PeerProfile).join(Person, col(Person.id) == PeerProfile.person_id)
    query = query.outerjoin(counted, counted.c.peer_id == PeerProfile.person_id).where(
        Person.peer == "approved"
    )
    return PeerFigures(*(each or 0 for each in tx.exec(query).one()))


def matches_with_gone(tx: Transaction) -> int:
    """How many connected matches have somebody in them who has blocked the bot in Telegram."""
    query = select(func.count(func.distinct(Match.id))).where(
        Match.status == "connected",
        Person.status == "gone",
        (Match.user_id == Person.id) | (Match.peer_id == Person.id),
    )
    return tx.exec(query).one()


def open_notes(tx: Transaction, limit: int | None = None) -> Sequence[Note]:
    """The notes that no coordinator has settled yet, oldest first."""
    query = select(Note).where(col(Note.settled_at).is_(None)).order_by(col(Note.id))
    return tx.exec(query if limit is None else query.limit(limit)).all()


def audited(tx: Transaction, person_id: int, limit: int) -> Sequence[Audit]:
    """The newest entries about a person, or of what was refused to them, newest first."""
    refused = (col(Audit.actor_id) == person_id) & col(Audit.action).startswith("refused.")
    query = select(Audit).where((col(Audit.person_id) == person_id) | refused)
    return tx.exec(query.order_by(col(Audit.id).desc()).limit(limit)).all()
