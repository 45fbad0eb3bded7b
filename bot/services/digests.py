"""The coordinator's summary: what needs somebody, and how it goes. Counts only, never anybody's words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from bot import crisis_lines
from bot.services import handing_over, help_lines
from bot.services.buttons import ActionData, Link, StartData
from bot.services.registry import due
from bot.services.reminders import quiet_hours
from bot.services.turn import Turn
from bot.store import due as due_rows
from bot.store import queries
from bot.store.tables import Alert, Due, Match, Person, Request
from bot.times import next_local, outside_quiet

PERIOD = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "off": timedelta(days=7)}
"""How far back a digest looks, by its rhythm."""
AHEAD = timedelta(days=7)

Button = StartData | ActionData


@dataclass(frozen=True)
class Line:
    """One line of a digest, "digest.<name>", with the button to act on it, "digest.act.<name>"."""

    name: str
    args: dict[str, Any] = field(default_factory=dict)
    button: Button | None = None


# When


def rhythm(turn: Turn, person: Person) -> str:
    """daily, weekly or off: the coordinator's own choice, or the organisation's."""
    return person.digest or turn.settings.digest.rhythm


def plan_for(turn: Turn, person: Person) -> None:
    """Plan a coordinator's next digest at their local hour; forget it for everybody else."""
    if not person.coordinator or rhythm(turn, person) == "off":
        return due_rows.cancel(turn.tx, _key(person), person_id=person.id)
    settings, zone = turn.settings.digest, turn.zone(person)
    weekday = settings.weekday if rhythm(turn, person) == "weekly" else None
    at = next_local(time(settings.hour), zone, turn.now, weekday)
    held = outside_quiet(at, quiet_hours(turn, person), zone, at + timedelta(days=1))
    due_rows.plan(turn.tx, _key(person), "digest", held, person_id=person.id)


def plan_missing(turn: Turn) -> None:
    """Plan the digest of every coordinator who has none planned."""
    for person in queries.rows(turn.tx, Person, coordinator=True):
        if queries.first(turn.tx, Due, key=_key(person), status="planned") is None:
            plan_for(turn, person)


def _key(person: Person) -> str:
    return f"digest:{person.id}:"


@due("digest")
def carry_out(turn: Turn, row: Due) -> None:
    """Send it and plan the next; whoever rests, or cannot be reached, gets the next one."""
    person = turn.tx.get(Person, row.person_id)
    if person is None:
        return
    if person.coordinator and person.status == "active" and rhythm(turn, person) != "off":
        send(turn, person)
    plan_for(turn, person)


# What


def show(turn: Turn, person: Person) -> None:
    """The digest at once, for a coordinator who asks."""
    if not person.coordinator:
        turn.audit(person, "refused.digest")
        return turn.say(person, "refused.role")
    send(turn, person)


def send(turn: Turn, person: Person) -> None:
    """What needs somebody comes first, then how it goes, then the buttons."""
    needs = [line for find in NEEDS for line in find(turn)]
    lines = [*needs, *_standing(turn, turn.now - PERIOD[rhythm(turn, person)])]
    told = [turn.html(person, f"digest.{line.name}", **line.args) for line in lines]
    head = turn.html(person, "digest.title", now=turn.now)
    nothing = [] if needs else [turn.html(person, "digest.nothing")]
    html = "\n".join([head, *nothing, *(f"• {each}" for each in told)])
    turn.send(person, html, [[button] for button in _buttons(turn, person, lines)])


def _buttons(turn: Turn, person: Person, lines: list[Line]) -> list[Link]:
    """A button for each thing to do, once."""
    acts: dict[Button, str] = {}
    for line in lines:
        if line.button is not None and _exists(turn, line.button):
            acts.setdefault(line.button, line.name)
    return [turn.link(person, f"digest.act.{name}", button) for button, name in acts.items()]


def _exists(turn: Turn, button: Button) -> bool:
    return isinstance(button, ActionData) or button.dialog in turn.tools.dialogs


def _days(turn: Turn, since: datetime) -> int:
    return (turn.now - since).days


def _alerts(turn: Turn) -> Iterator[Line]:
    """Somebody in danger whom nobody has taken on yet comes before all else."""
    told = queries.rows(turn.tx, Alert, status="told")
    if told:
        yield Line("alerts", {"count": len(told)}, ActionData("seen", f"{told[0].id}"))


def _waiting(turn: Turn) -> Iterator[Line]:
    count, since = queries.tally(turn.tx, Request.created_at, Request.status == "waiting")
    if since is not None:
        yield Line("waiting", {"count": count, "days": _days(turn, since)}, StartData("queue"))


def _proposals(turn: Turn) -> Iterator[Line]:
    is_asked = Match.status.in_(("asked_peer", "asked_user"))  # type: ignore[attr-defined]
    count, since = queries.tally(turn.tx, Match.proposed_at, is_asked)
    if since is not None:
        yield Line("proposals", {"count": count, "days": _days(turn, since)}, StartData("peers"))


def _notes(turn: Turn) -> Iterator[Line]:
    notes = queries.open_notes(turn.tx)
    if notes:
        days = _days(turn, notes[0].created_at)
        yield Line("notes", {"count": len(notes), "days": days}, StartData("notes"))


def _peers(turn: Turn) -> Iterator[Line]:
    """Who waits for a yes, carries much, or has not been asked for long how it goes."""
    figures, limit = _figures(turn), turn.settings.digest.load_limit
    counts = {
        "new_peers": len(queries.peers(turn.tx, "waiting")), "load": figures.load, "follow_up": figures.follow_up,
    }  # fmt: skip
    keys = {"new_peers": "waiting", "follow_up": "follow_up"}
    for name, count in counts.items():
        if count:
            button = StartData("peers", key=keys.get(name, ""))
            yield Line(name, {"count": count, "limit": limit}, button)


def _figures(turn: Turn) -> queries.PeerFigures:
    digest = turn.settings.digest
    return queries.peer_figures(turn.tx, digest.load_limit, turn.now - timedelta(days=digest.follow_up_days))


def _gone(turn: Turn) -> Iterator[Line]:
    count = queries.matches_with_gone(turn.tx)
    if count:
        yield Line("gone", {"count": count}, StartData("peers"))


def _lines_of_help(turn: Turn) -> Iterator[Line]:
    """A list that nobody has confirmed keeps everybody waiting; numbers that want checking again."""
    confirmed = help_lines.confirmed_on(turn)
    if confirmed is None:
        yield Line("unconfirmed", {}, ActionData("lines"))
    names = crisis_lines.stale(turn.settings.organisation.countries, turn.now.date(), confirmed)
    if names:
        yield Line("lines", {"names": [line.name for line in names]}, ActionData("lines"))


NEEDS: tuple[Callable[[Turn], Iterator[Line]], ...] = (
    _alerts,
    _waiting,
    _proposals,
    _notes,
    _peers,
    _gone,
    _lines_of_help,
)
"""What may need a coordinator, the most pressing first."""


def _standing(turn: Turn, since: datetime) -> Iterator[Line]:
    """How it goes: alerts in somebody's hands, meetings behind and ahead, and room for more."""
    taken = handing_over.in_hand(turn)
    if taken:
        yield Line("in_hand", {"count": len(taken)}, ActionData("in_hand"))
    past = queries.meetings_by_status(turn.tx, since, turn.now)
    coming = queries.meetings_by_status(turn.tx, turn.now, turn.now + AHEAD)
    told = {"held": past.get("held", 0), "missed": past.get("missed", 0), "coming": coming.get("booked", 0)}
    yield Line("meetings", told)
    figures = _figures(turn)
    if figures.room:
        yield Line("room", {"count": figures.room, "places": figures.places}, StartData("peers", key="room"))
