"""Peers: what they tell about themselves, and how much room they have."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.commands import BecomePeer, TrySentence
from bot.services import feedback_view
from bot.services.registry import facts, handles, prefills
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import PeerProfile, Person

CAPACITY = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
NOT_KEPT = {"intro": "go_on", "reading": "as_before", **{f"p{number}": "go_on" for number in range(1, 7)}}
"""Answers that are taken as given when a peer comes back to change what they told."""
LEFT_OPEN = {"feelings": None, "access": None}


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
    return [
        Peer(person, row, loads.get(row.person_id, 0)) for person, row in queries.peers(turn.tx, *standings)
    ]


def profile_of(turn: Turn, person_id: int | None) -> PeerProfile | None:
    return queries.first(turn.tx, PeerProfile, person_id=person_id)


def tell_coordinators(
    turn: Turn, text_id: str, dialog: str, key: str = "", besides: int | None = None
) -> None:
    """A line to every coordinator (but `besides`), with a button to act."""
    for coordinator in queries.rows(turn.tx, Person, coordinator=True):
        if coordinator.id != besides:
            turn.say(coordinator, text_id, [[turn.offer(coordinator, dialog, key=key)]])


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
    secrecy = turn.settings.organisation.secrecy.text(person.language)
    return {"tried": tried, "approved": person.peer == "approved", "secrecy": secrecy}


@handles(TrySentence)
def try_sentence(turn: Turn, person: Person, command: TrySentence) -> None:
    feedback_view.send(turn, person, turn.findings)


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
