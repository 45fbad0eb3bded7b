"""What is kept no longer than it has to be. Every function removes rows in the transaction it is given."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.store.database import Transaction
from bot.store.tables import Conversation, Due, Inbox, Invitation, Match, Outbox, Person, Request


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


def invitations(tx: Transaction, now: datetime) -> None:
    """Links that work no longer."""
    tx.exec(delete(Invitation).where(col(Invitation.expires_at) <= now))


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
