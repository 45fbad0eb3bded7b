"""What is kept no longer than it has to be. Every function removes rows in the transaction it is given."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.store.database import Transaction
from bot.store.tables import Conversation, Due, Inbox, Invitation, Outbox, Person


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
