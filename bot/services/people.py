"""Roles withdrawn, people kept out and let in again, by coordinators. Nobody can leave the house without one.

Whoever is blocked still gets the crisis answer, reaches a human, and has every right to their own data.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.commands import ChangeStanding, EndMatch
from bot.dialog import Option
from bot.services import digests, endings, handing_over, menus, proposals
from bot.services.buttons import number
from bot.services.registry import Refusal, facts, handles, options
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Invitation, Note, PeerProfile, Person, Request

GROUPS = ("coordinators", "peers", "users", "blocked")
SHOWN = 60
"""People offered as buttons at once; Telegram takes at most 100."""


@options("people_groups")
def groups(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    found = queries.people_by_group(turn.tx)
    offered = [
        Option(group, turn.plain(person, f"people.group.{group}", count=found[group]))
        for group in GROUPS
        if group in found
    ]
    return [*offered, Option("leave", turn.plain(person, "people.leave"))]


@options("people_of_group")
def of_group(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    shown = queries.people_of_group(turn.tx, answers.get("group") or "", SHOWN)
    offered = [
        Option(f"{each.id}", turn.plain(person, "people.line", called=each.name, since=each.created_at))
        for each in shown
    ]
    return [*offered, Option("leave", turn.plain(person, "people.leave"))]


@options("people_acts")
def acts(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    chosen = turn.tx.get(Person, number(answers.get("person")))
    keys = _acts(person, chosen) if chosen else ()
    return [Option(key, turn.plain(person, f"people.act.{key}")) for key in (*keys, "others")]


def _acts(person: Person, chosen: Person) -> tuple[str, ...]:
    """What can be done about somebody. About oneself: lay down the role."""
    if chosen.status == "blocked":
        return ("unblock",)
    coordinator = ("withdraw_coordinator",) if chosen.coordinator else ()
    peer = ("withdraw_peer",) if chosen.peer != "no" else ()
    return coordinator if chosen.id == person.id else (*peer, *coordinator, "block")


@facts("people")
def people_facts(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    chosen = turn.tx.get(Person, number(answers.get("person")))
    act = answers.get("act")
    return {
        "called": chosen.name if chosen else None,
        "what": turn.plain(person, f"people.what.{act}") if act in ACTS else "",
    }


@handles(ChangeStanding)
def change(turn: Turn, person: Person, command: ChangeStanding) -> None:
    """Do what was chosen, unless a colleague has done it or it would leave nobody in charge."""
    chosen = turn.tx.get(Person, number(command.person))
    if chosen is None or command.act not in _acts(person, chosen):
        raise Refusal("people.changed")
    ACTS[command.act](turn, chosen)
    turn.tx.add(chosen)
    turn.audit(person, f"person.{command.act}", about=chosen.id)
    turn.tx.flush()
    menus.refresh(turn, chosen)
    if chosen.id != person.id:
        turn.say(chosen, f"people.told.{command.act}", [[turn.offer(chosen, "contact")]])


def is_last(turn: Turn, person: Person) -> bool:
    """Whether nobody would be left in charge without this coordinator."""
    others = [each for each in queries.rows(turn.tx, Person, coordinator=True) if each.id != person.id]
    return person.coordinator and not any(each.status not in ("blocked", "gone") for each in others)


def _withdraw_coordinator(turn: Turn, chosen: Person) -> None:
    """The links that they made and nobody has used go with the role."""
    if is_last(turn, chosen):
        raise Refusal("people.last")
    chosen.coordinator = False
    handing_over.leave(turn, chosen)
    digests.plan_for(turn, chosen)
    for invitation in queries.rows(turn.tx, Invitation, created_by=chosen.id, used_at=None):
        turn.tx.delete(invitation)


def _withdraw_peer(turn: Turn, chosen: Person) -> None:
    """Contacts end kindly, and what they told about themselves as a peer is removed."""
    chosen.peer = "no"
    proposals.withdraw_all(turn, chosen, "peer")
    for match in queries.matches_of(turn.tx, chosen.id or 0, "connected"):
        if match.peer_id == chosen.id:
            endings.end(turn, chosen, EndMatch(match.id or 0, "end"))
    for profile in queries.rows(turn.tx, PeerProfile, person_id=chosen.id):
        turn.tx.delete(profile)


def _block(turn: Turn, chosen: Person) -> None:
    """Everything with others ends, and nothing new begins."""
    if chosen.coordinator:
        _withdraw_coordinator(turn, chosen)
    proposals.withdraw_all(turn, chosen)
    for match in queries.matches_of(turn.tx, chosen.id or 0, "connected"):
        endings.end(turn, chosen, EndMatch(match.id or 0, "end"))
    for request in queries.rows(turn.tx, Request, person_id=chosen.id, status=("waiting", "proposed")):
        request.status, request.closed_at = "closed", turn.now
        turn.tx.add(request)
    for note in queries.rows(turn.tx, Note, author_id=chosen.id, kind="offer", settled_at=None):
        note.settled_at = turn.now
        turn.tx.add(note)
    chosen.peer = "suspended" if chosen.peer in ("waiting", "approved") else "no"
    chosen.status = "blocked"


def _unblock(turn: Turn, chosen: Person) -> None:
    chosen.status = "active"


ACTS: Mapping[str, Callable[[Turn, Person], None]] = {
    "withdraw_coordinator": _withdraw_coordinator,
    "withdraw_peer": _withdraw_peer,
    "block": _block,
    "unblock": _unblock,
}


@facts("delete")
def whether_last(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Erasing oneself is everybody's right; the last coordinator is told what it means for the others."""
    return {"last": is_last(turn, person)}
