"""Everything that is understood of language, behind one door. Safe to call from several threads.

Languages are named "sv" and "da", settings "message" and "reflection", as they are stored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from bot.language.faq import Answer, Faq
    from bot.language.feedback import Feedback
    from bot.language.findings import Explanation, Finding
    from bot.language.mentions import Mentions
    from bot.language.understanding import Understander, Understanding

Language = Literal["sv", "da"]
Setting = Literal["message", "reflection"]
Crisis = Literal["acute", "unclear", "none"]


class PipelineMissing(Exception):
    """No pipeline of that name can be loaded."""


class LanguageEngine:
    """The parts, and spaCy with them, load when they are first needed; `warm_up` loads them all."""

    def __init__(self, pipelines: Mapping[str, str] | None = None) -> None:
        self._pipelines = {language: name for language, name in (pipelines or {}).items() if name}

    def warm_up(self) -> None:
        """Load everything, what a crisis needs first: the first message after a start may be one."""
        self.crisis("Hej")
        self.met("Hej")
        for language in ("sv", "da"):
            self.check("Hej", language)
        self.understand("Hej")

    def crisis(self, text: str) -> Crisis:
        """Whether a text tells of danger to life; Swedish, Danish and English."""
        return self._understander.crisis(text)

    def met(self, text: str) -> tuple[str, str]:
        """Whose crisis a text tells of: "bereaved", "past" or "" for neither; and what else it says, folded."""
        return self._mentions.find(text)

    def understand(
        self, text: str, language: str | None = None, history: Mapping[str, int] | None = None
    ) -> Understanding:
        return self._understander.understand(text, cast("Language | None", language), history)

    def language(self, text: str) -> str:
        """The language of a text: "sv", "da" or "other"."""
        return self._understander.language(text)[0]

    def check(
        self, text: str, language: str, setting: str = "message", switched_off: Collection[str] = ()
    ) -> Sequence[Finding]:
        """What in a peer's text slides from sharing; offsets in characters."""
        return self._feedback.check(text, cast(Language, language), cast(Setting, setting), switched_off)

    def explain(self, finding: Finding, text: str, language: str) -> Explanation:
        return self._feedback.explain(finding, text, cast(Language, language))

    def faq(self, text: str, language: str) -> Answer | None:
        """An answer to a question about peer support, or None rather than one beside the question."""
        return self._faqs[language].answer(text)

    @cached_property
    def _understander(self) -> Understander:
        from bot.language.understanding import Understander

        return Understander()

    @cached_property
    def _mentions(self) -> Mentions:
        from bot.language.mentions import Mentions

        return Mentions()

    @cached_property
    def _feedback(self) -> Feedback:
        from bot.language.feedback import Feedback

        return Feedback(self._pipelines)

    @cached_property
    def _faqs(self) -> Mapping[str, Faq]:
        from bot.language.faq import Faq

        return {"sv": Faq("sv"), "da": Faq("da")}
