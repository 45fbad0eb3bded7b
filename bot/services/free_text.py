"""A message that answers no open question: what the person wants, as far as it is clear."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.services import (
    agenda,
    conversing,
    feedback,
    greeting,
    menus,
    requests,
    resting,
    rights,
    status,
    typed_time,
)
from bot.services.buttons import ActionData, Link, StartData
from bot.services.registry import action
from bot.services.standing_orders import begin
from bot.services.turn import Turn
from bot.store.tables import Conversation, Person
from bot.texts import Reader

if TYPE_CHECKING:  # the models load when they are needed
    from bot.language.understanding import Understanding

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

ASIDE = 300
"""Letters that a question or a wish amid a dialog has at most; what is longer is told."""

TELLING = 5
"""Words in which somebody tells something; fewer may be any answer."""

SMALL_TALK = ("greeting", "thanks", "other")

MEANT: dict[str, Callable[[Turn, Person], None]] = {
    "what_happens_next": status.of_request,
    "how_to_write": lambda turn, person: begin(turn, person, "message"),
}
"""Questions that, asked by somebody on the way to a peer or with one, are wishes."""

CLEAR = STARTS.keys() - {"request_peer"}
SURE, LIKELY = 0.5, 0.4
"""From which confidence a known question outweighs a clear wish for something else, and a call for help."""

OF_REQUEST = {"change_request": "intake", "withdraw_request": "withdraw"}
"""Those that start a dialog about a request that is open."""

SAYS: dict[str, Callable[[Turn, Person], None]] = {
    "next_session": agenda.show,
    "pause": resting.rest,
    "my_data": rights.choose,
    "ask_about": lambda turn, person: turn.say(person, "answers.write"),
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
    known = _known_wish(turn, person, text, understood)
    if known is not None:
        return known(turn, person)
    if _is_question(text, understood) and _explain(turn, person, text, understood.intent):
        return None
    if understood.intent == "ask_about":
        contact = [[turn.link(person, "answers.ask_coordinator", StartData("contact"))]]
        return turn.say(person, "answers.unknown", contact)
    if understood.intent == "other" and turn.tools.language.language(text) == "other":
        return menus.show(turn, person, "unclear")
    wishes = [intent for intent in understood.alternatives if intent not in SMALL_TALK]
    if person.peer == "approved" and understood.intent == "request_peer":
        wishes = wishes or ["request_peer", "coordinator"]  # for themselves, or one more to support
    if wishes and understood.intent not in SMALL_TALK:
        return _ask_back(turn, person, wishes)
    do(turn, person, understood.intent, text)


def first(turn: Turn, person: Person, text: str) -> None:
    """The first message of somebody new: a wish waits behind the welcome, a question is answered before it."""
    understood = turn.tools.language.understand(text)
    if not understood.alternatives and understood.intent in ("request_peer", "offer_support"):
        conversing.start(turn, person, STARTS[understood.intent])
        return menus.refresh(turn, person)
    if understood.intent == "ask_about":
        _explain(turn, person, text, understood.intent)
    greeting.begin(turn, person)


def is_aside(turn: Turn, person: Person, row: Conversation, text: str) -> bool:
    """Whether a text is no answer to the open question, but a question or a wish of its own; then it is met."""
    takes = conversing.takes(turn, person, row, text)
    if (takes and not conversing.may_ask(turn, row, text)) or len(text) > ASIDE:
        return False
    understood = turn.tools.language.understand(text, person.language)
    if _is_question(text, understood) and _explain(turn, person, text, understood.intent):
        conversing.ask_again(turn, person)
        return True
    if not takes and _is_told(turn, text, understood):
        turn.say(person, "smalltalk.thanks" if understood.intent == "thanks" else "engine.told")
        conversing.ask_again(turn, person)
        return True
    if takes or understood.alternatives or understood.intent in (*SMALL_TALK, "ask_about"):
        return False
    if row.dialog == conversing.CONSENT_DIALOG and understood.intent in STARTS:
        turn.say(person, "engine.first")
    do(turn, person, understood.intent, text)
    if understood.intent in SAYS:
        conversing.ask_again(turn, person)
    return True


def _is_told(turn: Turn, text: str, understood: "Understanding") -> bool:
    """Thanks, or something that somebody tells of themselves: met with a warm word before the question comes again."""
    if understood.intent == "thanks" and not understood.alternatives:
        return True
    tells = understood.intent == "other" and len(text.split()) >= TELLING and "?" not in text
    return tells and turn.tools.language.language(text) in ("sv", "da")


def _is_question(text: str, understood: "Understanding") -> bool:
    """Whether it may be a question about peer support or the service; a sure wish is none, though it has the mark."""
    if understood.alternatives:
        return "ask_about" in understood.alternatives or text.rstrip().endswith("?")
    return understood.intent in ("ask_about", "help")


def do(turn: Turn, person: Person, intent: str, text: str = "") -> None:
    """Start what belongs to an intent, with what the text says already: which meeting, and when instead."""
    if intent not in STARTS:
        return SAYS.get(intent, SAYS["other"])(turn, person)
    said = text if intent in TIMED and typed_time.proposes(text, turn.now, turn.reader(person)) else ""
    if intent == "check_text":
        said = _to_check(turn, person, text)
    begin(turn, person, STARTS[intent], said, _meeting_meant(turn, person, intent, text))


def _to_check(turn: Turn, person: Person, text: str) -> str:
    """What stands behind a colon, to be looked at ("does this sound all right: ..."); "" where nothing does."""
    quoted = text.partition(":")[2].strip(" \n\"'”“»«")
    wanted = feedback.of_peer(turn.tx, person)
    if not quoted or wanted is None:
        return ""
    turn.findings = feedback.found(turn.tools, quoted, wanted)
    return quoted


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


def _ask_back(turn: Turn, person: Person, intents: Sequence[str]) -> None:
    rows = [[turn.link(person, f"intent.{name}", ActionData("intent", name))] for name in intents[:3]]
    rows.append([turn.link(person, "intent.none", ActionData("intent", "other"))])
    turn.say(person, "intent", rows)


@action("intent")
def meant(turn: Turn, person: Person, argument: str) -> None:
    do(turn, person, argument if argument in STARTS or argument in SAYS else "other")


def _explain(turn: Turn, person: Person, text: str, intent: str) -> bool:
    """Answer a question about peer support from the source documents; False when there is no sure answer.

    Who asks for help is shown what there is to do, unless they ask whom they talk to.
    """
    found = turn.tools.language.faq(text, person.language)
    if found is None:
        return False
    if intent == "help" and (found.id != "bot_or_human" or found.confidence < LIKELY):
        return False
    turn.say(person, "answers.answer", answer=found.text, source=found.source)
    return True


def _known_wish(
    turn: Turn, person: Person, text: str, understood: "Understanding"
) -> Callable[[Turn, Person], None] | None:
    """What somebody on the way to a peer, or with one, asks for in words that the intents do not know."""
    if not status.is_under_way(turn, person):
        return None
    found = turn.tools.language.faq(text, person.language)
    is_clear = understood.intent in CLEAR and not understood.alternatives
    if found is None or (is_clear and found.confidence < SURE):
        return None
    if found.id in OF_REQUEST and requests.open_request(turn, person) is not None:
        return lambda turn, person: begin(turn, person, OF_REQUEST[found.id])
    return MEANT.get(found.id)


def offer_menu(turn: Turn, person: Person) -> None:
    menus.show(turn, person)
