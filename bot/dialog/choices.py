"""Choosing from options: by button, by typing a label, its number, or own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from bot.dialog.conversation import DONE, OWN, Button, Conversation, Option, Say, World
from bot.dialog.declaration import Dialog
from bot.dialog.states import Choose, Setting, State
from bot.dialog.words import is_one_of, matching, plain

LABEL = 40
"""Characters of own words that their button shows."""


@dataclass(frozen=True)
class Refused:
    """Not taken; `say` tells why."""

    say: Say


@dataclass(frozen=True)
class Draft:
    """A part of an answer: the question stays. `own` as in an answer."""

    draft: Any
    edit: bool
    note: Say | None = None
    own: str | None = None


@dataclass(frozen=True)
class Answer:
    """A whole answer. `settle` is its text for the message that a button was pressed under.

    `own` are own words beside it; None leaves those that are there, "" takes them away.
    """

    value: Any
    settle: str | None = None
    own: str | None = None


Taken = Refused | Draft | Answer


def options(dialog: Dialog, conversation: Conversation, state: Choose, world: World) -> Sequence[Option]:
    if isinstance(state.options, Setting):
        return world.options(state.options.name, conversation.answers)
    base = f"{dialog.name}.{state.name}"
    return [Option(key, world.label(f"{base}.{key}")) for key in state.options]


def pressed(dialog: Dialog, conversation: Conversation, state: Choose, key: str, world: World) -> Taken:
    offered = options(dialog, conversation, state, world)
    chosen = _chosen(conversation, state)
    if state.many and key == DONE:
        return _done(offered, conversation, state, chosen)
    if state.many and key == OWN:
        return Draft(chosen, edit=True, own="")
    label = {option.key: option.label for option in offered}.get(key)
    if label is None:
        return Refused(Say("engine.stale"))
    if not state.many:
        return Answer(key, settle=label, own="")
    return Draft(_toggled(offered, chosen, key), edit=True)


def typed(dialog: Dialog, conversation: Conversation, state: Choose, text: str, world: World) -> Taken:
    offered = options(dialog, conversation, state, world)
    keys = _recognised(offered, text, state.many)
    chosen = _chosen(conversation, state)
    if state.many and not keys and _is_enough(text, chosen, world):
        return _done(offered, conversation, state, chosen)
    if keys and not state.many:
        return Answer(keys[0], own="")
    if keys:
        return Draft([o.key for o in offered if o.key in (*chosen, *keys)], edit=False)
    return _own_words(offered, conversation, state, text, world)


def _is_enough(text: str, chosen: list[str], world: World) -> bool:
    """Whether somebody says that they have chosen."""
    if matching(text, world.label("engine.done")):
        return True
    return bool(chosen) and is_one_of(text, world.label("engine.enough"))


def _own_words(
    offered: Sequence[Option], conversation: Conversation, state: Choose, text: str, world: World
) -> Taken:
    """Own words: read into ticks where they can be, and kept as far as they say more than these."""
    text = text.strip()
    if not state.own_words:
        return Refused(Say("engine.choose"))
    if len(text) > state.limit:
        return Refused(Say("engine.too_long", {"limit": state.limit, "length": len(text)}))
    chosen = _chosen(conversation, state)
    read = world.read(state.read_as, text, chosen) if state.read_as else None
    if read is not None:
        ticked = [option.key for option in offered if option.key in read.keys]
        return Draft(ticked, edit=False, own=None if read.whole else text)
    return Answer(chosen if state.many else None, own=text)


def _done(offered: Sequence[Option], conversation: Conversation, state: Choose, chosen: list[str]) -> Taken:
    own = own_words(conversation, state)
    if not chosen and not own and not state.optional:
        return Refused(Say("engine.choose_one"))
    labels = [option.label for option in offered if option.key in chosen]
    return Answer(chosen, settle=", ".join(labels + ([own] if own else [])))


def own_words(conversation: Conversation, state: State) -> str:
    """What was answered in own words, or ""."""
    return str(conversation.answers.get(f"{state.name}_own") or "")


def _toggled(offered: Sequence[Option], chosen: list[str], key: str) -> list[str]:
    kept = set(chosen) ^ {key}
    return [option.key for option in offered if option.key in kept]


def _chosen(conversation: Conversation, state: Choose) -> list[str]:
    if conversation.draft is not None:
        return list(conversation.draft)
    before = conversation.answers.get(state.name)
    return list(before) if state.many and isinstance(before, list) else []


def _recognised(offered: Sequence[Option], text: str, many: bool) -> list[str]:
    """The keys of the options that were typed, by label, number or unmistakable beginning; all or none."""
    whole = _one(offered, text)
    if whole:
        return [whole]
    parts = [part for part in re.split(r",|;|\n|\boch\b|\bog\b|&", text) if part.strip()]
    if not many or len(parts) < 2:
        return []
    keys = [_one(offered, part) for part in parts]
    return [key for key in keys if key] if all(keys) else []


def _one(offered: Sequence[Option], text: str) -> str | None:
    words = plain(text)
    for number, option in enumerate(offered, 1):
        if words == str(number) or (words and words == plain(option.label)):
            return option.key
    begun = [o.key for o in offered if len(words) >= 4 and plain(o.label).startswith(words)]
    return begun[0] if len(begun) == 1 else None


def rows(
    dialog: Dialog, conversation: Conversation, state: Choose, world: World
) -> tuple[tuple[Button, ...], ...]:
    chosen = _chosen(conversation, state)
    buttons = [
        Button(option.key, label=("✓ " if option.key in chosen else "") + option.label)
        for option in options(dialog, conversation, state, world)
    ]
    grid = tuple(tuple(buttons[i : i + state.columns]) for i in range(0, len(buttons), state.columns))
    if not state.many:
        return grid
    own = own_words(conversation, state)
    kept = ((Button(OWN, label="✓ " + shorten(own, LABEL, placeholder=" …")),),) if own else ()
    return (*grid, *kept, (Button(DONE, text_id="engine.done"),))


def readable(
    dialog: Dialog, conversation: Conversation, state: Choose, value: Any, own: str, world: World
) -> str:
    labels = {option.key: option.label for option in options(dialog, conversation, state, world)}
    keys = value if isinstance(value, list) else [value] if value else []
    shown = [labels.get(key, str(key)) for key in keys]
    return ", ".join(shown + ([own] if own else []))
