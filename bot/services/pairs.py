"""The two of a match, as seen from one of them."""

from bot.services.registry import owns
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Agreement, Match, Person


def get(turn: Turn, match_id: int) -> Match:
    """A match by id; raises LookupError."""
    match = turn.tx.get(Match, match_id)
    if match is None:
        raise LookupError(f"no match {match_id}")
    return match


@owns("match")
def is_one_of(turn: Turn, person: Person, match_id: int) -> bool:
    return belongs(turn.tx.get(Match, match_id), person)


def belongs(match: Match | None, person: Person) -> bool:
    """Whether a person is one of the two of a match that is going on."""
    return match is not None and match.status == "connected" and person.id in (match.user_id, match.peer_id)


def other(turn: Turn, match: Match, person: Person) -> Person:
    """The other of the two."""
    other_id = match.peer_id if person.id == match.user_id else match.user_id
    found = turn.tx.get(Person, other_id)
    if found is None:
        raise LookupError(f"no person {other_id}")
    return found


def both(turn: Turn, match: Match) -> tuple[Person, Person]:
    """The user and the peer."""
    people = (turn.tx.get(Person, match.user_id), turn.tx.get(Person, match.peer_id))
    if people[0] is None or people[1] is None:
        raise LookupError(f"match {match.id} has lost somebody")
    return people[0], people[1]


def agreement(turn: Turn, match: Match) -> Agreement | None:
    """What the two have agreed on, in its newest version."""
    return queries.first(turn.tx, Agreement, match_id=match.id, status="agreed")
