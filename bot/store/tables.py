"""The tables. One class a kind of thing; `Sealed` columns hold what people wrote."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from bot.store.database import UtcDateTime
from bot.store.sealing import Sealed


def _when(*, index: bool = False, nullable: bool = True) -> Any:
    return Field(default=None, sa_type=UtcDateTime, index=index, nullable=nullable)


def _sealed(default: Any = None) -> Any:
    return Field(default=default, sa_type=Sealed, nullable=True)


class Person(SQLModel, table=True):
    """Somebody who writes to the bot. Roles add up: a peer can also be a user."""

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_column=Column(BigInteger, unique=True, nullable=False))
    language: str = "sv"
    language_chosen: bool = False
    country: str | None = None
    name: str | None = _sealed()
    of_age: bool = False
    """Has said that they are 18 or older."""
    minor: bool = False
    """Has said that they are under 18, and old enough for the youth programme."""
    peer: str = "no"
    """no, invited, waiting (for a coordinator's yes), approved or suspended"""
    coordinator: bool = Field(default=False, index=True)
    status: str = "active"
    """active, paused (asked for rest), gone (has blocked the bot) or blocked (by a coordinator)"""
    quiet_from: str | None = None
    quiet_until: str | None = None
    reminders: str = "both"
    """both, day, hours or none"""
    digest: str | None = None
    """A coordinator's rhythm: daily, weekly or off; None for the organisation's"""
    duty: str | None = None
    """A coordinator's own duty hours, as `bot.duty_hours` writes them; None for the organisation's"""
    created_at: datetime = _when(nullable=False)
    seen_at: datetime | None = _when()


class Consent(SQLModel, table=True):
    """A yes to the words of one purpose, in a version of them: support, feedback or statistics."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    purpose: str
    version: int
    given_at: datetime = _when(nullable=False)
    withdrawn_at: datetime | None = _when()


class Inbox(SQLModel, table=True):
    """An update as it arrived; its content is blanked when it has been handled."""

    update_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    chat_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    content: Any = _sealed()
    received_at: datetime = _when(nullable=False)
    handled_at: datetime | None = _when()
    held_until: datetime | None = _when()
    """Until when a process has taken it, where several share the work."""
    attempts: int = 0
    failed: bool = False
    __table_args__: ClassVar[Any] = (
        Index("inbox_waiting", "handled_at", "chat_id", "update_id"),
        Index("inbox_of_chat", "chat_id", "received_at"),
        Index("inbox_oldest", "handled_at", "update_id"),
    )


class Outbox(SQLModel, table=True):
    """A call to the Bot API that is to be made: in order within a chat, urgent ones first."""

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    method: str
    payload: Any = _sealed()
    document: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """A sealed file to send along."""
    author_id: int | None = Field(default=None, foreign_key="person.id")
    """Whose words it passes on: until it is sent, this is the only place where they are."""
    urgent: bool = False
    created_at: datetime = _when(nullable=False)
    try_at: datetime = _when(nullable=False)
    held_until: datetime | None = _when()
    """Until when a process is sending it, where several share the work."""
    attempts: int = 0
    outcome: str = "waiting"
    """waiting, sent, gone (blocked by the person) or parked (refused by Telegram)"""
    settled_at: datetime | None = _when()
    __table_args__: ClassVar[Any] = (
        Index("outbox_waiting", "outcome", "chat_id", "id"),
        Index("outbox_next", "outcome", "urgent", "id"),
        Index("outbox_sent", "outcome", "settled_at"),
    )


class Conversation(SQLModel, table=True):
    """One person in one dialog; of several unfinished ones the latest speaks."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    dialog: str
    version: int
    state: str
    memory: Any = _sealed()
    """answers, history, draft, editing"""
    subject: int | None = None
    status: str = "active"
    """active, waiting (another speaks), paused (by the person) or ended"""
    begun_at: datetime = _when(nullable=False)
    moved_at: datetime = _when(nullable=False)


class Request(SQLModel, table=True):
    """A user's wish for a peer."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    status: str = Field(default="waiting", index=True)
    """waiting, proposed, matched or closed"""
    wish: Any = _sealed()
    """hope, topics, topics_own, form, times, region, name; later common, belonging, length, rhythm ..."""
    created_at: datetime = _when(nullable=False)
    closed_at: datetime | None = _when()
    __table_args__: ClassVar[Any] = (Index("request_of_person", "person_id", "status"),)


class PeerProfile(SQLModel, table=True):
    """What a peer has told about themselves for matching."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    profile: Any = _sealed()
    capacity: int = 1
    created_at: datetime = _when(nullable=False)
    approved_at: datetime | None = _when()
    followed_up_at: datetime | None = _when()
    checked_at: datetime | None = _when()
    """When a coordinator recorded that the background was checked: without it no match with a minor."""


class Match(SQLModel, table=True):
    """A user and a peer, proposed by a coordinator; connected only after both said yes."""

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="request.id", index=True)
    user_id: int = Field(foreign_key="person.id", index=True)
    peer_id: int = Field(foreign_key="person.id", index=True)
    coordinator_id: int | None = Field(default=None, foreign_key="person.id")
    status: str = "asked_peer"
    """asked_peer, asked_user, connected, declined or ended"""
    proposed_at: datetime = _when(nullable=False)
    connected_at: datetime | None = _when()
    ended_at: datetime | None = _when()
    ended_by: int | None = Field(default=None, foreign_key="person.id")
    """Who ended or declined: never shown to the other."""


class Agreement(SQLModel, table=True):
    """What two people agreed on for their meetings; a new version replaces the former."""

    id: int | None = Field(default=None, primary_key=True)
    match_id: int = Field(foreign_key="match.id", index=True)
    proposed_by: int = Field(foreign_key="person.id")
    status: str = "proposed"
    """proposed, agreed or replaced"""
    terms: Any = _sealed()
    """length, number, rhythm, form, place, opening, closing, breaks"""
    proposed_at: datetime = _when(nullable=False)
    agreed_at: datetime | None = _when()


class Meeting(SQLModel, table=True):
    """A meeting of two. `options` are the proposed moments until one is picked."""

    id: int | None = Field(default=None, primary_key=True)
    match_id: int = Field(foreign_key="match.id", index=True)
    proposed_by: int = Field(foreign_key="person.id")
    status: str = "proposed"
    """proposed, booked, declined, held, missed or cancelled"""
    options: Any = _sealed()
    starts_at: datetime | None = _when(index=True)
    minutes: int = 60
    zone: str = "Europe/Stockholm"
    form: str = "in_person"
    place: str | None = _sealed()
    topic: str | None = _sealed()
    uid: str = ""
    sequence: int = 0
    series_id: int | None = Field(default=None, index=True)
    """The first meeting of the series that this one belongs to."""
    created_at: datetime = _when(nullable=False)
    changed_at: datetime | None = _when()


class Due(SQLModel, table=True):
    """Something to be done at a time: a reminder, a reflection, a digest, a clean-up."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """What it is and for what, e.g. "reminder:12:3:day"; planning it again moves it."""
    kind: str
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    subject: int | None = Field(default=None, index=True)
    due_at: datetime = _when(nullable=False)
    until: datetime | None = _when()
    """After this it has become pointless and is dropped."""
    status: str = "planned"
    """planned, done or dropped"""
    settled_at: datetime | None = _when()
    late_since: datetime | None = _when(index=True)
    """When it was to be done at first, if it failed then and is tried again."""
    __table_args__: ClassVar[Any] = (Index("due_next", "status", "due_at", "id"),)


class Reflection(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True)
    """None when the meeting was removed with the other of the two."""
    person_id: int = Field(foreign_key="person.id", index=True)
    took_place: str = "yes"
    meaningful: str | None = None
    words: Any = _sealed()
    """takeaway, change"""
    created_at: datetime = _when(nullable=False)


class Note(SQLModel, table=True):
    """Words kept by somebody's choice: a reported message, a note to the coordinator."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """report, complaint, contact or offer (to become a peer)"""
    author_id: int = Field(foreign_key="person.id", index=True)
    about_id: int | None = Field(default=None, foreign_key="person.id")
    text: str | None = _sealed()
    created_at: datetime = _when(nullable=False)
    settled_at: datetime | None = _when()
    settled_by: int | None = Field(default=None, foreign_key="person.id")


class Invitation(SQLModel, table=True):
    """A one-time link. Only the hash of its code is kept."""

    id: int | None = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True)
    role: str
    created_by: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = _when(nullable=False)
    expires_at: datetime = _when(nullable=False)
    used_at: datetime | None = _when()


class Alert(SQLModel, table=True):
    """A crisis of somebody, as far as a coordinator was told."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    status: str = "asked"
    """asked, told, declined, dismissed or acknowledged"""
    level: str = "acute"
    """acute or unclear; only of an acute one coordinators hear without an answer"""
    text: str | None = _sealed()
    """What the person wrote, until the matter is settled: for a coordinator only if they agree to it"""
    show_text: bool = False
    why: str = "wanted"
    """Why coordinators were told: wanted, silent (no answer came) or always (the organisation's rule)"""
    written_at: datetime | None = _when()
    created_at: datetime = _when(nullable=False)
    reader_id: int | None = Field(default=None, foreign_key="person.id")
    """Whose turn it is to answer the alert, since `reader_since`; None when nobody is on duty"""
    reader_since: datetime | None = _when()
    rings: int = 0
    """How many times it has gone out"""
    told_at: datetime | None = _when()
    acknowledged_at: datetime | None = _when()
    acknowledged_by: int | None = Field(default=None, foreign_key="person.id")


class Confirmation(SQLModel, table=True):
    """That the organisation has checked its lines of help: the list as it was then, by its fingerprint."""

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str
    confirmed_at: datetime = _when(nullable=False)
    confirmed_by: int | None = Field(default=None, foreign_key="person.id")
    """The coordinator; None when it was done at the command line."""


class Dismissal(SQLModel, table=True):
    """A finding that its reader waved away; with `always` the rule stays off for that person."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    rule: str
    always: bool = False
    created_at: datetime = _when(nullable=False)


class RuleUse(SQLModel, table=True):
    """How often a rule of the language feedback was shown and waved away: of nobody in particular."""

    id: int | None = Field(default=None, primary_key=True)
    rule: str = Field(unique=True)
    shown: int = 0
    dismissed: int = 0


class Relay(SQLModel, table=True):
    """That a message went to the other of a pair. Its words are only in the outbox, until they are sent."""

    id: int | None = Field(default=None, primary_key=True)
    match_id: int = Field(foreign_key="match.id", index=True)
    author_id: int = Field(foreign_key="person.id")
    created_at: datetime = _when(nullable=False)


class Audit(SQLModel, table=True):
    """Who did or looked at what. Never what somebody wrote."""

    id: int | None = Field(default=None, primary_key=True)
    actor_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    action: str
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whom it was about."""
    subject: int | None = None
    at: datetime = _when(nullable=False)
