"""Who has looked at what about a person, and done what: kept without anybody's words, read in the chat."""

from collections.abc import Sequence

from bot.services import conversing
from bot.services.registry import action
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Audit, Person

SHOWN = 20
IN_CONFIDENCE = "message.reported"
"""What somebody else said in confidence stays theirs, also when they are gone."""


def may_be_seen(person: Person, action: str, actor_id: int | None) -> bool:
    """Whether an entry is for a person to read: all is, also of whoever has lost their role or is gone, but that."""
    return action != IN_CONFIDENCE or actor_id == person.id


def words(turn: Turn, person: Person, action: str) -> str:
    """What an entry says. All that was asked for and not given reads the same."""
    text_id = f"my_data.action.{'refused' if action.startswith('refused.') else action}"
    return turn.plain(person, text_id)


def about(turn: Turn, person: Person) -> Sequence[Audit]:
    """The newest entries about a person, or of what was refused to them, newest first."""
    found = queries.audited(turn.tx, person.id or 0, SHOWN * 2)
    return [each for each in found if may_be_seen(person, each.action, each.actor_id)][:SHOWN]


@action("trail")
def show(turn: Turn, person: Person, argument: str) -> None:
    """The newest entries in the chat; all of them are in the file."""
    lines = [(each.at, words(turn, person, each.action)) for each in about(turn, person)]
    turn.say(person, "trail.list", lines=lines)
    conversing.ask_again(turn, person)
