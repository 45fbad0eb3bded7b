"""Conversations that were begun before their dialog was changed: what still holds of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.dialog.conversation import Conversation
from bot.dialog.declaration import Dialog
from bot.dialog.engine import GIVEN
from bot.dialog.states import Choose, State, When, Write


def adapted(dialog: Dialog, conversation: Conversation) -> Conversation | None:
    """The conversation as far as the dialog, as it is now, knows it; itself when nothing has changed.

    Answers that their question would not take any more are let go of. Where the present question is gone, it stands
    at the last one before it that is still there; None when there is none, and all begins anew.
    """
    if conversation.version == dialog.version and _knows(dialog, conversation):
        return conversation
    history = [name for name in conversation.history if _asks(dialog, name)]
    answers = _still_true(dialog, conversation.answers)
    if _asks(dialog, conversation.state):
        draft = conversation.draft if _is_draft(dialog[conversation.state], conversation.draft) else None
        return conversation.but(version=dialog.version, history=tuple(history), answers=answers, draft=draft)
    if not history:
        return None
    *before, last = history
    return conversation.but(
        version=dialog.version, state=last, history=tuple(before), answers=answers, draft=None, editing=False
    )


def _knows(dialog: Dialog, conversation: Conversation) -> bool:
    return all(_asks(dialog, name) for name in (conversation.state, *conversation.history))


def _asks(dialog: Dialog, name: str) -> bool:
    return name in dialog.states and dialog[name].is_question


def _still_true(dialog: Dialog, answers: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in answers.items()
        if name not in dialog.states or _takes(dialog[name], value)
    }
    if GIVEN in kept:
        kept[GIVEN] = [name for name in kept[GIVEN] if name in kept]
    return kept


def _takes(state: State, value: Any) -> bool:
    """Whether an answer is one that a state could have; skipped, or in words of one's own, it is None."""
    match state:
        case _ if value is None:
            return True
        case Choose(many=True):
            return isinstance(value, list) and all(_offers(state, each) for each in value)
        case Choose():
            return _offers(state, value)
        case When():
            return isinstance(value, list) and all(map(_is_moment, value))
        case Write():
            return isinstance(value, str)
        case _:
            return True


def _offers(state: Choose, key: Any) -> bool:
    return isinstance(key, str) and (not isinstance(state.options, tuple) or key in state.options)


def _is_moment(text: Any) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _is_draft(state: State, draft: Any) -> bool:
    """Whether half an answer can go on: options ticked, or moments picked."""
    if isinstance(state, When):
        return isinstance(draft, dict)
    return isinstance(state, Choose) and state.many and draft is not None and _takes(state, draft)
