"""Peers: what they tell about themselves, a coordinator's yes, and keeping in touch with them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.commands import ApprovePeer, AskForTalk, BecomePeer, FollowUp, LookAtPeer, SuspendPeer, TrySentence
from bot.dialog import Option
from bot.services import feedback_view, telling
from bot.services.registry import Refusal, facts, handles, options, prefills
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import PeerProfile, Person

CAPACITY = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
NOT_KEPT = {"intro": "go_on", **{f"p{number}": "go_on" for number in range(1, 7)}}
"""Answers that are taken as given when a peer comes back to change what they told."""
LEFT_OPEN = {"feelings": None, "access": None}

GROUPS = ("waiting", "follow_up", "room", "full", "suspended")
SHOWN = 40
"""Peers offered as buttons at once; Telegram takes at most 100."""


@dataclass(frozen=True)
class Peer:
    """A peer as a coordinator sees them. `load`: people they are connected with or asked about."""

    person: Person
    row: PeerProfile
    load: int

    @property
    def called(self) -> str:
        return str(self.row.profile["called"])

    @property
    def room(self) -> int:
        return max(0, self.row.capacity - self.load)

    @property
    def in_touch_at(self) -> datetime | None:
        return self.row.followed_up_at or self.row.approved_at


def listed(turn: Turn, *standings: str) -> list[Peer]:
    """Every peer of these standings (Person.peer) who has told about themselves."""
    loads = queries.loads(turn.tx)
    return [Peer(person, row, loads.get(row.person_id, 0)) for person, row in queries.peers(turn.tx, *standings)]


def profile_of(turn: Turn, person_id: int | None) -> PeerProfile | None:
    return queries.first(turn.tx, PeerProfile, person_id=person_id)


def tell_coordinators(turn: Turn, text_id: str, dialog: str, key: str = "", besides: int | None = None) -> None:
    """A line to every coordinator (but `besides`), with a button to act."""
    for coordinator in queries.rows(turn.tx, Person, coordinator=True):
        if coordinator.id != besides:
            turn.say(coordinator, text_id, [[turn.offer(coordinator, dialog, key=key)]])


# The peer's own part


@prefills("peer_welcome")
def known(turn: Turn, person: Person, subject: int | None) -> Mapping[str, Any] | None:
    """A peer who has told already comes straight to the summary."""
    row = profile_of(turn, person.id)
    return {**NOT_KEPT, **LEFT_OPEN, **row.profile} if row else None


@facts("peer_welcome")
def welcome_facts(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    tried = [name for name in NOT_KEPT if answers.get(f"{name}_try")]
    return {"tried": tried, "approved": person.peer == "approved"}


@handles(TrySentence)
def try_sentence(turn: Turn, person: Person, command: TrySentence) -> None:
    turn.send(person, feedback_view.render(turn, person, turn.text, turn.findings))


@handles(BecomePeer)
def become_peer(turn: Turn, person: Person, command: BecomePeer) -> None:
    """Keep what a peer told. Somebody new waits for a coordinator's yes; whoever has it keeps it."""
    row = profile_of(turn, person.id) or PeerProfile(person_id=person.id or 0, created_at=turn.now)
    row.profile = {name: told for name, told in asdict(command).items() if told not in (None, [])}
    row.capacity = CAPACITY[command.capacity]
    person.name = command.called
    turn.tx.add(row)
    if person.peer == "invited":
        person.peer = "waiting"
        tell_coordinators(turn, "peers.new", "peers", "waiting", besides=person.id)
    turn.tx.add(person)


# The coordinator's part


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
            turn.plain(
                person, "peers.line", called=peer.called, load=peer.load, capacity=peer.row.capacity
            ),
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
    chosen = turn.tx.get(Person, int(answers.get("peer") or 0))
    by_standing = {
        "waiting": ("approve", "talk", "suspend"),
        "approved": ("follow_up", "suspend"),
        "suspended": ("approve",),
    }
    keys = by_standing.get(chosen.peer if chosen else "", ())
    return [Option(key, turn.plain(person, f"peers.act.{key}")) for key in (*keys, "others")]


@facts("peers")
def peers_facts(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    row = profile_of(turn, int(answers.get("peer") or 0))
    return {"nobody": not _everybody(turn), "called": row.profile["called"] if row else ""}


@handles(LookAtPeer)
def look(turn: Turn, person: Person, command: LookAtPeer) -> None:
    """Show a coordinator what a peer has told."""
    peer, row = chosen_peer(turn, command.peer)
    names = ("topics", "feelings", "distance", "lean", "roles", "paid", "forms", "languages", "regions")
    lines = telling.lines(turn, person, "peer_welcome", (*names, "capacity", "times", "access"), row.profile)
    turn.say(
        person,
        "peers.profile",
        called=row.profile["called"],
        presentation=row.profile["presentation"],
        lines=lines,
        load=queries.loads(turn.tx).get(row.person_id, 0),
        in_touch_at=row.followed_up_at,
    )
    turn.audit(person, "peer.looked_at", about=peer.id)


def chosen_peer(turn: Turn, key: str) -> tuple[Person, PeerProfile]:
    """A peer whom a coordinator has chosen; Refusal when they are none any more."""
    peer = turn.tx.get(Person, int(key))
    row = profile_of(turn, int(key))
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
