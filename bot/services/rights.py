"""What a person may ask for about their own data: to see it, and to have it erased."""

from datetime import timedelta

from bot.commands import EndMatch, Erase
from bot.dialog import Dialog
from bot.services import conversing, endings, handing_over, my_data, pairs, proposals
from bot.services.access import has_consented
from bot.services.buttons import ActionData
from bot.services.registry import action, due, handles
from bot.services.turn import Turn
from bot.store import due as due_rows
from bot.store import forgetting, holdings, queries
from bot.store.erasures import Erasures
from bot.store.tables import Agreement, Conversation, Due, Match, Meeting, Person, Relay

KEEP_REFUSAL, SILENTLY = 1, 2
"""How somebody is erased, as the subject of what falls due: so that the chat and a no are kept (a consent that was
taken back), or without a word to somebody who has long been away and never said yes."""
SWEEP_AFTER = timedelta(minutes=10)
"""When the last message has surely left and its row, which names the chat, can go as well."""


def choose(turn: Turn, person: Person) -> None:
    """See or delete what is held."""
    see = turn.link(person, "offer.my_data", ActionData("my_data"))
    looked = turn.link(person, "offer.trail", ActionData("trail"))
    times = turn.link(person, "offer.kept", ActionData("kept"))
    correct = turn.link(person, "offer.correct", ActionData("correct"))
    rest = [[correct]] if has_consented(turn, person) else []
    rest += [[turn.offer(person, dialog)] for dialog in ("consents", "delete")]
    turn.say(person, "rights.choose", [[see], [looked], [times], *rest])


@action("my_data")
def show(turn: Turn, person: Person, argument: str) -> None:
    """Everything held, as one file."""
    page = my_data.page(turn, person).encode()
    turn.send_file(person, turn.plain(person, "my_data.file_name"), page, "my_data.caption")
    turn.audit(person, "data.shown", about=person.id)
    conversing.ask_again(turn, person)


@action("kept")
def times(turn: Turn, person: Person, argument: str) -> None:
    """How long each kind of data is kept."""
    kept = turn.settings.retention.model_dump()
    lines = [
        (turn.plain(person, f"kept.kind.{name}"), _span(turn, person, days)) for name, days in kept.items()
    ]
    turn.say(person, "kept.list", lines=lines)
    conversing.ask_again(turn, person)


def _span(turn: Turn, person: Person, days: int) -> str:
    """Days as people say it: days, months, years."""
    for unit, length in (("years", 365), ("months", 30)):
        if days > 30 and days % length == 0:
            return turn.plain(person, f"kept.{unit}", count=days // length)
    return turn.plain(person, "kept.days", count=days)


@handles(Erase)
def begin(turn: Turn, person: Person, command: Erase) -> None:
    plan_erasure(turn, person)


def plan_erasure(turn: Turn, person: Person, how: int | None = None) -> None:
    """Erase all at once, in a transaction of its own: this one still belongs to the person."""
    conversing.forget(turn, person.id or 0)
    due_rows.plan(turn.tx, f"erase:{person.id}:", "erase", turn.now, person_id=person.id, subject=how)


@due("erase")
def erase(turn: Turn, row: Due) -> None:
    """End what goes on with others, kindly; remove every trace; one last message."""
    person = turn.tx.get(Person, row.person_id)
    if person is None:
        return
    how = row.subject
    _take_back_words(turn, person)
    _part(turn, person)
    nobody = Person(
        chat_id=person.chat_id, language=person.language, country=person.country, created_at=turn.now
    )
    # The list comes first: somebody on it who is not erased yet will be, at the next try.
    Erasures(turn.settings.erased_file).add(person.chat_id, turn.now)
    holdings.erase(turn.tx, person)
    if how == KEEP_REFUSAL:
        turn.tx.add(nobody)
        turn.tx.flush()
        turn.audit(nobody, "consent.refused", about=nobody.id)
    if how != SILENTLY:
        turn.say(nobody, "rights.withdrawn" if how == KEEP_REFUSAL else "rights.erased")
    due_rows.plan(turn.tx, "sweep", "sweep", turn.now + SWEEP_AFTER)


def _take_back_words(turn: Turn, person: Person) -> None:
    """What the person wrote is not said any more to those to whom it is still on its way, their name included."""
    words = forgetting.words_of(turn.tx, person)
    forgetting.in_waiting(turn.tx, words, besides=person.chat_id)
    matches = queries.matches_of(turn.tx, person.id or 0, "connected", "ended")
    partners = [pairs.other(turn, match, person).chat_id for match in matches]
    coordinators = [each.chat_id for each in queries.rows(turn.tx, Person, coordinator=True)]
    forgetting.under_buttons(turn.tx, {*partners, *coordinators} - {person.chat_id})
    person.name = None


def _part(turn: Turn, person: Person) -> None:
    """Nothing that others wait for is left hanging on this person."""
    proposals.withdraw_all(turn, person)
    handing_over.leave(turn, person)
    for match in queries.matches_of(turn.tx, person.id or 0, "connected"):
        endings.end(turn, person, EndMatch(match.id or 0, "end"))
    matches = queries.matches_of(turn.tx, person.id or 0, "connected", "declined", "ended")
    for match in matches:
        _forget(turn, match)


def _forget(turn: Turn, match: Match) -> None:
    """What is planned or half said about a match goes with it, on the other's side too."""
    meetings = [row.id for row in queries.rows(turn.tx, Meeting, match_id=match.id)]
    relays = [row.id for row in queries.rows(turn.tx, Relay, match_id=match.id)]
    agreements = [row.id for row in queries.rows(turn.tx, Agreement, match_id=match.id)]
    due_rows.cancel(turn.tx, f"proposal:{match.id}:", subject=match.id)
    for meeting_id in meetings:
        due_rows.cancel(turn.tx, f"meeting:{meeting_id}:", subject=meeting_id)
    subjects = {
        "match": [match.id], "asked_match": [match.id], "offered_match": [match.id],
        "meeting": meetings, "open_meeting": meetings, "past_meeting": meetings, "series": meetings,
        "relay": relays, "agreement": agreements,
    }  # fmt: skip

    def is_about(row: Conversation, dialog: Dialog | None) -> bool:
        return dialog is not None and row.subject in subjects.get(dialog.subject or "", ())

    for person_id in (match.user_id, match.peer_id):
        conversing.forget(turn, person_id, is_about)
