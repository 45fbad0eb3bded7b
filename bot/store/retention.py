"""What is kept no longer than it has to be. Every function removes rows in the transaction it is given."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, or_, update
from sqlmodel import col, select

from bot.store import holdings
from bot.store.database import Transaction
from bot.store.tables import (
    Alert,
    Audit,
    Consent,
    Conversation,
    Due,
    Inbox,
    Invitation,
    Match,
    Note,
    Outbox,
    Person,
    Reflection,
    Request,
)


def handled_updates(tx: Transaction, before: datetime) -> None:
    """Updates that were handled, and what was done when it fell due, before this moment."""
    tx.exec(delete(Inbox).where(col(Inbox.handled_at) < before))
    tx.exec(delete(Due).where(col(Due.status) != "planned", col(Due.settled_at) < before))


def sent_messages(tx: Transaction, before: datetime) -> None:
    """Calls to the Bot API that were settled before this moment, however it went."""
    tx.exec(delete(Outbox).where(col(Outbox.settled_at) < before))


def conversations(tx: Transaction, before: datetime) -> None:
    """Conversations that nobody has gone on with since; those that ended forget their answers at once."""
    tx.exec(delete(Conversation).where(col(Conversation.moved_at) < before))
    ended = (col(Conversation.status) == "ended", col(Conversation.memory).is_not(None))
    tx.exec(update(Conversation).where(*ended).values(memory=None))


def undelivered(tx: Transaction, before: datetime) -> None:
    """What has waited for so long that nobody is helped by it any more."""
    waiting = (col(Outbox.outcome) == "waiting", col(Outbox.created_at) < before)
    tx.exec(delete(Outbox).where(*waiting))


def invitations(tx: Transaction, before: datetime) -> None:
    """Links that work no longer, and those that were used."""
    tx.exec(delete(Invitation).where(col(Invitation.created_at) <= before))


def contacts(tx: Transaction, before: datetime) -> None:
    """Matches that ended, with their meetings and agreements. What somebody wrote afterwards is their own and stays."""
    over = select(Match.id).where(col(Match.status).in_(("ended", "declined")), col(Match.ended_at) < before)
    holdings.remove(tx, holdings.MATCH, [row for row in tx.exec(over).all() if row is not None])


def requests(tx: Transaction, before: datetime) -> None:
    """Wishes that are closed, unless a contact still rests on them."""
    closed = (col(Request.status) == "closed", col(Request.closed_at) < before)
    tx.exec(delete(Request).where(*closed, col(Request.id).not_in(select(Match.request_id))))


def reflections(tx: Transaction, before: datetime) -> None:
    tx.exec(delete(Reflection).where(col(Reflection.created_at) < before))


def notes(tx: Transaction, before: datetime) -> None:
    """Notes that a coordinator has settled."""
    tx.exec(delete(Note).where(col(Note.settled_at) < before))


def alerts(tx: Transaction, before: datetime) -> None:
    tx.exec(delete(Alert).where(col(Alert.created_at) < before))


def audit(tx: Transaction, before: datetime) -> None:
    tx.exec(delete(Audit).where(col(Audit.at) < before))


TIMERS: Mapping[str, Callable[[Transaction, datetime], None]] = {
    "handled_updates": handled_updates,
    "sent_messages": sent_messages,
    "undelivered_messages": undelivered,
    "unfinished_conversations": conversations,
    "invitations": invitations,
    "ended_contacts": contacts,
    "closed_requests": requests,
    "reflections": reflections,
    "settled_notes": notes,
    "alerts": alerts,
    "audit": audit,
}
"""What removes what is older than a moment, by the name of its setting in [retention]."""


def refused(tx: Transaction, before: datetime) -> Sequence[Person]:
    """People who have not been here since, and have said yes to nothing."""
    has_said_yes = exists().where(
        col(Consent.person_id) == Person.id,
        col(Consent.purpose) == "support",
        col(Consent.withdrawn_at).is_(None),
    )
    return tx.exec(select(Person).where(_away_since(before), ~has_said_yes)).all()


def unused(tx: Transaction, before: datetime) -> Sequence[Person]:
    """People who have not been here since, and are in no contact and wait for none."""
    waits = exists().where(
        col(Request.person_id) == Person.id, col(Request.status).in_(("waiting", "proposed", "matched"))
    )
    in_contact = exists().where(
        or_(col(Match.user_id) == Person.id, col(Match.peer_id) == Person.id),
        col(Match.status) == "connected",
    )
    return tx.exec(select(Person).where(_away_since(before), ~waits, ~in_contact)).all()


def _away_since(before: datetime) -> ColumnElement[bool]:
    """Not seen since, without a role; whoever was blocked is remembered, or the block would be gone."""
    last = func.coalesce(Person.seen_at, Person.created_at)
    roleless = (col(Person.coordinator).is_(False)) & (col(Person.peer) == "no")
    return (last < before) & roleless & (col(Person.status) != "blocked")


def alert_texts(tx: Transaction, asked: datetime, told: datetime) -> None:
    """What was written in a crisis: before `asked` while no answer came, before `told` while nobody took it on."""
    old = (col(Alert.created_at) < told) | ((col(Alert.status) == "asked") & (col(Alert.created_at) < asked))
    tx.exec(update(Alert).where(old, col(Alert.text).is_not(None)).values(text=None))


def nobodys_messages(tx: Transaction) -> None:
    """What was settled in chats that belong to nobody whom we know: of people who erased all, of groups."""
    known = select(Person.chat_id)
    tx.exec(delete(Outbox).where(col(Outbox.outcome) != "waiting", col(Outbox.chat_id).not_in(known)))
    tx.exec(delete(Inbox).where(col(Inbox.handled_at).is_not(None), col(Inbox.chat_id).not_in(known)))


def after_restoring(tx: Transaction, now: datetime) -> None:
    """What waited in a backup has been sent and handled since; a wish whose match is gone waits again or is over."""
    tx.exec(
        update(Outbox)
        .where(col(Outbox.outcome) == "waiting")
        .values(outcome="gone", settled_at=now, payload=None, document=None)
    )
    tx.exec(update(Inbox).where(col(Inbox.handled_at).is_(None)).values(handled_at=now, content=None))
    going_on = select(Match.request_id).where(
        col(Match.status).in_(("asked_peer", "asked_user", "connected"))
    )
    alone = col(Request.id).not_in(going_on)
    tx.exec(update(Request).where(alone, col(Request.status) == "proposed").values(status="waiting"))
    tx.exec(
        update(Request).where(alone, col(Request.status) == "matched").values(status="closed", closed_at=now)
    )
