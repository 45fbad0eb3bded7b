"""A proposal on its way: the peer is asked, then the user; two who said yes are connected.

Nobody learns who said no. To the one who is not asked any more every end looks the same.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.commands import AcceptPresentation, AcceptProposal, DeclinePresentation, DeclineProposal
from bot.services import pairs, telling
from bot.services.buttons import Link, StartData
from bot.services.peers import profile_of
from bot.services.registry import Refusal, due, facts, handles, owns, prefills
from bot.services.reminders import quiet_hours
from bot.services.turn import Turn
from bot.store import due as due_rows
from bot.store import queries
from bot.store.tables import Due, Match, Person, Request
from bot.times import outside_quiet

ASKED = {"asked_peer": "proposal", "asked_user": "presentation"}
"""The dialog that asks, by the status of the match."""
PATIENCE = timedelta(days=3)
"""How long nobody is reminded. There is one reminder."""

WISH = ("topics", "form", "times", "region")
DETAILS = ("common", "feelings", "length", "rhythm", "number")
"""What a peer sees of a request: nothing that was written about a person's own body, beliefs or name."""
PRESENTED = ("topics", "feelings", "roles", "forms", "languages", "times")
"""What a user sees of a peer, beside the peer's own presentation."""


# Who may see what


@owns("asked_match")
def is_asked_peer(turn: Turn, person: Person, match_id: int) -> bool:
    match = turn.tx.get(Match, match_id)
    return match is not None and match.peer_id == person.id


@owns("offered_match")
def is_asked_user(turn: Turn, person: Person, match_id: int) -> bool:
    """The user; a match that the peer has not accepted is nobody's business yet."""
    match = turn.tx.get(Match, match_id)
    if match is None or match.user_id != person.id:
        return False
    return match.status == "asked_user" or match.connected_at is not None or match.ended_by == person.id


@prefills("proposal")
def open_proposal(turn: Turn, person: Person, subject: int | None) -> None:
    """Nothing is known beforehand; an answered proposal is not asked about again."""
    match = _asked(turn, subject, "asked_peer")
    turn.audit(person, "request.shown", about=match.user_id, subject=match.id)


@prefills("presentation")
def open_presentation(turn: Turn, person: Person, subject: int | None) -> None:
    match = _asked(turn, subject, "asked_user")
    turn.audit(person, "peer.shown", about=match.peer_id, subject=match.id)


def _asked(turn: Turn, match_id: int | None, status: str) -> Match:
    match = turn.tx.get(Match, match_id)
    if match is None or match.status != status:
        raise Refusal("matching.answered")
    return match


@facts("proposal")
def request_in_short(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """What the asked peer sees of a request, without a name."""
    match = turn.tx.get(Match, subject)
    request = turn.tx.get(Request, match.request_id) if match else None
    wish = request.wish if request else {}
    lines = telling.lines(turn, person, "intake", WISH, wish)
    return {"lines": lines + telling.lines(turn, person, "details", DETAILS, wish)}


@facts("presentation")
def peer_in_short(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """What the user sees of the peer: their own presentation, without a name."""
    match = turn.tx.get(Match, subject)
    row = profile_of(turn, match.peer_id) if match else None
    profile = row.profile if row else {}
    lines = telling.lines(turn, person, "peer_welcome", PRESENTED, profile)
    return {"presentation": profile.get("presentation", ""), "lines": lines}


# Asking


def ask(turn: Turn, match: Match) -> None:
    """Ask whose turn it is. Somebody who rests is asked when they are back."""
    asked = _whose_turn(turn, match)
    if asked.status == "paused":
        tomorrow = turn.now + timedelta(days=1)
        return due_rows.plan(turn.tx, _key(match), "ask", tomorrow, person_id=asked.id, subject=match.id)
    turn.say(asked, f"{ASKED[match.status]}.new", [[_open(turn, asked, match)]])
    quiet, later = quiet_hours(turn, asked), turn.now + PATIENCE
    at = outside_quiet(later, quiet, turn.zone(asked), later + timedelta(days=1))
    due_rows.plan(turn.tx, _key(match), "unanswered", at, person_id=asked.id, subject=match.id)


@due("ask")
def ask_later(turn: Turn, row: Due) -> None:
    match = turn.tx.get(Match, row.subject)
    if match is not None and match.status in ASKED:
        ask(turn, match)


@due("unanswered")
def remind(turn: Turn, row: Due) -> None:
    """One kind reminder, to somebody who is there and is still asked."""
    match = turn.tx.get(Match, row.subject)
    if match is None or match.status not in ASKED:
        return
    asked = _whose_turn(turn, match)
    if asked.id == row.person_id and asked.status == "active":
        remind_of(turn, match)


def remind_of(turn: Turn, match: Match, also: Sequence[Link] = ()) -> None:
    """Tell whoever's turn it is that an answer is waited for, with the way to it, and what else they can do."""
    asked = _whose_turn(turn, match)
    rows = [[_open(turn, asked, match)], *([each] for each in also)]
    turn.say(asked, f"{ASKED[match.status]}.reminder", rows)


def _key(match: Match) -> str:
    return f"proposal:{match.id}:"


def _open(turn: Turn, asked: Person, match: Match) -> Link:
    return turn.offer(asked, ASKED[match.status], match.id)


def _whose_turn(turn: Turn, match: Match) -> Person:
    user, peer = pairs.both(turn, match)
    return peer if match.status == "asked_peer" else user


def open_to_answer(turn: Turn, person: Person) -> Match | None:
    """A proposal that waits for this person's own answer."""
    matches = queries.matches_of(turn.tx, person.id or 0, *ASKED)
    return next((match for match in matches if _whose_turn(turn, match).id == person.id), None)


# Answering


@handles(AcceptProposal)
def accept_proposal(turn: Turn, person: Person, command: AcceptProposal) -> None:
    """The peer's yes: now the user is asked."""
    match = _answered(turn, command.subject, "asked_peer", "asked_user")
    turn.audit(person, "match.accepted", subject=match.id)
    ask(turn, match)


@handles(AcceptPresentation)
def accept_presentation(turn: Turn, person: Person, command: AcceptPresentation) -> None:
    """The user's yes: the two are connected, and both are told with what they can do next."""
    match = _answered(turn, command.subject, "asked_user", "connected")
    match.connected_at = turn.now
    turn.tx.add(match)
    request = turn.tx.get(Request, match.request_id)
    if request is not None:
        queries.move_status(turn.tx, request, "proposed", "matched")
    turn.audit(person, "match.connected", subject=match.id)
    user, peer = pairs.both(turn, match)
    turn.say(user, "matching.connected_user", _next_steps(turn, user, match), called=peer.name)
    turn.say(peer, "matching.connected_peer", _next_steps(turn, peer, match), called=user.name)


def _next_steps(turn: Turn, person: Person, match: Match) -> list[list[Link]]:
    first = turn.link(person, "matching.agree", StartData("agreement", match.id))
    return [[first], *([turn.offer(person, dialog, match.id)] for dialog in ("propose_times", "message"))]


@handles(DeclineProposal)
def decline_proposal(turn: Turn, person: Person, command: DeclineProposal) -> None:
    """The peer's no, of which the user never hears."""
    match = _answered(turn, command.subject, "asked_peer", "declined")
    _did_not_become(turn, person, match)


@handles(DeclinePresentation)
def decline_presentation(turn: Turn, person: Person, command: DeclinePresentation) -> None:
    """The user's no. The peer hears that it is over, in the words for every such end."""
    match = _answered(turn, command.subject, "asked_user", "declined")
    _did_not_become(turn, person, match)
    _tell_over(turn, match, "peer")


def _answered(turn: Turn, match_id: int, before: str, after: str) -> Match:
    """Move a match on by an answer; a second answer, or one that comes too late, is refused."""
    match = _asked(turn, match_id, before)
    if not queries.move_status(turn.tx, match, before, after):
        raise Refusal("matching.answered")
    due_rows.cancel(turn.tx, _key(match), subject=match.id)
    return match


def _did_not_become(turn: Turn, person: Person, match: Match) -> None:
    """The request waits again. The coordinator learns that, not who said no."""
    match.ended_at, match.ended_by = turn.now, person.id
    turn.tx.add(match)
    turn.audit(person, "match.declined", subject=match.id)
    _wait_again(turn, match)
    for coordinator in _responsible(turn, match):
        turn.say(coordinator, "matching.no_match", [[turn.offer(coordinator, "queue")]])


def _wait_again(turn: Turn, match: Match) -> None:
    request = turn.tx.get(Request, match.request_id)
    if request is not None:
        queries.move_status(turn.tx, request, "proposed", "waiting")


def _responsible(turn: Turn, match: Match) -> list[Person]:
    """The coordinator who proposed the match; all of them when that one is no more."""
    everybody = list(queries.rows(turn.tx, Person, coordinator=True))
    return [each for each in everybody if each.id == match.coordinator_id] or everybody


# Withdrawing


def withdraw_all(turn: Turn, person: Person, side: str | None = None) -> None:
    """End the open proposals of somebody who is not to be had any more, as "user", "peer" or both.

    Whoever has not been asked learns nothing; who has hears that it is over.
    """
    for match in queries.matches_of(turn.tx, person.id or 0, *ASKED):
        mine = "user" if match.user_id == person.id else "peer"
        if side in (None, mine):
            _withdraw(turn, match, mine)


def _withdraw(turn: Turn, match: Match, gone: str) -> None:
    reached_user = match.status == "asked_user"
    if not queries.move_status(turn.tx, match, match.status, "ended"):
        return
    match.ended_at = turn.now
    turn.tx.add(match)
    due_rows.cancel(turn.tx, _key(match), subject=match.id)
    _wait_again(turn, match)
    if gone == "user":
        _tell_over(turn, match, "peer")
    elif reached_user:
        _tell_over(turn, match, "user")


def _tell_over(turn: Turn, match: Match, whom: str) -> None:
    user, peer = pairs.both(turn, match)
    turn.say(peer if whom == "peer" else user, f"matching.over_{whom}")
