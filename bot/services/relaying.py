"""Messages from one of a pair to the other: neither sees the other's account, nothing is kept once it is sent."""

from collections.abc import Mapping
from typing import Any

from bot.commands import ReportMessage, SendMessage
from bot.services import feedback_view, pairs
from bot.services.buttons import StartData
from bot.services.peers import tell_coordinators
from bot.services.registry import facts, handles, owns
from bot.services.turn import Turn
from bot.store.tables import Match, Note, Person, Relay


@owns("relay")
def was_sent_to(turn: Turn, person: Person, relay_id: int) -> bool:
    """Only the one who got a message reports it."""
    relay = turn.tx.get(Relay, relay_id)
    match = turn.tx.get(Match, relay.match_id) if relay else None
    if relay is None or match is None:
        return False
    return person.id in (match.user_id, match.peer_id) and person.id != relay.author_id


@facts("message")
def facts_of_message(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    findings = answers.get("text_findings") or []
    return {
        "other": pairs.other(turn, pairs.get(turn, subject or 0), person).name,
        "found": feedback_view.render(turn, person, findings) if findings else "",
        "quotes": [finding["quote"] for finding in findings],
    }


@handles(SendMessage)
def send(turn: Turn, person: Person, command: SendMessage) -> None:
    match = pairs.get(turn, command.subject)
    partner = pairs.other(turn, match, person)
    relay = Relay(match_id=command.subject, author_id=person.id or 0, created_at=turn.now)
    turn.tx.add(relay)
    turn.tx.flush()
    rows = [
        [turn.offer(partner, "message", match.id)],
        [turn.link(partner, "offer.report", StartData("report", relay.id))],
    ]
    turn.pass_on(person, partner, "relaying.message", rows, other=person.name, text=command.text)


@handles(ReportMessage)
def report(turn: Turn, person: Person, command: ReportMessage) -> None:
    """Keep the report; the words themselves only if the reporter chose so."""
    relay = turn.tx.get(Relay, command.subject)
    words = command.about if command.keep == "with_text" else None
    about = relay.author_id if relay else None
    turn.tx.add(
        Note(kind="report", author_id=person.id or 0, about_id=about, text=words, created_at=turn.now)
    )
    turn.audit(person, "message.reported", about=about, subject=command.subject)
    tell_coordinators(turn, "relaying.reported", "notes")
