"""A message outside every dialog: what the person wants, as far as it is clear."""

from collections.abc import Callable

from bot.services import agenda, menus, resting, rights, typed_time
from bot.services.buttons import ActionData, Link, StartData
from bot.services.registry import action
from bot.services.standing_orders import begin
from bot.services.turn import Turn
from bot.store.tables import Person
from bot.texts import Reader

STARTS = {
    "request_peer": "intake",
    "offer_support": "offer_support",
    "book_session": "propose_times",
    "reschedule_session": "move_meeting",
    "cancel_session": "cancel_meeting",
    "reflect": "reflection",
    "check_text": "check_text",
    "coordinator": "contact",
    "change_language": "language",
}

TIMED = ("book_session", "reschedule_session")
"""Intents whose dialogs begin by asking for a time."""

SAYS: dict[str, Callable[[Turn, Person], None]] = {
    "next_session": agenda.show,
    "pause": resting.rest,
    "my_data": rights.choose,
    "help": lambda turn, person: menus.show(turn, person, "help"),
    "greeting": lambda turn, person: menus.show(turn, person, "greeting"),
    "thanks": lambda turn, person: turn.say(person, "smalltalk.thanks"),
    "other": lambda turn, person: menus.show(turn, person, "smalltalk"),
}


def answer(turn: Turn, person: Person, text: str) -> None:
    """Do what a free text asks for, or ask what it means."""
    understood = turn.tools.language.understand(text, _known(person))
    if not person.language_chosen and understood.language in ("sv", "da"):
        _notice_language(turn, person, understood.language, understood.language_confidence)
    if understood.intent == "ask_about":
        return _explain(turn, person, text)
    if understood.alternatives and understood.intent != "other":
        return _ask_back(turn, person, understood.alternatives)
    do(turn, person, understood.intent, text)


def do(turn: Turn, person: Person, intent: str, text: str = "") -> None:
    """Start what belongs to an intent, with what the text says already: which meeting, and when instead."""
    if intent not in STARTS:
        return SAYS.get(intent, SAYS["other"])(turn, person)
    said = text if intent in TIMED and typed_time.proposes(text, turn.now, turn.reader(person)) else ""
    begin(turn, person, STARTS[intent], said, _meeting_meant(turn, person, intent, text))


def _meeting_meant(turn: Turn, person: Person, intent: str, text: str) -> int | None:
    """The coming meeting on a day that the text names as the one to move or cancel, when there is just one."""
    if intent not in ("reschedule_session", "cancel_session"):
        return None
    days = typed_time.days_named(text, turn.now, turn.reader(person), moved=intent == "reschedule_session")
    zone = turn.zone(person)
    named = [
        each
        for each in agenda.of_person(turn, person)
        if each.starts_at and each.starts_at.astimezone(zone).date() in days
    ]
    return named[0].id if len(named) == 1 else None


def _known(person: Person) -> str | None:
    return person.language if person.language_chosen else None


def _notice_language(turn: Turn, person: Person, language: str, confidence: float) -> None:
    """Somebody keeps writing in the other language: offer it, never decide it for them."""
    if language != person.language and confidence >= 0.9:
        reader = Reader(language, turn.zone(person))
        label = turn.tools.texts.plain(f"language.to_{language}", reader)
        row = [Link(label, str(ActionData("language", language)))]
        turn.send(person, turn.tools.texts.html("language.noticed", reader), [row])


def _ask_back(turn: Turn, person: Person, intents: tuple[str, ...]) -> None:
    rows = [[turn.link(person, f"intent.{name}", ActionData("intent", name))] for name in intents[:3]]
    rows.append([turn.link(person, "intent.none", ActionData("intent", "other"))])
    turn.say(person, "intent", rows)


@action("intent")
def meant(turn: Turn, person: Person, argument: str) -> None:
    do(turn, person, argument if argument in STARTS or argument in SAYS else "other")


def _explain(turn: Turn, person: Person, text: str) -> None:
    """A question about peer support: answered from the source documents, or passed on."""
    found = turn.tools.language.faq(text, person.language)
    if found is None:
        contact = [[turn.link(person, "answers.ask_coordinator", StartData("contact"))]]
        return turn.say(person, "answers.unknown", contact)
    turn.say(person, "answers.answer", answer=found.text, source=found.source)


def offer_menu(turn: Turn, person: Person) -> None:
    menus.show(turn, person)
