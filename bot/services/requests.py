"""Requests: a user's wish for a peer, from sending to the coordinators' queue."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.commands import AddDetails, RequestPeer
from bot.dialog import Option
from bot.services.registry import Refusal, handles, options
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Person, Request

COUNSELLING = ("individual", "group")


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


@handles(RequestPeer)
def request_peer(turn: Turn, person: Person, command: RequestPeer) -> None:
    """Into the queue; an open request is changed, so that nobody stands in it twice."""
    person.name = command.called
    turn.tx.add(person)
    wish = {key: value for key, value in asdict(command).items() if value not in (None, [])}
    before = open_request(turn, person)
    if before is not None:
        before.wish = {**before.wish, **wish}
        turn.tx.add(before)
        return
    turn.tx.add(Request(person_id=person.id or 0, wish=wish, created_at=turn.now))
    for coordinator in queries.rows(turn.tx, Person, coordinator=True):
        if coordinator.id != person.id:
            turn.say(coordinator, "queue.new", [[turn.offer(coordinator, "queue")]])


@handles(AddDetails)
def add_details(turn: Turn, person: Person, command: AddDetails) -> None:
    request = open_request(turn, person)
    if request is None:
        raise Refusal("details.no_request")
    told = {key: value for key, value in asdict(command).items() if value is not None}
    request.wish = {**request.wish, **told}
    turn.tx.add(request)
