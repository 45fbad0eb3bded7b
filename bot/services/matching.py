"""The coordinators' queue: who waits, which peers fit and why, and proposing one."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bot.commands import LookAtRequest, ProposePeer
from bot.dialog import Option
from bot.services import proposals, telling
from bot.services.buttons import number
from bot.services.peers import Peer, listed, profile_of
from bot.services.ranking import Candidate, Fit, Reason, rank
from bot.services.registry import Refusal, facts, handles, options
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Match, Person, Request

WAITING_SHOWN, PEERS_SHOWN, PEERS_TOLD = 30, 20, 5
"""How many are offered as buttons, and how many peers are told about at length."""
WORDS_TOLD = 4
WISH = ("topics", "form", "times", "region")
DETAILS = ("common", "feelings", "belonging", "length", "rhythm", "number", "breaks", "access")
"""What a coordinator needs for matching. What gives somebody hope is theirs and is not among it."""


# The queue


@options("waiting_requests")
def waiting_requests(
    turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None
) -> list[Option]:
    """Who has waited longest comes first."""
    shown = queries.rows(turn.tx, Request, status="waiting", limit=WAITING_SHOWN)
    offered = [
        Option(
            f"{each.id}",
            turn.plain(person, "queue.line", called=each.wish["called"], days=days_waiting(turn, each)),
        )
        for each in shown
    ]
    return [*offered, Option("leave", turn.plain(person, "queue.leave"))]


def days_waiting(turn: Turn, request: Request) -> int:
    return (turn.now - request.created_at).days


@handles(LookAtRequest)
def look(turn: Turn, person: Person, command: LookAtRequest) -> None:
    """Show a coordinator a wish: what matching needs of it."""
    request = _waiting(turn, command.request)
    called, days = request.wish["called"], days_waiting(turn, request)
    spoken = telling.lines(
        turn, person, "peer_welcome", ("languages",), {"languages": _language(turn, request)}
    )
    wish = telling.lines(turn, person, "intake", WISH, request.wish)
    user = turn.tx.get(Person, request.person_id)
    minor = user is not None and user.minor
    turn.say(person, "queue.wish", called=called, days=days, minor=minor, lines=wish + spoken)
    details = telling.lines(turn, person, "details", DETAILS, request.wish)
    if details:
        turn.say(person, "queue.details", lines=details)
    turn.audit(person, "request.looked_at", about=request.person_id, subject=request.id)
    for fit in fits(turn, request)[:PEERS_TOLD]:
        turn.audit(person, "peer.compared", about=fit.candidate.peer, subject=request.id)


def _waiting(turn: Turn, key: Any) -> Request:
    request = turn.tx.get(Request, number(key))
    if request is None or request.status != "waiting":
        raise Refusal("queue.taken")
    return request


# The peers who fit


def candidates(turn: Turn, request: Request) -> tuple[list[Candidate], Counter[str]]:
    """The peers who may be asked, and how many may not, by the reason why."""
    before = queries.rows(
        turn.tx, Match, user_id=request.person_id, status=("declined", "ended", "connected")
    )
    settled = {match.peer_id for match in before if match.status in ("declined", "connected")}
    paired = {match.peer_id for match in before if match.connected_at is not None}
    user = turn.tx.get(Person, request.person_id)
    minor = user is not None and user.minor
    found: list[Candidate] = []
    hidden: Counter[str] = Counter()
    for peer in listed(turn, "waiting", "approved"):
        reason = _why_not(peer, request, settled, minor=minor)
        if reason is None:
            peer_id = peer.row.person_id
            found.append(Candidate(peer_id, peer.row.profile, peer.room, peer_id in paired))
        else:
            hidden[reason] += 1
    return found, hidden


def _why_not(peer: Peer, request: Request, settled: set[int], *, minor: bool) -> str | None:
    """Why a peer is not asked about this request; None when they may be."""
    if peer.row.person_id == request.person_id:
        return "self"
    if peer.row.person_id in settled:
        return "settled"
    if peer.person.peer == "waiting":
        return "waiting"
    if minor and peer.row.checked_at is None:
        return "unchecked"
    if peer.person.status != "active":
        return "resting"
    return None if peer.room else "full"


def fits(turn: Turn, request: Request) -> list[Fit]:
    """The peers who may be asked, the best fit first."""
    found, _ = candidates(turn, request)
    return rank(request.wish, _language(turn, request), found, turn.settings.organisation.matching)


def _language(turn: Turn, request: Request) -> str:
    """The language that the user has chosen with the bot."""
    user = turn.tx.get(Person, request.person_id)
    return user.language if user else turn.settings.organisation.languages[0]


@options("ranked_peers")
def ranked_peers(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    request = turn.tx.get(Request, number(answers.get("request")))
    shown = fits(turn, request)[:PEERS_SHOWN] if request else []
    offered = [
        Option(f"{fit.candidate.peer}", f"{place}. {fit.candidate.profile['called']}")
        for place, fit in enumerate(shown, 1)
    ]
    others = Option("others", turn.plain(person, "queue.others"))
    return [*offered, others, Option("leave", turn.plain(person, "queue.leave"))]


@facts("queue")
def queue_facts(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    request = turn.tx.get(Request, number(answers.get("request")))
    chosen = profile_of(turn, number(answers.get("peer")))
    waiting = len(queries.rows(turn.tx, Request, status="waiting"))
    told = _told(turn, person, request) if request else {}
    called = chosen.profile["called"] if chosen else ""
    return {"waiting": waiting, "shown": min(waiting, WAITING_SHOWN), "peer": called, **told}


def _told(turn: Turn, person: Person, request: Request) -> dict[str, Any]:
    """The peers who fit a request, with the reasons in words, and who is not among them."""
    found = fits(turn, request)
    _, hidden = candidates(turn, request)
    return {
        "called": request.wish["called"],
        "peers": [_in_words(turn, person, fit) for fit in found[:PEERS_TOLD]],
        "more": max(0, len(found) - PEERS_TOLD),
        "somebody_fits": any(fit.has_been_there for fit in found),
        "own_words": not {"topics", "feelings"} & request.wish.keys(),
        "hidden": {
            reason: hidden[reason] for reason in ("full", "waiting", "unchecked", "resting", "settled")
        },
    }


def _in_words(turn: Turn, person: Person, fit: Fit) -> dict[str, Any]:
    profile, room = fit.candidate.profile, fit.candidate.room
    return {
        "called": profile["called"],
        "shared": [_reason(turn, person, "shared", each) for each in fit.shared],
        "missing": [_reason(turn, person, "missing", each) for each in fit.missing],
        "own": ", ".join(profile[key] for key in ("topics_own", "feelings_own") if profile.get(key)),
        "room": room,
        "paired": fit.candidate.paired,
    }


WHERE = {
    "topics": ("intake", "topics"),
    "feelings": ("details", "feelings"),
    "form": ("intake", "form"),
    "language": ("peer_welcome", "languages"),
    "region": ("intake", "region"),
    "times": ("intake", "times"),
}
"""The question (dialog and state) whose words name the keys of an axis."""


def _reason(turn: Turn, person: Person, kind: str, reason: Reason) -> str:
    dialog, state = WHERE[reason.axis]
    words = [telling.word(turn, person, dialog, state, key) for key in reason.keys]
    told = words[:WORDS_TOLD] + (["…"] if len(words) > WORDS_TOLD else [])
    return turn.plain(person, f"matching.{kind}.{reason.axis}", words=told)


@handles(ProposePeer)
def propose(turn: Turn, person: Person, command: ProposePeer) -> None:
    """Ask a peer about a request, unless a colleague was quicker or the peer is no longer to be had."""
    request = _waiting(turn, command.request)
    peer = queries.locked_person(turn.tx, number(command.peer))
    open_to, _ = candidates(turn, request)
    if peer is None or peer.id not in {each.peer for each in open_to}:
        raise Refusal("queue.peer_taken")
    if not queries.move_status(turn.tx, request, "waiting", "proposed"):
        raise Refusal("queue.taken")
    match = Match(
        request_id=request.id or 0,
        user_id=request.person_id,
        peer_id=peer.id or 0,
        coordinator_id=person.id,
        proposed_at=turn.now,
    )
    turn.tx.add(match)
    turn.tx.flush()
    turn.audit(person, "match.proposed", about=peer.id, subject=match.id)
    proposals.ask(turn, match)
