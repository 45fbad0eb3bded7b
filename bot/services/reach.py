"""Whether somebody can still be written to: they have blocked the bot in Telegram, or come back."""

from datetime import datetime

from bot.services import duty
from bot.services.turn import Tools, Turn
from bot.store import Store, Transaction, outbox, queries
from bot.store.tables import Person


def follow(turn: Turn, person: Person, kind: str) -> None:
    """They have "left", or are there again, as any other update tells; a coordinator's block stays."""
    if kind == "left":
        lose(turn, person)
    elif person.status == "gone":
        person.status, person.seen_at = "active", turn.now
        turn.tx.add(person)


def lose(turn: Turn, person: Person) -> None:
    """Nothing more is sent to them until they come back. Who looks after their contacts hears it, once."""
    outbox.drop_chat(turn.tx, person.chat_id, turn.now)
    if person.status in ("gone", "blocked"):
        return
    person.status = "gone"
    turn.tx.add(person)
    for coordinator in _concerned(turn, person):
        turn.say(coordinator, "reach.lost", called=person.name)


def _concerned(turn: Turn, person: Person) -> list[Person]:
    """The coordinators of the person's open matches; where one of these cannot be told, all who can."""
    matches = queries.matches_of(turn.tx, person.id or 0, "asked_peer", "asked_user", "connected")
    there = [each for each in duty.reachable(turn, person.id) if each.status == "active"]
    ids = {match.coordinator_id for match in matches}
    return [each for each in there if each.id in ids] if ids <= {each.id for each in there} else there


def chat_is_lost(tools: Tools, store: Store, chat_id: int, since: datetime) -> None:
    """Telegram has refused a message, as the person has blocked the bot (or a group has put it out).

    `since`: when it was sent. Whoever has been here after that is back: what was refused is sent again.
    """

    def note(tx: Transaction) -> None:
        person, now = queries.person_by_chat(tx, chat_id), tools.clock.now()
        if person is None:
            return outbox.drop_chat(tx, chat_id, now)
        if person.status == "active" and person.seen_at is not None and person.seen_at > since:
            return None
        lose(Turn(tx, tools, now), person)

    store.serially(note)
