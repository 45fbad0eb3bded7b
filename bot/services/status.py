"""Where things stand: a request, the meetings, the pair."""

from bot.services import proposals, requests
from bot.services.buttons import StartData
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Person

LIKELY = ("match", "meeting", "past_meeting")
"""What can be meant without being named; nothing else is guessed."""


def likely_subject(turn: Turn, person: Person, kind: str) -> int | None:
    """The thing of this kind that a person most likely means: their newest match, the next meeting, the last one."""
    if kind == "match":
        matches = queries.matches_of(turn.tx, person.id or 0, "connected")
        return matches[0].id if matches else None
    if kind == "meeting":
        meetings = queries.meetings_of(turn.tx, person.id or 0, "booked")
        return next((each.id for each in meetings if each.starts_at and each.starts_at > turn.now), None)
    if kind == "past_meeting":
        meetings = queries.meetings_of(turn.tx, person.id or 0, "booked", "held", "missed")
        over = [each.id for each in meetings if each.starts_at and each.starts_at <= turn.now]
        return over[-1] if over else None
    return None


def is_under_way(turn: Turn, person: Person) -> bool:
    """Whether somebody waits for a peer, or has one."""
    connected = queries.matches_of(turn.tx, person.id or 0, "connected")
    return bool(connected) or requests.open_request(turn, person) is not None


def of_request(turn: Turn, person: Person) -> None:
    """What has become of the request, without a word about anybody who declined."""
    if queries.matches_of(turn.tx, person.id or 0, "connected"):
        return turn.say(person, "status.connected", [[turn.offer(person, "propose_times")]])
    request = requests.open_request(turn, person)
    withdraw = turn.offer(person, "withdraw")
    asked = proposals.open_to_answer(turn, person)
    if asked is not None:
        return proposals.remind_of(turn, asked, [withdraw] if request is not None else [])
    if request is None:
        return turn.say(person, "status.none", [[turn.offer(person, "intake")]])
    days = (turn.now - request.created_at).days
    change = turn.link(person, "status.change", StartData("intake"))
    rows = [[turn.offer(person, "details")], [change], [withdraw]]
    turn.say(person, f"status.{request.status}", rows, days=days)
