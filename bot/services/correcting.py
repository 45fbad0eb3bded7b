"""Putting right what was told: each answer is reached from one place, and asked again where it was asked first."""

from collections.abc import Mapping
from typing import Any

from bot.commands import ChangeTopic, PutRight, RewriteReflection
from bot.dialog import Option
from bot.services import conversing, meetings, pairs
from bot.services.buttons import ActionData, Link, StartData, number
from bot.services.peers import profile_of
from bot.services.registry import action, facts, handles, options, owns
from bot.services.requests import open_request
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Person, Reflection

PAGE = 5
"""So many meetings, and reflections, are offered at once."""


@action("correct")
def show(turn: Turn, person: Person, argument: str) -> None:
    """Everything that a person has told and can change, as buttons; `argument` is how many reflections came before."""
    before = number(argument)
    first = [] if before else [*_links(turn, person), *_topics(turn, person)]
    links = [*first, *_reflections(turn, person, before)]
    turn.say(person, "correct.which", [[link] for link in links])
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
    return links


def _topics(turn: Turn, person: Person) -> list[Link]:
    """What the meetings of open contacts are about, the latest ones."""
    every = queries.meetings_of(turn.tx, person.id or 0, "proposed", "booked", "held", "missed")
    told = [each for each in every if each.topic][-PAGE:]
    return [
        turn.link(
            person,
            "correct.link.topic",
            StartData("meeting_topic", each.id),
            at=each.starts_at or each.created_at,
        )
        for each in told
    ]


def _reflections(turn: Turn, person: Person, before: int) -> list[Link]:
    """A page of what was written after meetings, the newest first, and the way to the next page."""
    limit = before + PAGE + 1
    written = queries.rows(turn.tx, Reflection, person_id=person.id, newest_first=True, limit=limit)[before:]
    links = [_reflection(turn, person, each) for each in written[:PAGE]]
    if len(written) > PAGE:
        links.append(turn.link(person, "correct.link.older", ActionData("correct", f"{before + PAGE}")))
    return links


def _reflection(turn: Turn, person: Person, written: Reflection) -> Link:
    """Asked again as it was asked first, or only its words where the meeting is not kept any more."""
    meeting = written.meeting_id
    data = StartData("reflection", meeting) if meeting else StartData("old_reflection", written.id)
    return turn.link(person, "correct.link.reflection", data, at=written.created_at)


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


@handles(ChangeTopic)
def change_topic(turn: Turn, person: Person, command: ChangeTopic) -> None:
    """The other of the two sees the new line, as long as the meeting is ahead."""
    meeting = meetings.find(turn, command.subject)
    meeting.topic = command.topic
    turn.tx.add(meeting)
    if meeting.status in ("proposed", "booked"):
        other = pairs.other(turn, pairs.get(turn, meeting.match_id), person)
        turn.pass_on(person, other, "meetings.topic_changed", other=person.name, topic=command.topic)


@owns("reflection")
def has_written(turn: Turn, person: Person, reflection_id: int) -> bool:
    written = turn.tx.get(Reflection, reflection_id)
    return written is not None and written.person_id == person.id


@facts("old_reflection")
def as_written(turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    written = turn.tx.get(Reflection, subject or 0)
    words = (written.words if written else None) or {}
    return {"takeaway_now": words.get("takeaway"), "change_now": words.get("change")}


@handles(RewriteReflection)
def rewrite(turn: Turn, person: Person, command: RewriteReflection) -> None:
    written = turn.tx.get(Reflection, command.subject)
    if written is not None:
        written.words = {"takeaway": command.takeaway, "change": command.change}
        turn.tx.add(written)
