"""Pausing: the open dialog keeps its place, and nothing but what the person asked for is sent."""

from bot.services import conversing
from bot.services.turn import Turn
from bot.store.tables import Person


def rest(turn: Turn, person: Person) -> None:
    """The person wants a break. Any message from them ends it."""
    speaking = conversing.active(turn, person)
    if speaking is not None:
        speaking.status = "paused"
        turn.tx.add(speaking)
    if person.status != "blocked":
        person.status = "paused"
    turn.tx.add(person)
    turn.say(person, "rest.begun")
