"""A contact ends: by either, in two taps, without a reason."""

from collections.abc import Mapping
from typing import Any

from bot.commands import EndMatch
from bot.services import meetings, pairs
from bot.services.peers import tell_coordinators
from bot.services.registry import facts, handles
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Meeting, Person, Request


@facts("end_match")
def facts_of_match(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    match = pairs.get(turn, subject or 0)
    return {"other": pairs.other(turn, match, person).name, "is_user": match.user_id == person.id}


@handles(EndMatch)
def end(turn: Turn, person: Person, command: EndMatch) -> None:
    """The other is told warmly; the user may ask for somebody else, the peer has room again."""
    match = pairs.get(turn, command.subject)
    partner = pairs.other(turn, match, person)
    for meeting in queries.rows(turn.tx, Meeting, match_id=match.id, status=("proposed", "booked")):
        meetings.drop(turn, meeting)
    match.status, match.ended_at, match.ended_by = "ended", turn.now, person.id
    turn.tx.add(match)
    request = turn.tx.get(Request, match.request_id)
    wants_another = command.what == "another" and person.id == match.user_id
    if request is not None:
        request.status, request.closed_at = "closed", turn.now
        turn.tx.add(request)
        if wants_another:
            _ask_again(turn, person, request)
    rows = [[turn.offer(partner, "intake")]] if partner.id == match.user_id else []
    since = match.connected_at or match.proposed_at
    turn.say(partner, "endings.other_ended", rows, other=person.name, since=since)


def _ask_again(turn: Turn, person: Person, request: Request) -> None:
    """The same wish, anew in the queue."""
    turn.tx.add(Request(person_id=person.id or 0, wish=request.wish, created_at=turn.now))
    tell_coordinators(turn, "queue.new", "queue")
