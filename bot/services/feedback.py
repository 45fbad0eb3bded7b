"""Language feedback on what a peer writes: whether it is wanted, and what it finds."""

from dataclasses import dataclass
from typing import Any

from bot.dialog import Write
from bot.services.access import consent_to
from bot.services.event import Event
from bot.services.turn import Tools
from bot.store import Transaction, queries
from bot.store.tables import Conversation, Dismissal, Person


@dataclass(frozen=True)
class Wanted:
    """In which language, on what ("message" or "reflection"), and without which rules."""

    language: str
    setting: str
    off: tuple[str, ...]


def wanted(tools: Tools, tx: Transaction, event: Event) -> Wanted | None:
    """The feedback that the open question asks for on this text."""
    person = queries.person_by_chat(tx, event.chat_id)
    if person is None or event.kind != "text":
        return None
    open_ones = queries.rows(tx, Conversation, person_id=person.id, status="active", newest_first=True)
    dialog = tools.dialogs.get(open_ones[0].dialog) if open_ones else None
    state = dialog.states.get(open_ones[0].state) if dialog else None
    if not isinstance(state, Write) or state.feedback is None:
        return None
    return of_peer(tx, person, state.feedback)


def of_peer(tx: Transaction, person: Person, setting: str = "message") -> Wanted | None:
    """The feedback that somebody gets: none without their consent, or for who is no peer."""
    if person.peer == "no" or consent_to(tx, person.id, "feedback") is None:
        return None
    off = (each.rule for each in queries.rows(tx, Dismissal, person_id=person.id, always=True))
    return Wanted(person.language, setting, tuple(off))


def found(tools: Tools, text: str, wanted: Wanted) -> tuple[dict[str, Any], ...]:
    """The findings with their explanations, as JSON values, so that a conversation can hold them."""
    explained = []
    for finding in tools.language.check(text, wanted.language, wanted.setting, wanted.off):
        told = tools.language.explain(finding, text, wanted.language)
        explained.append(
            {
                "category": finding.category,
                "rule": finding.rule,
                "quote": finding.quote,
                "message": told.message,
                "principle": told.principle,
                "source": told.source,
                "suggestions": list(told.suggestions),
            }
        )
    return tuple(explained)
