"""Findings as a peer reads them: the stretch, the principle, where it comes from, other ways to say it."""

from collections.abc import Sequence

from bot.language.findings import Finding
from bot.services.turn import Turn
from bot.store.tables import Person

MOST = 3
"""Findings shown at once: more would not be read, nor fit into one message."""
LONGEST = 300
"""Characters of a stretch that are quoted."""


def render(turn: Turn, person: Person, text: str, findings: Sequence[Finding]) -> str:
    """What language feedback has to say about `text`, as Telegram HTML of less than one message.

    `findings` are those of `turn.findings`, whose offsets are into `text`. Without any it says so; when the
    person has switched feedback off it says that instead.
    """
    if not person.feedback:
        return turn.html(person, "feedback_view.off")
    if not findings:
        return turn.html(person, "feedback_view.nothing")
    shown = [_shown(turn, person, text, finding) for finding in findings[:MOST]]
    return turn.html(person, "feedback_view.found", findings=shown, more=len(findings) - len(shown))


def _shown(turn: Turn, person: Person, text: str, finding: Finding) -> dict[str, object]:
    explained = turn.tools.language.explain(finding, text, person.language)
    quote = finding.quote if len(finding.quote) <= LONGEST else finding.quote[: LONGEST - 1] + "…"
    return {
        "quote": quote,
        "message": explained.message,
        "principle": explained.principle,
        "source": explained.source,
        "suggestions": explained.suggestions,
    }
