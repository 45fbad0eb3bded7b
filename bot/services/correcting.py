"""Putting right what was told: each answer is reached from one place, and asked again where it was asked first."""

from collections.abc import Mapping
from typing import Any

from bot.commands import PutRight
from bot.dialog import Option
from bot.services import conversing
from bot.services.buttons import Link, StartData
from bot.services.peers import profile_of
from bot.services.registry import action, facts, handles, options
from bot.services.requests import open_request
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Person, Reflection

REFLECTIONS = 5


@action("correct")
def show(turn: Turn, person: Person, argument: str) -> None:
    """Everything that a person has told and can change, as buttons."""
    turn.say(person, "correct.which", [[link] for link in _links(turn, person)])
    conversing.ask_again(turn, person)


def _links(turn: Turn, person: Person) -> list[Link]:
    found = ["correct"]
    if open_request(turn, person) is not None:
        found += ["intake", "details"]
    if profile_of(turn, person.id) is not None and person.peer in ("invited", "waiting", "approved"):
        found.append("peer_welcome")
    links = [turn.link(person, f"correct.link.{dialog}", StartData(dialog)) for dialog in found]
    for match in queries.matches_of(turn.tx, person.id or 0, "connected"):
        links.append(turn.link(person, "correct.link.agreement", StartData("agreement", match.id)))
    written = queries.rows(turn.tx, Reflection, person_id=person.id, newest_first=True, limit=REFLECTIONS)
    for each in written:
        if each.meeting_id is not None:
            data = StartData("reflection", each.meeting_id)
            links.append(turn.link(person, "correct.link.reflection", data, at=each.created_at))
    return links


@options("what_to_correct")
def what(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    country = ("country",) if len(turn.settings.organisation.countries) > 1 else ()
    keys = ("called", *country, *(("of_age",) if person.minor else ()), "leave")
    return [Option(key, turn.plain(person, f"correct.what.{key}")) for key in keys]


@facts("correct")
def as_it_is(turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    country = turn.plain(person, f"country.{person.country}") if person.country else None
    return {"called_now": person.name, "country_now": country, "minor": person.minor}


@handles(PutRight)
def put_right(turn: Turn, person: Person, command: PutRight) -> None:
    """A name also where it stands in a wish and in a presentation."""
    if command.what == "called" and command.called:
        person.name = command.called
        request, profile = open_request(turn, person), profile_of(turn, person.id)
        if request is not None:
            request.wish = {**request.wish, "called": command.called}
            turn.tx.add(request)
        if profile is not None:
            profile.profile = {**profile.profile, "called": command.called}
            turn.tx.add(profile)
    elif command.what == "country" and command.country:
        person.country = command.country
    elif command.what == "of_age":
        person.minor, person.of_age = False, True
    turn.tx.add(person)
