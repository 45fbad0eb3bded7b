"""What one incoming message causes: analysed first, then handled in one transaction."""

import logging
import traceback
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.dialog import Other, Pressed, Typed
from bot.services import (
    alert_talk,
    conversing,
    crisis,
    feedback,
    free_text,
    greeting,
    invitations,
    reach,
    standing_orders,
)
from bot.services.ahead import Ahead, NotYet
from bot.services.buttons import ActionData, AnswerData, StartData, parse
from bot.services.event import Event
from bot.services.registry import ACTIONS
from bot.services.turn import Tools, Turn
from bot.services.words import find
from bot.store import Store, StoreError, Transaction, inbox, outbox, queries
from bot.store.tables import Conversation, Inbox, Person

log = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
UNREADABLE = ("photo", "voice", "sticker", "location", "file", "contact", "edited", "forwarded", "other")


@dataclass(frozen=True)
class Analysis:
    """What was found in the text, outside of any transaction."""

    crisis: str = "none"
    met: str = ""
    """What else it speaks of: "bereaved" (by suicide) or "past" (a crisis that is over)."""
    findings: tuple[dict[str, Any], ...] = ()


def handle(tools: Tools, store: Store, update: inbox.Waiting) -> None:
    """Handle an update that was taken, once. What fails is tried again, and in the end set aside with a kind word.

    Log lines name the update's id and the kind of error, never what was written. Raises StoreError when the
    database cannot be used: that is not the update's fault, and counts as no attempt.
    """
    event = Event.from_json(update.content)
    try:
        analysis = _analyse(tools, store, event)
        _answer_once(tools, store, event, analysis)
    except StoreError:
        raise
    except Exception as error:
        log.error("update %s failed: %s", update.update_id, trail(error))
        store.serially(lambda tx: _failed(tools, tx, event, update.attempts + 1))


def _answer_once(tools: Tools, store: Store, event: Event, analysis: Analysis) -> None:
    """In one transaction; where it turns out to need more of the text, that is found out first and it begins anew."""
    ahead = Ahead(tools.language)
    within = replace(tools, language=ahead)
    while True:
        try:
            return store.serially(lambda tx: _respond_once(within, tx, event, analysis))
        except NotYet as wanted:
            ahead.learn(wanted)


def _respond_once(tools: Tools, tx: Transaction, event: Event, analysis: Analysis) -> None:
    """All that a message causes, unless it was done already."""
    now = tools.clock.now()
    if inbox.settle(tx, event.update_id, now):
        respond(Turn(tx, tools, now, analysis.findings), event, analysis)


def trail(error: Exception) -> str:
    """What kind of error, and the lines of code it came through: never a value, which could be somebody's words."""
    return type(error).__name__ + "\n" + "".join(traceback.format_tb(error.__traceback__))


def _failed(tools: Tools, tx: Transaction, event: Event, attempts: int) -> None:
    row = tx.get(Inbox, event.update_id)
    if row is None or row.handled_at is not None:
        return
    row.attempts, row.held_until = attempts, None
    tx.add(row)
    if attempts < inbox.MAX_ATTEMPTS:
        return
    inbox.settle(tx, event.update_id, tools.clock.now(), failed=True)
    person = queries.person_by_chat(tx, event.chat_id)
    if person is not None:
        Turn(tx, tools, tools.clock.now()).say(person, "engine.failed")


def _analyse(tools: Tools, store: Store, event: Event) -> Analysis:
    opens_link = event.text.startswith("/start ") and invitations.is_code(event.text.removeprefix("/start "))
    if not event.text or opens_link:
        return Analysis()
    level = tools.language.crisis(event.text)
    met, rest = tools.language.met(event.text)
    if met and level == "acute" and tools.language.crisis(rest) == "none":
        level = "unclear"  # all that sounded like danger was said of somebody else, or of long ago
    with store.look() as tx:
        wanted = feedback.wanted(tools, tx, event)
    if wanted is None or level == "acute":
        return Analysis(level, met)
    return Analysis(level, met, feedback.found(tools, event.text, wanted))


def respond(turn: Turn, event: Event, analysis: Analysis) -> None:
    """Decide what a message is and pass it on. The order is the order of importance.

    Unclear words in a dialog get the gentle question, and are still taken as an answer where they can be one.
    """
    if event.kind == "group":
        return _leave(turn, event)
    person = queries.person_by_chat(turn.tx, event.chat_id)
    is_new = person is None
    if person is None:
        person = greeting.make(turn, event)
    reach.follow(turn, person, event.kind)
    if event.kind in ("left", "back"):
        return None
    person.seen_at = turn.now
    turn.tx.add(person)
    excess = _excess(turn, event)
    if event.kind == "button" and not excess:
        _toast(turn, event)
    if _is_written(event) and alert_talk.is_helping(turn, person):
        analysis = Analysis()  # it speaks of the other's danger, and is theirs to read
    if analysis.crisis != "none" and _is_danger(turn, person, event, analysis, is_new=is_new):
        return None
    if excess:
        return turn.say(person, "engine.slow") if excess == 1 else None
    if analysis.met and analysis.crisis == "none":
        in_dialog = not is_new and conversing.active(turn, person) is not None
        crisis.meet(turn, person, event, analysis.met, in_dialog=in_dialog)
        if not in_dialog:
            return None
    _pass_on(turn, person, event, is_new=is_new)


def _is_written(event: Event) -> bool:
    return event.kind == "text" and not event.text.startswith("/")


def _is_danger(turn: Turn, person: Person, event: Event, analysis: Analysis, *, is_new: bool) -> bool:
    """Answer what sounds like danger; gives whether that is all there is to do with the message.

    What goes to the coordinator who took the alert on gets there. While they are there, the bot keeps to one line.
    """
    reached, acute = _is_written(event) and alert_talk.is_reached(turn, person), analysis.crisis == "acute"
    if reached and alert_talk.is_heard(turn, person):
        if acute:
            turn.say(person, "alert_talk.heard", urgent=True)
        return False
    crisis.answer(turn, person, event, analysis.crisis, analysis.met)
    speaking = None if is_new else conversing.active(turn, person)
    if speaking is None:
        return True
    return not reached and (acute or not conversing.takes(turn, person, speaking, event.text))


def _excess(turn: Turn, event: Event) -> int:
    """By how much a person has sent more in a minute than can be answered; 0 while they keep the pace.

    What somebody chooses in a crisis is never too much.
    """
    pressed = parse(event.data)
    if isinstance(pressed, ActionData) and pressed.action in crisis.CHOICES:
        return 0
    limit = turn.settings.telegram.per_person_minute
    return max(0, inbox.count_until(turn.tx, event.update_id, event.chat_id, turn.now - MINUTE) - limit)


def _pass_on(turn: Turn, person: Person, event: Event, *, is_new: bool) -> None:
    """To the command, the button, the open question or the free text that it is."""
    if person.status == "paused":
        person.status = "active"
    if event.kind == "text" and event.text.startswith("/"):
        return _command(turn, person, event, is_new=is_new)
    if is_new:
        return free_text.first(turn, person, event.text)
    if event.kind == "button":
        return _button(turn, person, event)
    if event.kind in UNREADABLE:
        return _unreadable(turn, person, event.kind)
    speaking = conversing.active(turn, person)
    if speaking is None:
        return free_text.answer(turn, person, event.text)
    to_human = alert_talk.is_reached(turn, person)
    if to_human or not free_text.is_aside(turn, person, speaking, event.text):
        conversing.move(turn, person, speaking, Typed(event.text))


def _leave(turn: Turn, event: Event) -> None:
    """In a group the bot says one line and leaves: what is shared here is for two."""
    language = "da" if event.language_code.startswith("da") else "sv"
    nobody = Person(chat_id=event.chat_id, language=language, created_at=turn.now)
    turn.say(nobody, "engine.group")
    outbox.put(turn.tx, event.chat_id, "leave", {}, turn.now)


def _toast(turn: Turn, event: Event) -> None:
    turn.pressed = event.message_id
    outbox.put(turn.tx, event.chat_id, "toast", {"callback_id": event.callback_id}, turn.now)


def _command(turn: Turn, person: Person, event: Event, *, is_new: bool) -> None:
    command, rest = find(event.text)
    if is_new and (command is None or command.name not in ("start", "help")):
        return greeting.begin(turn, person)
    standing_orders.obey(turn, person, command, rest)


def _button(turn: Turn, person: Person, event: Event) -> None:
    match parse(event.data):
        case ActionData(name, argument) if name in ACTIONS:
            ACTIONS[name](turn, person, argument)
        case StartData() as begun:
            _start(turn, person, begun, event.about)
        case AnswerData(conversation, state, key):
            _answer(turn, person, conversation, Pressed(state, key))
        case _:
            turn.audit(person, "refused.button")
            turn.say(person, "engine.stale")
            conversing.ask_again(turn, person)


def _start(turn: Turn, person: Person, begun: StartData, about: str) -> None:
    """A button that starts a dialog, perhaps with its first answer, or about the message that it stood under."""
    declared = turn.tools.dialogs.get(begun.dialog)
    if declared and declared.subject is not None and begun.subject is None:
        return standing_orders.begin(turn, person, begun.dialog)
    answers = {declared.first: begun.key} if declared and begun.key else {}
    if declared and "about" in declared.given:
        answers["about"] = about
    conversing.start(turn, person, begun.dialog, begun.subject, answers or None)


def _answer(turn: Turn, person: Person, conversation: int, pressed: Pressed) -> None:
    row = turn.tx.get(Conversation, conversation)
    if row is None or row.person_id != person.id:
        turn.audit(person, "refused.conversation", subject=conversation)
        turn.say(person, "engine.stale")
        return conversing.ask_again(turn, person)
    if row.status == "ended":
        turn.say(person, "engine.stale")
        conversing.resume(turn, person)
        return
    if row.status != "active":
        conversing.take_up(turn, person, row)
    conversing.move(turn, person, row, pressed)


def _unreadable(turn: Turn, person: Person, kind: str) -> None:
    speaking = conversing.active(turn, person)
    if speaking is not None:
        return conversing.move(turn, person, speaking, Other(kind))
    turn.say(person, f"engine.other.{kind}")
    free_text.offer_menu(turn, person)
