"""What a person may ask for about their own data."""

from bot.services.turn import Turn
from bot.store.tables import Person


def choose(turn: Turn, person: Person) -> None:
    """See or delete what is held."""
    turn.say(person, "rights.choose", [[turn.offer(person, "my_data")], [turn.offer(person, "delete")]])
