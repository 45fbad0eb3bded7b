"""Requests: a user's wish for a peer, from sending to the coordinators' queue, or back again."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from bot.commands import AddDetails, RequestPeer, WithdrawRequest
from bot.dialog import Option
from bot.services import conversing, help_lines, proposals
from bot.services.peers import tell_coordinators
from bot.services.registry import Refusal, Unclear, facts, handles, options, prefills
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Person, Request

COUNSELLING = ("individual", "group")
INTAKE, DETAILS = (tuple(each.name for each in fields(command)) for command in (RequestPeer, AddDetails))
"""The names of the answers that make up a wish: from the intake, and what may be added."""


@options("topics")
def topics(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    return [Option(topic.key, topic.name(person.language)) for topic in turn.settings.organisation.topics]


@options("feelings")
def feelings(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    return [Option(each.key, each.name(person.language)) for each in turn.settings.organisation.feelings]


@options("regions")
def regions(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    """The regions of the person's country."""
    listed = turn.settings.organisation.regions
    return [
        Option(region.key, region.name(person.language))
        for region in listed
        if person.country in (None, region.country)
    ]


@options("lengths")
def lengths(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    """60 to 120 minutes in steps of 15 for peer counselling; also shorter for the other forms."""
    request = open_request(turn, person)
    return lengths_of(turn, person, COUNSELLING[0] if request is None else request.wish.get("form"))


def lengths_of(turn: Turn, person: Person, form: str | None) -> list[Option]:
    """The lengths (minutes) that a form of contact can have."""
    minutes = range(60, 121, 15) if form in COUNSELLING else (15, 30, 45, 60, 90, 120)
    return [Option(f"{each}", turn.plain(person, "engine.minutes", minutes=each)) for each in minutes]


def open_request(turn: Turn, person: Person) -> Request | None:
    return queries.first(turn.tx, Request, person_id=person.id, status=("waiting", "proposed"))


@prefills("intake")
def wished(turn: Turn, person: Person, subject: int | None) -> Mapping[str, Any] | None:
    """Somebody whose wish is open comes straight to the summary, where each answer can be changed.

    Nobody is asked for a wish that cannot be taken yet.
    """
    request = open_request(turn, person)
    if request is None:
        help_lines.refuse_until_confirmed(turn, person, Refusal)
        return None
    asked: dict[str, Any] = {"hope": None, "topics": [], "times": []}
    return {**asked, **{name: told for name, told in request.wish.items() if name in INTAKE}}


@facts("intake")
def intake_facts(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    return {"sent_before": open_request(turn, person) is not None}


@prefills("details")
def added(turn: Turn, person: Person, subject: int | None) -> Mapping[str, Any] | None:
    """As above, once something was added."""
    request = open_request(turn, person)
    told = {name: told for name, told in request.wish.items() if name in DETAILS} if request else {}
    return {**dict.fromkeys(DETAILS), **told} if told else None


@handles(RequestPeer)
def request_peer(turn: Turn, person: Person, command: RequestPeer) -> None:
    """Into the queue; an open request is changed, so that nobody stands in it twice."""
    before = open_request(turn, person)
    if before is None:
        help_lines.refuse_until_confirmed(turn, person, Unclear)
    person.name = command.called
    turn.tx.add(person)
    wish = {key: value for key, value in asdict(command).items() if value not in (None, [])}
    if before is not None:
        before.wish = {**_without(before.wish, INTAKE), **wish}
        turn.tx.add(before)
        return
    turn.tx.add(Request(person_id=person.id or 0, wish=wish, created_at=turn.now))
    tell_coordinators(turn, "queue.new", "queue", besides=person.id)


@handles(AddDetails)
def add_details(turn: Turn, person: Person, command: AddDetails) -> None:
    request = open_request(turn, person)
    if request is None:
        raise Refusal("details.no_request")
    told = {key: value for key, value in asdict(command).items() if value not in (None, [])}
    request.wish = {**_without(request.wish, DETAILS), **told}
    turn.tx.add(request)


@handles(WithdrawRequest)
def withdraw(turn: Turn, person: Person, command: WithdrawRequest) -> None:
    """Out of the queue, and what was told in it is removed; a peer who was asked hears that it is over."""
    proposals.withdraw_all(turn, person, "user")
    request = open_request(turn, person)
    if request is None:
        raise Refusal("details.no_request")
    request.status, request.closed_at, request.wish = "closed", turn.now, {}
    turn.tx.add(request)
    if (
        person.peer == "no"
        and not person.coordinator
        and not queries.matches_of(turn.tx, person.id or 0, "connected")
    ):
        person.name = None  # it was told for this
        turn.tx.add(person)
    conversing.forget(turn, person.id or 0, lambda row, _: row.dialog in ("intake", "details"))
    turn.audit(person, "request.withdrawn", about=person.id, subject=request.id)


def _without(wish: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What was told before, but for what is told anew."""
    return {name: told for name, told in wish.items() if name not in names}
