"""Tells coordinators when reminders run late or messages do not get away: at most once an hour."""

from datetime import datetime, timedelta

from bot.services.registry import due
from bot.services.turn import Turn
from bot.store import depths, queries
from bot.store import due as due_rows
from bot.store.depths import Waiting
from bot.store.tables import Due, Person

KEY = "watch"
LOOK = timedelta(minutes=5)
AFTER_ALERT = timedelta(hours=1)
LATE = timedelta(minutes=5)
STUCK = timedelta(minutes=10)


def ensure(turn: Turn) -> None:
    """Plan the first look, unless one is planned."""
    if queries.first(turn.tx, Due, key=KEY, status="planned") is None:
        _plan(turn, LOOK)


def _plan(turn: Turn, pause: timedelta) -> None:
    due_rows.plan(turn.tx, KEY, "watch", turn.now + pause)


@due("watch")
def look(turn: Turn, row: Due) -> None:
    """Look once; after an alert the next look, and so the next alert, is an hour away.

    What counts is the time for which the look was planned: after an outage everything due before it has had its
    turn by now, so that only what fails again and again is told.
    """
    wrong = problems(turn, row.due_at)
    for person in queries.rows(turn.tx, Person, coordinator=True, status="active") if wrong else ():
        for name, waiting in wrong.items():
            turn.say(person, f"watch.{name}", urgent=True, count=waiting.count, since=waiting.since)
    _plan(turn, AFTER_ALERT if wrong else LOOK)


def problems(turn: Turn, at: datetime) -> dict[str, Waiting]:
    """What was wrong at that time and still is: "late" reminders, "stuck" messages."""
    found = {
        "late": depths.overdue(turn.tx, at - LATE, "reminder"),
        "stuck": depths.messages(turn.tx, before=at - STUCK),
    }
    return {name: waiting for name, waiting in found.items() if waiting.count}
