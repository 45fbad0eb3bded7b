"""What coordinators do for peers: a yes, a talk first, keeping in touch, a rest."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.commands import (
    ApprovePeer,
    AskForTalk,
    FollowUp,
    LookAtPeer,
    RecordCheck,
    SuspendPeer,
    TakeBackCheck,
)
from bot.dialog import Option
from bot.services import proposals, telling
from bot.services.buttons import number
from bot.services.peers import Peer, listed, profile_of
from bot.services.registry import Refusal, facts, handles, options
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import PeerProfile, Person

GROUPS = ("waiting", "follow_up", "room", "full", "suspended")
SHOWN = 40
"""Peers offered as buttons at once; Telegram takes at most 100."""
TOLD = (
    "topics",
    "feelings",
    "distance",
    "lean",
    "roles",
    "paid",
    "forms",
    "languages",
    "regions",
    "capacity",
    "times",
    "access",
)
"""What a coordinator reads of a peer, beside the presentation."""


def in_group(turn: Turn, peer: Peer, group: str) -> bool:
    """Whether a peer belongs to one of GROUPS; one can belong to several."""
    approved = peer.person.peer == "approved"
    match group:
        case "room":
            return approved and peer.room > 0
        case "full":
            return approved and peer.room == 0
        case "follow_up":
            return approved and needs_follow_up(turn, peer)
        case _:
            return peer.person.peer == group


def needs_follow_up(turn: Turn, peer: Peer) -> bool:
    """Whether nobody has been in touch with a peer for as long as the organisation has set."""
    limit = timedelta(days=turn.settings.digest.follow_up_days)
    return peer.in_touch_at is None or turn.now - peer.in_touch_at >= limit


def _everybody(turn: Turn) -> list[Peer]:
    return listed(turn, "waiting", "approved", "suspended")


@options("peer_groups")
def groups(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    everybody = _everybody(turn)
    counts = {group: sum(in_group(turn, peer, group) for peer in everybody) for group in GROUPS}
    offered = [
        Option(group, turn.plain(person, f"peers.group.{group}", count=count))
        for group, count in counts.items()
        if count
    ]
    return [*offered, Option("leave", turn.plain(person, "peers.leave"))]


@options("peers_of_group")
def of_group(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    offered = [
        Option(
            f"{peer.person.id}",
            turn.plain(person, "peers.line", called=peer.called, load=peer.load, capacity=peer.row.capacity),
        )
        for peer in _shown(turn, answers)
    ]
    return [*offered, Option("leave", turn.plain(person, "peers.leave"))]


def _shown(turn: Turn, answers: Mapping[str, Any]) -> Sequence[Peer]:
    """Those of the chosen group, whoever has waited longest for a coordinator first."""
    group = answers.get("group") or ""
    found = [peer for peer in _everybody(turn) if in_group(turn, peer, group)]
    return sorted(found, key=lambda peer: peer.in_touch_at or peer.row.created_at)[:SHOWN]


@options("peer_acts")
def acts(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    chosen = turn.tx.get(Person, number(answers.get("peer")))
    by_standing = {
        "waiting": ("approve", "talk", "suspend"),
        "approved": ("follow_up", "suspend"),
        "suspended": ("approve",),
    }
    keys = by_standing.get(chosen.peer if chosen else "", ())
    row = profile_of(turn, chosen.id) if chosen and turn.settings.organisation.youth_programme else None
    check = () if row is None else ("uncheck",) if row.checked_at else ("check",)
    return [Option(key, turn.plain(person, f"peers.act.{key}")) for key in (*keys, *check, "others")]


@facts("peers")
def peers_facts(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    row = profile_of(turn, number(answers.get("peer")))
    return {"nobody": not _everybody(turn), "called": row.profile["called"] if row else ""}


@handles(LookAtPeer)
def look(turn: Turn, person: Person, command: LookAtPeer) -> None:
    """Show a coordinator what a peer has told."""
    peer, row = chosen_peer(turn, command.peer)
    lines = telling.lines(turn, person, "peer_welcome", TOLD, row.profile)
    turn.say(
        person,
        "peers.profile",
        called=row.profile["called"],
        presentation=row.profile["presentation"],
        lines=lines,
        load=queries.loads(turn.tx).get(row.person_id, 0),
        in_touch_at=row.followed_up_at,
        youth=turn.settings.organisation.youth_programme,
        checked_at=row.checked_at,
    )
    turn.audit(person, "peer.looked_at", about=peer.id)


def chosen_peer(turn: Turn, key: str) -> tuple[Person, PeerProfile]:
    """A peer whom a coordinator has chosen; Refusal when they are none any more."""
    peer, row = turn.tx.get(Person, number(key)), profile_of(turn, number(key))
    if peer is None or row is None or peer.peer not in ("waiting", "approved", "suspended"):
        raise Refusal("peers.gone")
    return peer, row


@handles(ApprovePeer)
def approve(turn: Turn, person: Person, command: ApprovePeer) -> None:
    """A coordinator's yes, also after a suspension; the peer hears of it."""
    peer, row = chosen_peer(turn, command.peer)
    if peer.peer == "approved":
        raise Refusal("peers.approved_already")
    again = row.approved_at is not None
    peer.peer = "approved"
    row.approved_at = row.approved_at or turn.now
    row.followed_up_at = turn.now if again else row.followed_up_at
    turn.tx.add(peer)
    turn.tx.add(row)
    turn.audit(person, "peer.approved", about=peer.id)
    turn.say(peer, "peers.told_approved_again" if again else "peers.told_approved")


@handles(AskForTalk)
def ask_for_talk(turn: Turn, person: Person, command: AskForTalk) -> None:
    peer, _ = chosen_peer(turn, command.peer)
    if peer.peer != "waiting":
        raise Refusal("peers.approved_already" if peer.peer == "approved" else "peers.gone")
    turn.audit(person, "peer.talk", about=peer.id)
    turn.say(peer, "peers.told_talk", [[turn.offer(peer, "contact")]])


@handles(FollowUp)
def follow_up(turn: Turn, person: Person, command: FollowUp) -> None:
    """Somebody has been in touch; nothing is sent to the peer."""
    peer, row = chosen_peer(turn, command.peer)
    row.followed_up_at = turn.now
    turn.tx.add(row)
    turn.audit(person, "peer.followed_up", about=peer.id)


@handles(RecordCheck)
def record_check(turn: Turn, person: Person, command: RecordCheck) -> None:
    """What was seen is not kept, only that a coordinator saw it, and when."""
    peer, row = chosen_peer(turn, command.peer)
    row.checked_at = turn.now
    turn.tx.add(row)
    turn.audit(person, "peer.checked", about=peer.id)


@handles(TakeBackCheck)
def take_back_check(turn: Turn, person: Person, command: TakeBackCheck) -> None:
    """No new match with a minor; what has been proposed ends quietly."""
    peer, row = chosen_peer(turn, command.peer)
    row.checked_at = None
    turn.tx.add(row)
    proposals.withdraw_all(turn, peer, "peer")
    turn.audit(person, "peer.unchecked", about=peer.id)


@handles(SuspendPeer)
def suspend(turn: Turn, person: Person, command: SuspendPeer) -> None:
    """No new matches; open proposals end quietly, connections that are going on stay."""
    peer, _ = chosen_peer(turn, command.peer)
    peer.peer = "suspended"
    turn.tx.add(peer)
    proposals.withdraw_all(turn, peer, "peer")
    turn.audit(person, "peer.suspended", about=peer.id)
    turn.say(peer, "peers.told_suspended", [[turn.offer(peer, "contact")]])
