"""Conversations in the database: begun, moved on by the engine, put aside and taken up again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialog import Begin, Choose, Dialog, Incoming, Option, Pressed, Resume, Say, Write, adapted, step
from bot.dialog import Conversation as Standing
from bot.dialog.conversation import Button, Misread, Ticked, Typed
from bot.dialog.engine import GIVEN
from bot.services import typed_time, typed_week
from bot.services.access import may_start
from bot.services.buttons import AnswerData, Link, StartData
from bot.services.registry import FACTS, HANDLERS, OPTIONS, PREFILLED, Refusal, Unclear
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Conversation, Person
from bot.texts import short_day, show_moment

CONSENT_DIALOG = "welcome"
READERS = {"week": typed_week.read}
"""What own words may be about, and who reads them."""
NOT_AN_ANSWER = ("engine.choose", "engine.when.not_understood")
SHORT = 60
"""Where no more letters than these are asked for (a name, a place), a question is hardly the answer."""


@dataclass
class Surroundings:
    """The engine's `World` for one person in one conversation."""

    turn: Turn
    person: Person
    subject: int | None
    now: datetime = field(init=False)
    zone: ZoneInfo = field(init=False)
    findings: Sequence[Mapping[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.now, self.zone, self.findings = self.turn.now, self.turn.zone(self.person), self.turn.findings

    def options(self, name: str, answers: Mapping[str, Any]) -> Sequence[Option]:
        return OPTIONS[name](self.turn, self.person, answers, self.subject)

    def label(self, text_id: str) -> str:
        return self.turn.plain(self.person, text_id)

    def moment(self, text: str) -> datetime | Misread:
        return typed_time.read(text, self.now, self.turn.reader(self.person))

    def read(self, about: str, text: str, ticked: Collection[str]) -> Ticked | None:
        return READERS[about](text, self.person.language, ticked)

    def show(self, moment: datetime) -> str:
        return show_moment(moment, self.turn.reader(self.person))

    def day(self, moment: datetime) -> str:
        return short_day(moment, self.turn.reader(self.person))


def active(turn: Turn, person: Person) -> Conversation | None:
    """The conversation that the person's next message belongs to."""
    open_ones = queries.open_conversations(turn.tx, person.id or 0)
    return next((each for each in open_ones if each.status == "active"), None)


def start(
    turn: Turn,
    person: Person,
    name: str,
    subject: int | None = None,
    answers: Mapping[str, Any] | None = None,
    said: str = "",
) -> None:
    """Begin a dialog, or go on with it where it was; without the right to it a kind refusal.

    `said` is taken as the answer to its first question.
    """
    dialog = turn.tools.dialogs.get(name)
    reason = "unknown" if dialog is None else may_start(turn, person, dialog, subject)
    if dialog is None or reason == "unknown":
        return _refuse(turn, person, "button", None, "engine.stale")
    if reason == "consent":
        _put_aside(turn, person)
        if _unfinished(turn, person, name, subject) is None:
            _new(turn, person, dialog, subject, None, status="waiting")
        return start(turn, person, CONSENT_DIALOG)
    if reason is not None:
        return _refuse(turn, person, name, subject, f"refused.{reason}")
    if not _is_offered(turn, person, dialog, subject, answers or {}):
        return _refuse(turn, person, name, subject, "engine.stale")
    before = _unfinished(turn, person, name, subject)
    try:
        known = answers or _known(turn, person, name, subject)
    except Refusal as refusal:
        if before is not None:
            before.status = "ended"
        return _cannot(turn, person, refusal.text_id, **refusal.args_for_text)
    _put_aside(turn, person)
    if before is not None and not answers and not said:
        before.status = "active"
        return move(turn, person, before, Resume())
    if before is not None:
        before.status = "ended"
    row = _new(turn, person, dialog, subject, known, status="active")
    move(turn, person, row, Typed(said) if said else Begin())


def takes(turn: Turn, person: Person, row: Conversation, text: str) -> bool:
    """Whether the open question can take a text as its answer."""
    dialog = turn.tools.dialogs.get(row.dialog)
    if dialog is None or row.state not in dialog.states:
        return True
    try:
        taken = step(dialog, _standing(row), Typed(text), Surroundings(turn, person, row.subject))
    except (Refusal, Unclear):
        return True
    return not taken.outgoing or taken.outgoing[0].text_id not in NOT_AN_ANSWER


def may_ask(turn: Turn, row: Conversation, text: str) -> bool:
    """Whether a text looks like a question where a choice or a few words are asked for, so not like an answer."""
    dialog = turn.tools.dialogs.get(row.dialog)
    state = dialog.states.get(row.state) if dialog else None
    brief = isinstance(state, Choose) or (isinstance(state, Write) and state.limit <= SHORT)
    return brief and text.rstrip().endswith("?")


def _refuse(turn: Turn, person: Person, what: str, subject: int | None, text_id: str) -> None:
    """Nothing begins, and it is noted that somebody asked for what is not theirs."""
    turn.audit(person, f"refused.{what}", subject=subject)
    _cannot(turn, person, text_id)


def _is_offered(
    turn: Turn, person: Person, dialog: Dialog, subject: int | None, answers: Mapping[str, Any]
) -> bool:
    """Whether a first answer that came with a button is one that the first question has."""
    first = dialog[dialog.first]
    if first.name not in answers:
        return True
    if not isinstance(first, Choose):
        return False
    if isinstance(first.options, tuple):
        return answers[first.name] in first.options
    offered = OPTIONS[first.options.name](turn, person, answers, subject)
    return answers[first.name] in [option.key for option in offered]


def _cannot(turn: Turn, person: Person, text_id: str, **args: Any) -> None:
    """Say why nothing begins; what is open goes on."""
    turn.say(person, text_id, **args)
    ask_again(turn, person)


def ask_again(turn: Turn, person: Person) -> None:
    """Ask the open question again, after an answer that came in between. Nothing is open: nothing is asked."""
    row = active(turn, person)
    if row is not None:
        move(turn, person, row, Resume())


def _known(turn: Turn, person: Person, name: str, subject: int | None) -> Mapping[str, Any] | None:
    return PREFILLED[name](turn, person, subject) if name in PREFILLED else None


def _new(
    turn: Turn,
    person: Person,
    dialog: Dialog,
    subject: int | None,
    answers: Mapping[str, Any] | None,
    *,
    status: str,
) -> Conversation:
    known = dict(answers or {})
    memory = {"answers": {**known, **({GIVEN: list(known)} if known else {})}}
    row = Conversation(
        person_id=person.id or 0,
        dialog=dialog.name,
        version=dialog.version,
        state=dialog.first,
        memory=memory,
        subject=subject,
        status=status,
        begun_at=turn.now,
        moved_at=turn.now,
    )
    turn.tx.add(row)
    turn.tx.flush()
    return row


def _unfinished(turn: Turn, person: Person, name: str, subject: int | None) -> Conversation | None:
    open_ones = queries.open_conversations(turn.tx, person.id or 0)
    return next((each for each in open_ones if each.dialog == name and each.subject == subject), None)


def _put_aside(turn: Turn, person: Person) -> None:
    speaking = active(turn, person)
    if speaking is not None:
        speaking.status = "waiting"
        turn.tx.add(speaking)


def take_up(turn: Turn, person: Person, row: Conversation) -> None:
    """Make a conversation that was put aside or paused the one that speaks."""
    _put_aside(turn, person)
    row.status = "active"
    turn.tx.add(row)


def resume(turn: Turn, person: Person, *, announce: bool = False, paused: bool = False) -> bool:
    """Ask the present question again, or take up what waits (or is `paused`); False when there is nothing."""
    row = active(turn, person)
    if row is None:
        open_ones = queries.open_conversations(turn.tx, person.id or 0)
        row = next((each for each in open_ones if paused or each.status == "waiting"), None)
        if row is None:
            return False
        if announce:
            turn.say(person, "engine.resumed")
    row.status = "active"
    move(turn, person, row, Resume())
    return True


def move(turn: Turn, person: Person, row: Conversation, incoming: Incoming) -> None:
    """Let the engine take one step, carry out what it asks for, and say what it says."""
    dialog = turn.tools.dialogs.get(row.dialog)
    fitting = adapted(dialog, _standing(row)) if dialog is not None else None
    if dialog is None or fitting is None:
        return _restart(turn, person, row, dialog)
    if fitting.state != row.state:
        turn.say(person, "engine.reworked")
        incoming = Resume()
    if fitting != _standing(row):
        _keep(turn, row, dialog, fitting, paused=False)
    reason = may_start(turn, person, dialog, row.subject)
    if reason == "consent":
        row.status = "waiting"
        turn.tx.add(row)
        return start(turn, person, CONSENT_DIALOG)
    if reason is not None:
        row.status = "ended"
        turn.audit(person, f"refused.{row.dialog}", subject=row.subject)
        turn.say(person, f"refused.{reason}")
        return _next(turn, person)
    try:
        _step(turn, person, row, dialog, incoming)
    except Unclear as unclear:
        turn.say(person, unclear.text_id, **unclear.args_for_text)
        _step(turn, person, row, dialog, Resume())
    except Refusal as refusal:
        row.status = "ended"
        turn.say(person, refusal.text_id, **refusal.args_for_text)
    if row.status == "ended":
        _next(turn, person)


def _step(turn: Turn, person: Person, row: Conversation, dialog: Dialog, incoming: Incoming) -> None:
    """The question that was answered is settled first, then what was asked for is done, then the next is asked."""
    world = Surroundings(turn, person, row.subject)
    taken = step(dialog, _standing(row), incoming, world)
    if isinstance(incoming, Pressed) and incoming.state == row.state and _is_stale(taken.outgoing):
        turn.audit(person, f"refused.{row.dialog}", subject=row.subject)
    for say in taken.outgoing:
        if say.settle is not None:
            _utter(turn, person, row, say)
    for command in taken.commands:
        HANDLERS[type(command)](turn, person, command)
    standing = _sent(taken.conversation, row.state) if taken.commands else taken.conversation
    _keep(turn, row, dialog, standing, paused=taken.paused)
    said = taken.outgoing
    if taken.commands and not standing.ended:
        # What was done may have changed what the next question offers.
        said = (*said[:-1], *step(dialog, standing, Resume(), world).outgoing)
    for say in said:
        if say.settle is None:
            _utter(turn, person, row, say, standing)


def _sent(standing: Standing, state: str) -> Standing:
    """What was given to a command by a question that is asked anew at once is not kept as its answer."""
    if standing.state != state:
        return standing
    done = (state, f"{state}_own")
    return standing.but(answers={name: each for name, each in standing.answers.items() if name not in done})


def _is_stale(outgoing: Sequence[Say]) -> bool:
    """Whether a button was pressed that the open question does not have."""
    return bool(outgoing) and outgoing[0].text_id == "engine.stale"


def _restart(turn: Turn, person: Person, row: Conversation, dialog: Dialog | None) -> None:
    """Its questions are others now: from the beginning, or on to what else was open where there are none."""
    row.status = "ended"
    if dialog is None:
        turn.say(person, "engine.removed")
        return _next(turn, person)
    turn.say(person, "engine.changed")
    start(turn, person, dialog.name, row.subject)


def forget(
    turn: Turn,
    person_id: int,
    which: Callable[[Conversation, Dialog | None], bool] = lambda row, dialog: True,
) -> None:
    """End a person's open conversations, or those `which` holds for, with what was half said in them."""
    for row in queries.open_conversations(turn.tx, person_id):
        if which(row, turn.tools.dialogs.get(row.dialog)):
            row.status, row.memory = "ended", None
            turn.tx.add(row)


def _next(turn: Turn, person: Person) -> None:
    """After an end: go on with what was interrupted."""
    turn.tx.flush()
    if active(turn, person) is None:
        turn.pressed = None
        if not resume(turn, person, announce=True):
            for do in turn.afterwards:
                do()
    turn.afterwards.clear()


def _standing(row: Conversation) -> Standing:
    memory = row.memory or {}
    return Standing(
        dialog=row.dialog,
        version=row.version,
        state=row.state,
        subject=row.subject,
        answers=memory.get("answers", {}),
        history=tuple(memory.get("history", ())),
        draft=memory.get("draft"),
        editing=memory.get("editing", False),
    )


def _keep(turn: Turn, row: Conversation, dialog: Dialog, standing: Standing, *, paused: bool) -> None:
    row.state, row.version, row.moved_at = standing.state, dialog.version, turn.now
    row.memory = (
        None
        if standing.ended
        else {
            "answers": dict(standing.answers),
            "history": list(standing.history),
            "draft": standing.draft,
            "editing": standing.editing,
        }
    )
    if standing.ended:
        row.status = "ended"
    elif paused:
        row.status = "paused"
    turn.tx.add(row)


def _utter(turn: Turn, person: Person, row: Conversation, say: Say, standing: Standing | None = None) -> None:
    """Render what the engine says and put it into the outbox."""
    args = dict(say.args)
    needs = turn.tools.texts.needs(say.text_id, person.language) - args.keys()
    if say.state is not None and needs and row.dialog in FACTS:
        answers = (standing or _standing(row)).answers
        args = {**FACTS[row.dialog](turn, person, row.subject, answers), **args}
    html = turn.html(person, say.text_id, **args)
    if say.progress is not None:
        html += "\n\n" + turn.html(person, "engine.progress", step=say.progress[0], of=say.progress[1])
    if say.settle is not None:
        html += "\n\n" + turn.html(person, "engine.answered", answer=say.settle) if say.settle else ""
    links = [[_link(turn, person, row, say, button) for button in line] for line in say.rows]
    if say.edit and turn.pressed is not None:
        turn.edit(person, html, links)
        if say.settle is not None:
            turn.pressed = None
    elif say.settle is None:
        turn.send(person, html, links)


def _link(turn: Turn, person: Person, row: Conversation, say: Say, button: Button) -> Link:
    label = button.label or turn.plain(person, button.text_id or "")
    if button.start is not None:
        return Link(label, str(StartData(button.start)))
    return Link(_short(label), str(AnswerData(row.id or 0, say.state or row.state, button.key)))


def _short(label: str, limit: int = 60) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"
