"""What somebody has told in a dialog, in the language of whoever reads it."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.dialog import Choose, Option, Setting
from bot.services.registry import options
from bot.services.turn import Turn
from bot.store.tables import Person

AS_IN_INTAKE = {"forms": "form", "times": "times"}
"""Options that peers choose from as well; their words are those of the user's intake."""
MINUTES = ("lengths", "agreed_lengths")
NAMED = ("topics", "feelings", "regions")
"""Options that the organisation's settings name in both languages."""


@options("forms")
def forms(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    return _as_in_intake(turn, person, "form")


@options("times")
def times(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    return _as_in_intake(turn, person, "times")


def _as_in_intake(turn: Turn, person: Person, state: str) -> list[Option]:
    declared = turn.tools.dialogs["intake"][state]
    keys = declared.options if isinstance(declared, Choose) and isinstance(declared.options, tuple) else ()
    return [Option(key, turn.plain(person, f"intake.{state}.{key}")) for key in keys]


def lines(
    turn: Turn, reader: Person, dialog: str, names: Iterable[str], answers: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """(label, words) for each of the named questions of a dialog that has an answer."""
    shown = [
        (turn.plain(reader, f"{dialog}.{name}.label"), words(turn, reader, dialog, name, answers))
        for name in names
    ]
    return [(label, told) for label, told in shown if told]


def words(turn: Turn, reader: Person, dialog: str, name: str, answers: Mapping[str, Any]) -> str:
    """One answer; empty where there is none."""
    value, own = answers.get(name), answers.get(f"{name}_own")
    keys = value if isinstance(value, list) else [value] if value else []
    return ", ".join([word(turn, reader, dialog, name, key) for key in keys] + ([own] if own else []))


def word(turn: Turn, reader: Person, dialog: str, name: str, key: str) -> str:
    """The label of a chosen option; what was written, and what is offered no more, as it stands."""
    state = turn.tools.dialogs[dialog][name]
    if not isinstance(state, Choose):
        return key
    if isinstance(state.options, Setting):
        return _of_setting(turn, reader, state.options.name, key)
    return _text(turn, reader, f"{dialog}.{name}.{key}", key)


def _of_setting(turn: Turn, reader: Person, setting: str, key: str) -> str:
    if setting in AS_IN_INTAKE:
        return _text(turn, reader, f"intake.{AS_IN_INTAKE[setting]}.{key}", key)
    if setting in MINUTES:
        return turn.plain(reader, "engine.minutes", minutes=key)
    listed = getattr(turn.settings.organisation, setting) if setting in NAMED else ()
    return next((each.name(reader.language) for each in listed if each.key == key), key)


def _text(turn: Turn, reader: Person, text_id: str, otherwise: str) -> str:
    known = turn.tools.texts.has(text_id, reader.language)
    return turn.plain(reader, text_id) if known else otherwise
