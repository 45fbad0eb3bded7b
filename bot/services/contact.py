"""Reaching a human: notes to the coordinators, offers of support, and the answers to them."""

from collections.abc import Mapping
from typing import Any

from bot.commands import AnswerNote, ContactCoordinator, InviteAuthor, OfferSupport, ReadNote, SettleNote
from bot.dialog import Option
from bot.services import menus
from bot.services.access import has_consented
from bot.services.buttons import number
from bot.services.peers import tell_coordinators
from bot.services.registry import Refusal, facts, handles, options, prefills
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Note, Person

SHOWN = 30


# Writing to the coordinators


@prefills("contact")
def before_consent(turn: Turn, person: Person, subject: int | None) -> Mapping[str, Any] | None:
    """Without consent nothing written is kept: the coordinators learn only that somebody asks for them."""
    return None if has_consented(turn, person) else {"text": None}


@facts("contact")
def who_reads(turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    others = [each for each in queries.rows(turn.tx, Person, coordinator=True) if each.id != person.id]
    return {"somebody": bool(others), "without_words": not has_consented(turn, person)}


@handles(ContactCoordinator)
def contact(turn: Turn, person: Person, command: ContactCoordinator) -> None:
    kind = "complaint" if command.about == "complaint" else "contact"
    _write(turn, person, kind, command.text)


@prefills("offer_support")
def not_twice(turn: Turn, person: Person, subject: int | None) -> None:
    """A peer, or somebody whose offer waits already, has nothing more to offer."""
    if person.minor:
        raise Refusal("peers.adults_only")
    if person.peer != "no":
        raise Refusal("offer_support.peer_already")
    if queries.first(turn.tx, Note, author_id=person.id, kind="offer", settled_at=None) is not None:
        raise Refusal("offer_support.waits")


@handles(OfferSupport)
def offer_support(turn: Turn, person: Person, command: OfferSupport) -> None:
    _write(turn, person, "offer", command.text)


def _write(turn: Turn, person: Person, kind: str, text: str | None) -> None:
    turn.tx.add(Note(kind=kind, author_id=person.id or 0, text=text, created_at=turn.now))
    tell_coordinators(turn, f"notes.new.{kind}", "notes", besides=person.id)


# Reading and answering


@options("open_notes")
def open_notes(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    """What has waited longest comes first."""
    return [
        *(Option(f"{note.id}", _label(turn, person, note)) for note in queries.open_notes(turn.tx, SHOWN)),
        Option("leave", turn.plain(person, "notes.leave")),
    ]


def _label(turn: Turn, person: Person, note: Note) -> str:
    kind = turn.plain(person, f"notes.kind.{note.kind}")
    return turn.plain(person, "notes.line", kind=kind, days=(turn.now - note.created_at).days)


@options("note_acts")
def acts(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    note = turn.tx.get(Note, number(answers.get("note")))
    invite = ("invite",) if note is not None and note.kind == "offer" else ()
    keys = (*invite, "answer", "settle", "others")
    return [Option(key, turn.plain(person, f"notes.act.{key}")) for key in keys]


@facts("notes")
def notes_facts(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    return {"count": len(queries.open_notes(turn.tx))}


def _open(turn: Turn, key: str) -> tuple[Note, Person]:
    """A note that waits, and who wrote it; Refusal when a colleague has settled it or it is gone."""
    note = turn.tx.get(Note, number(key))
    author = turn.tx.get(Person, note.author_id) if note else None
    if note is None or author is None or note.settled_at is not None:
        raise Refusal("notes.settled_already")
    return note, author


@handles(ReadNote)
def read(turn: Turn, person: Person, command: ReadNote) -> None:
    """Show a coordinator what was written, and by whom; the writer can see that it was read."""
    note, author = _open(turn, command.note)
    about = turn.tx.get(Person, note.about_id) if note.about_id else None
    turn.say(
        person, "notes.read", kind=turn.plain(person, f"notes.kind.{note.kind}"), called=author.name,
        about=about.name if about else None, text=note.text, at=note.created_at,
    )  # fmt: skip
    turn.audit(person, "note.read", about=author.id, subject=note.id)


@handles(AnswerNote)
def answer(turn: Turn, person: Person, command: AnswerNote) -> None:
    """Pass a coordinator's words on through the bot; neither sees the other's account."""
    note, author = _open(turn, command.note)
    turn.pass_on(person, author, "notes.relayed", [[turn.offer(author, "contact")]], text=command.answer)
    _settle(turn, person, note, "note.answered")


@handles(SettleNote)
def settle(turn: Turn, person: Person, command: SettleNote) -> None:
    note, _ = _open(turn, command.note)
    _settle(turn, person, note, "note.settled")


@handles(InviteAuthor)
def invite(turn: Turn, person: Person, command: InviteAuthor) -> None:
    """Whoever offered support tells about themselves next; a coordinator's yes comes after that."""
    note, author = _open(turn, command.note)
    if author.peer == "no":
        author.peer = "invited"
        turn.tx.add(author)
        turn.audit(person, "role.peer", about=author.id)
        menus.refresh(turn, author)
        turn.say(author, "offer_support.invited", [[turn.offer(author, "peer_welcome")]])
    _settle(turn, person, note, "note.settled")


def _settle(turn: Turn, person: Person, note: Note, action: str) -> None:
    note.settled_at, note.settled_by = turn.now, person.id
    turn.tx.add(note)
    turn.audit(person, action, about=note.author_id, subject=note.id)
