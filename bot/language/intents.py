"""What a person wants: the 17 intents, and when the assistant had better ask."""

from collections.abc import Mapping
from typing import NamedTuple

INTENTS = (
    "request_peer",
    "offer_support",
    "book_session",
    "reschedule_session",
    "cancel_session",
    "next_session",
    "reflect",
    "check_text",
    "ask_about",
    "coordinator",
    "pause",
    "my_data",
    "change_language",
    "help",
    "greeting",
    "thanks",
    "other",
)
SURE = 0.7
"""From this confidence on the assistant acts; below it asks which of the alternatives is meant (set on dev)."""
_WORTH_ASKING = 0.06
_MOST_ALTERNATIVES = 3


class Choice(NamedTuple):
    """The likeliest intent, how sure that is (0..1), and what else to ask about (empty when sure)."""

    intent: str
    confidence: float
    alternatives: tuple[str, ...]


def choose(scores: Mapping[str, float]) -> Choice:
    """The intent of a message from its probabilities; when unsure two or three alternatives, likeliest first."""
    ranked = sorted(scores, key=lambda intent: scores[intent], reverse=True)
    best = ranked[0]
    if scores[best] >= SURE:
        return Choice(best, scores[best], ())
    close = [intent for intent in ranked[:_MOST_ALTERNATIVES] if scores[intent] >= _WORTH_ASKING]
    return Choice(best, scores[best], tuple(close if len(close) > 1 else ranked[:2]))
