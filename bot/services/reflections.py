"""After a meeting: the same few questions to both. What is written is seen by its writer alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.commands import LookAtText, SaveReflection
from bot.services import conversing, feedback_view, pairs
from bot.services.registry import due, facts, handles, owns, prefills
from bot.services.turn import Turn
from bot.store import due as due_rows
from bot.store import queries
from bot.store.tables import Due, Match, Meeting, Person, Reflection

BUSY = timedelta(hours=2)
"""Somebody who wrote within this time is in the middle of something: the questions wait."""
WAIT = timedelta(minutes=30)


@owns("past_meeting")
def was_there(turn: Turn, person: Person, meeting_id: int) -> bool:
    meeting = turn.tx.get(Meeting, meeting_id)
    match = turn.tx.get(Match, meeting.match_id) if meeting else None
    return match is not None and person.id in (match.user_id, match.peer_id)


@facts("reflection")
def facts_of_meeting(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    meeting = turn.tx.get(Meeting, subject or 0)
    match = pairs.get(turn, meeting.match_id if meeting else 0)
    return {
        "other": pairs.other(turn, match, person).name,
        "starts_at": meeting.starts_at if meeting else None,
        "is_peer": match.peer_id == person.id,
    }


@prefills("reflection")
def form_of_meeting(turn: Turn, person: Person, subject: int | None) -> dict[str, Any] | None:
    meeting = turn.tx.get(Meeting, subject or 0)
    return {"form": meeting.form} if meeting else None


@due("reflection")
def ask(turn: Turn, row: Due) -> None:
    """Ask how it was; in the middle of another conversation the questions wait."""
    person = turn.tx.get(Person, row.person_id)
    meeting = turn.tx.get(Meeting, row.subject)
    if person is None or meeting is None or meeting.status not in ("booked", "held", "missed"):
        return
    if person.status != "active" or _written(turn, person, meeting):
        return
    speaking = conversing.active(turn, person)
    if speaking is not None and turn.now - speaking.moved_at < BUSY:
        row.status, row.settled_at, row.due_at = "planned", None, turn.now + WAIT
        turn.tx.add(row)
        return
    conversing.start(turn, person, "reflection", meeting.id)


def _written(turn: Turn, person: Person, meeting: Meeting) -> bool:
    return queries.first(turn.tx, Reflection, meeting_id=meeting.id, person_id=person.id) is not None


@handles(SaveReflection)
def save(turn: Turn, person: Person, command: SaveReflection) -> None:
    meeting = turn.tx.get(Meeting, command.subject)
    if meeting is None:
        return
    before = queries.first(turn.tx, Reflection, meeting_id=meeting.id, person_id=person.id)
    reflection = before or Reflection(
        meeting_id=meeting.id or 0, person_id=person.id or 0, created_at=turn.now
    )
    reflection.took_place, reflection.meaningful = command.took_place, command.meaningful
    reflection.words = {"takeaway": command.takeaway, "change": command.change}
    turn.tx.add(reflection)
    _settle(turn, meeting, command.took_place)
    due_rows.cancel(turn.tx, f"meeting:{meeting.id}:{person.id}:reflection", subject=meeting.id)
    findings = [*command.takeaway_findings, *command.change_findings]
    if findings:
        feedback_view.send(turn, person, findings)


def _settle(turn: Turn, meeting: Meeting, took_place: str) -> None:
    """A meeting that one of the two says was held was held."""
    if took_place == "yes":
        meeting.status = "held"
    elif took_place == "missed" and meeting.status == "booked":
        meeting.status = "missed"
    turn.tx.add(meeting)


@handles(LookAtText)
def look_at_text(turn: Turn, person: Person, command: LookAtText) -> None:
    feedback_view.send(turn, person, command.text_findings)
