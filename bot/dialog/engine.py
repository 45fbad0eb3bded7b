"""`step`: the pure function that moves a conversation on."""

from collections.abc import Mapping
from typing import Any

from bot.dialog import choices, moments
from bot.dialog.conversation import (
    BACK,
    CHANGE,
    DONE,
    PAUSE,
    SKIP,
    Begin,
    Button,
    Conversation,
    Incoming,
    Other,
    Pressed,
    Resume,
    Say,
    Step,
    Typed,
    World,
)
from bot.dialog.declaration import Dialog, command_from, required, shown_in_summary
from bot.dialog.states import Choose, End, Go, State, Summary, When, Write
from bot.dialog.words import is_blank, is_one_of, matching

NAVIGATION = {BACK: "engine.back", SKIP: "engine.skip", PAUSE: "engine.pause"}
GIVEN = "_given"
"""Key in the answers for the names of states that were answered before the dialog began."""


def step(dialog: Dialog, conversation: Conversation, incoming: Incoming, world: World) -> Step:
    """Move a conversation on by one incoming.

    Never raises for anything that a person can send; what cannot be taken is answered and the same
    question asked again. An ended conversation answers everything with "engine.stale".
    """
    if isinstance(incoming, Begin):
        return _enter(dialog, conversation, dialog.first, world)
    if conversation.ended:
        return Step(conversation, (Say("engine.stale"),))
    state = dialog[conversation.state]
    match incoming:
        case Resume():
            return Step(conversation, (_ask(dialog, conversation, world),))
        case Other(kind):
            return _again(dialog, conversation, world, Say(f"engine.other.{kind}"))
        case Pressed(name, _) if name != state.name:
            return _again(dialog, conversation, world, Say("engine.stale"))
        case Pressed(_, key):
            return _pressed(dialog, conversation, state, key, world)
        case Typed(text):
            return _typed(dialog, conversation, state, text, world)


def _pressed(dialog: Dialog, conversation: Conversation, state: State, key: str, world: World) -> Step:
    if key == PAUSE:
        return Step(conversation, (Say("engine.paused", edit=True),), paused=True)
    if key == BACK:
        return _back(dialog, conversation, world)
    if key == SKIP and state.optional:
        return _answered(dialog, conversation, state, None, world, settle=world.label("engine.skipped"))
    if isinstance(state, Summary):
        return _summary(dialog, conversation, state, key, world)
    if isinstance(state, Choose):
        taken = choices.pressed(dialog, conversation, state, key, world)
    elif isinstance(state, When):
        taken = moments.pressed(conversation, state, key, world)
    else:
        return _again(dialog, conversation, world, Say("engine.stale"))
    return _taken(dialog, conversation, state, taken, world)


def _typed(dialog: Dialog, conversation: Conversation, state: State, text: str, world: World) -> Step:
    if is_blank(text):
        return _again(dialog, conversation, world, Say("engine.empty"))
    shared = _typed_navigation(dialog, conversation, state, text, world)
    if shared is not None:
        return _pressed(dialog, conversation, state, shared, world)
    if isinstance(state, Summary) and is_one_of(text, world.label("engine.agreed")):
        return _summary(dialog, conversation, state, DONE, world)
    if isinstance(state, Choose):
        taken = choices.typed(dialog, conversation, state, text, world)
    elif isinstance(state, When):
        taken = moments.typed(conversation, state, text, world)
    elif isinstance(state, Write):
        taken = _written(state, text)
    else:
        return _again(dialog, conversation, world, Say("engine.choose"))
    return _taken(dialog, conversation, state, taken, world)


def _written(state: Write, text: str) -> choices.Taken:
    text = text.strip()
    if len(text) > state.limit:
        return choices.Refused(Say("engine.too_long", {"limit": state.limit, "length": len(text)}))
    return choices.Answer(text)


def _taken(
    dialog: Dialog, conversation: Conversation, state: State, taken: choices.Taken, world: World
) -> Step:
    match taken:
        case choices.Refused(say):
            return _again(dialog, conversation, world, say)
        case choices.Draft(draft, edit, note, own):
            draft_kept = conversation.but(draft=draft, answers=_with_own(conversation, state, own))
            said = (note,) if note else ()
            return Step(draft_kept, (*said, _ask(dialog, draft_kept, world, edit=edit)))
        case choices.Answer(value, settle, own):
            known = conversation.but(answers=_with_own(conversation, state, own))
            return _answered(dialog, known, state, value, world, settle)


def _with_own(conversation: Conversation, state: State, own: str | None) -> Mapping[str, object]:
    """The answers with these own words to a question; None leaves them as they are, "" takes them away."""
    if own is None:
        return conversation.answers
    others = _without(conversation.answers, f"{state.name}_own")
    return {**others, f"{state.name}_own": own} if own else others


def _answered(
    dialog: Dialog, conversation: Conversation, state: State, value: object, world: World, settle: str | None
) -> Step:
    """Keep an answer, give the command of the way taken, and enter the next state."""
    answers = {**conversation.answers, state.name: value}
    if isinstance(state, Write) and state.feedback is not None:
        answers[f"{state.name}_findings"] = list(world.findings) if value else []
    said = (_settled(dialog, conversation, state, settle, world),) if settle is not None else ()
    kept = conversation.but(answers=answers, draft=None)
    go = dialog.target(state, value)
    lacking = _lacking(dialog, kept, go)
    if lacking is not None:
        entered = _enter(dialog, kept.but(editing=dialog.has_summary), lacking, world)
        return Step(entered.conversation, said + entered.outgoing)
    given = _given(dialog, kept, go)
    if kept.editing and go.do is None:
        entered = _enter(dialog, kept, _after_editing(dialog, kept), world)
    else:
        entered = _enter(dialog, kept.but(history=_longer(kept, state, go.do is not None)), go.target, world)
    return Step(entered.conversation, said + entered.outgoing, given + entered.commands)


def _given(dialog: Dialog, conversation: Conversation, go: Go) -> tuple[object, ...]:
    """The command of a way, filled from the answers."""
    if go.do is None:
        return ()
    return (command_from(go.do, relevant(dialog, conversation), conversation.subject),)


def _lacking(dialog: Dialog, conversation: Conversation, go: Go) -> str | None:
    """A question whose answer the command needs and does not have, as it was not asked when the dialog began."""
    known = relevant(dialog, conversation)
    for name in required(go.do) if go.do else ():
        unknown = name in dialog.states and known.get(name) is None
        if unknown and dialog.asked(dialog[name], conversation.answers):
            return name
    return None


def _longer(conversation: Conversation, state: State, sent: bool) -> tuple[str, ...]:
    """The way back: nothing leads back over what was sent."""
    if sent or not state.leads_back:
        return ()
    last = conversation.history[-1:]
    return conversation.history if last == (state.name,) else (*conversation.history, state.name)


def _enter(dialog: Dialog, conversation: Conversation, name: str, world: World) -> Step:
    """Go to a state, passing over those that are not asked or were answered beforehand.

    Passing over a state takes its way, with the command on it.
    """
    known = conversation.answers.get(GIVEN, ())
    state = dialog[name]
    commands: tuple[object, ...] = ()
    while not isinstance(state, End) and (not dialog.asked(state, conversation.answers) or name in known):
        go = dialog.target(state, conversation.answers.get(name) if name in known else None)
        commands += _given(dialog, conversation, go)
        name, state = go.target, dialog[go.target]
    here = conversation.but(state=name, draft=None, ended=isinstance(state, End))
    if isinstance(state, Summary):
        here = here.but(editing=False)
    return Step(here, (_ask(dialog, here, world),), commands)


def _after_editing(dialog: Dialog, conversation: Conversation) -> str:
    """Back to the summary, by way of questions that the change made necessary."""
    for name in dialog.questions(conversation.answers):
        state = dialog[name]
        if not state.optional and shown_in_summary(state) and name not in conversation.answers:
            return name
    return next(name for name, state in dialog.states.items() if isinstance(state, Summary))


def _back(dialog: Dialog, conversation: Conversation, world: World) -> Step:
    if conversation.editing:
        return _enter(dialog, conversation, _after_editing(dialog, conversation), world)
    if not conversation.history:
        return _again(dialog, conversation, world, Say("engine.no_way_back"))
    *before, last = conversation.history
    given = [name for name in conversation.answers.get(GIVEN, ()) if name != last]
    answers = {**conversation.answers, GIVEN: given} if given else _without(conversation.answers, GIVEN)
    here = conversation.but(state=last, history=tuple(before), draft=None, answers=answers)
    return Step(here, (_ask(dialog, here, world, edit=True),))


def _without(answers: object, key: str) -> dict[str, object]:
    return {name: value for name, value in dict(answers).items() if name != key}  # type: ignore[call-overload]


def _summary(dialog: Dialog, conversation: Conversation, state: Summary, key: str, world: World) -> Step:
    if key == DONE:
        return _answered(dialog, conversation, state, None, world, settle="")
    name = key.removeprefix(CHANGE)
    if not key.startswith(CHANGE) or name not in _summarised(dialog, conversation):
        return _again(dialog, conversation, world, Say("engine.stale"))
    here = conversation.but(state=name, editing=True, draft=None)
    return Step(here, (_ask(dialog, here, world),))


def _again(dialog: Dialog, conversation: Conversation, world: World, say: Say) -> Step:
    return Step(conversation, (say, _ask(dialog, conversation, world)))


def relevant(dialog: Dialog, conversation: Conversation) -> dict[str, object]:
    """The answers without those to questions that another answer has made void."""
    return {
        name: value
        for name, value in conversation.answers.items()
        if name not in dialog.states or dialog.asked(dialog[name], conversation.answers)
    }


def _settled(dialog: Dialog, conversation: Conversation, state: State, settle: str, world: World) -> Say:
    """The question that was answered by button, as it stays in the chat."""
    args = {"lines": _lines(dialog, conversation, world)} if isinstance(state, Summary) else {}
    return Say(f"{dialog.name}.{state.name}", args, state=state.name, edit=True, settle=settle)


def _ask(dialog: Dialog, conversation: Conversation, world: World, *, edit: bool = False) -> Say:
    """The question of the present state with its buttons."""
    state = dialog[conversation.state]
    text_id = f"{dialog.name}.{state.name}"
    args: dict[str, Any] = {}
    rows: tuple[tuple[Button, ...], ...] = ()
    match state:
        case Choose():
            rows = choices.rows(dialog, conversation, state, world)
        case When():
            text_id, args, rows = moments.question(dialog, conversation, state, world)
        case Summary():
            args = {"lines": _lines(dialog, conversation, world)}
            rows = _summary_rows(dialog, conversation, world)
        case End():
            offers = tuple((Button("", text_id=f"offer.{name}", start=name),) for name in state.offers)
            return Say(text_id, args, offers, state.name, edit=edit)
        case _:
            pass
    rows += _navigation(conversation, state)
    return Say(text_id, args, rows, state.name, _progress(dialog, conversation), edit)


def _navigation(conversation: Conversation, state: State) -> tuple[tuple[Button, ...], ...]:
    keys = [key for key in _keys(conversation, state)]
    return (tuple(Button(key, text_id=NAVIGATION[key]) for key in keys),)


def _keys(conversation: Conversation, state: State) -> list[str]:
    back = [BACK] if conversation.history or conversation.editing else []
    skip = [SKIP] if state.optional else []
    return [*back, *skip, PAUSE]


def _typed_navigation(
    dialog: Dialog, conversation: Conversation, state: State, text: str, world: World
) -> str | None:
    keys = _keys(conversation, state)
    labels = {key: world.label(NAVIGATION[key]) for key in keys}
    if isinstance(state, Summary):
        labels |= {
            b.key: b.label or world.label(b.text_id or "")
            for row in _summary_rows(dialog, conversation, world)
            for b in row
        }
    found = [key for key, label in labels.items() if matching(text, label)]
    return found[0] if len(found) == 1 else None


def _progress(dialog: Dialog, conversation: Conversation) -> tuple[int, int] | None:
    if conversation.editing or not dialog.has_summary:
        return None
    questions = dialog.questions(conversation.answers)
    if conversation.state not in questions:
        return None
    return questions.index(conversation.state) + 1, len(questions)


def _summary_rows(dialog: Dialog, conversation: Conversation, world: World) -> tuple[tuple[Button, ...], ...]:
    name = conversation.state
    send = (Button(DONE, text_id=f"{dialog.name}.{name}.done"),)
    changes = [
        Button(CHANGE + other, label="✎ " + world.label(f"{dialog.name}.{other}.label"))
        for other in _summarised(dialog, conversation)
    ]
    pairs = tuple(tuple(changes[i : i + 2]) for i in range(0, len(changes), 2))
    return (send, *pairs)


def _summarised(dialog: Dialog, conversation: Conversation) -> list[str]:
    return [name for name in dialog.questions(conversation.answers) if shown_in_summary(dialog[name])]


def _lines(dialog: Dialog, conversation: Conversation, world: World) -> list[tuple[str, str]]:
    """(label, answer) of every answer, in the person's language."""
    return [
        (
            world.label(f"{dialog.name}.{name}.label"),
            readable(dialog, dialog[name], conversation, world) or world.label("engine.no_answer"),
        )
        for name in _summarised(dialog, conversation)
    ]


def readable(dialog: Dialog, state: State, conversation: Conversation, world: World) -> str:
    """One answer as the person would read it."""
    value = conversation.answers.get(state.name)
    own = choices.own_words(conversation, state)
    if isinstance(state, Choose):
        return choices.readable(dialog, conversation, state, value, own, world)
    if isinstance(state, When):
        return moments.readable(value, world)
    return str(value) if value else ""
