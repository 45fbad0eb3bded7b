"""Brings the service modules in, so that they register what they do, and checks that nothing is missing."""

from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from bot.config import Settings
from bot.dialog import Choose, Dialog, Setting
from bot.language.engine import LanguageEngine
from bot.services import (  # noqa: F401 - they register on import
    agreements,
    alert_talk,
    alerting,
    consents,
    contact,
    coordinating,
    correcting,
    crisis,
    digests,
    duty,
    endings,
    free_text,
    handing_over,
    help_lines,
    housekeeping,
    matching,
    meetings,
    peers,
    people,
    preferences,
    proposals,
    reflections,
    relaying,
    reminders,
    requests,
    rights,
    series,
    soft_check,
    statistics,
    telling,
    trail,
    watching,
    welcoming,
)
from bot.services.registry import HANDLERS, OPTIONS, OWNERS
from bot.services.turn import Tools
from bot.texts import Texts


class WiringError(Exception):
    """A dialog asks for something that no service offers."""


def tools(
    settings: Settings, texts: Texts, clock: Clock, dialogs: Mapping[str, Dialog], language: LanguageEngine
) -> Tools:
    """The services' tools; raises WiringError when a dialog's command, options or subject has no service."""
    for dialog in dialogs.values():
        _check(dialog)
    return Tools(settings, texts, clock, dialogs, language)


def _check(dialog: Dialog) -> None:
    if dialog.subject is not None and dialog.subject not in OWNERS:
        raise WiringError(f"{dialog.name}: nobody knows who owns a {dialog.subject}")
    for state in dialog.states.values():
        if (
            isinstance(state, Choose)
            and isinstance(state.options, Setting)
            and state.options.name not in OPTIONS
        ):
            raise WiringError(f"{dialog.name}.{state.name}: nobody offers {state.options.name}")
        for _, go in dialog.edges(state):
            if go.do is not None and go.do not in HANDLERS:
                raise WiringError(f"{dialog.name}.{state.name}: nobody handles {go.do.__name__}")


def shared(settings: Settings) -> dict[str, Any]:
    """What every text may use."""
    organisation = settings.organisation
    return {
        "organisation": organisation.name,
        "contact": organisation.contact,
        "min_age": organisation.min_age,
    }
