"""Texts are analysed before the transaction that answers them, never in it: it would hold up everybody else's."""

from collections.abc import Collection, Mapping
from typing import Any

from bot.language.engine import LanguageEngine


class NotYet(Exception):
    """An analysis is wanted that was not made ahead: the transaction is given up, and done again when it is."""

    def __init__(self, name: str, args: tuple[Any, ...]) -> None:
        super().__init__(name)
        self.name, self.wanted = name, args


class Ahead(LanguageEngine):
    """Answers only what it has learnt; raises NotYet for all else."""

    def __init__(self, engine: LanguageEngine) -> None:
        self._engine = engine
        self._known: dict[str, Any] = {}

    def learn(self, wanted: NotYet) -> None:
        """Make the analysis that was not there; outside any transaction."""
        analyse = getattr(self._engine, wanted.name)
        self._known[_key(wanted.name, wanted.wanted)] = analyse(*wanted.wanted)

    def _ask(self, name: str, *args: Any) -> Any:
        key = _key(name, args)
        if key not in self._known:
            raise NotYet(name, args)
        return self._known[key]

    def crisis(self, text: str) -> Any:
        return self._ask("crisis", text)

    def understand(
        self, text: str, language: str | None = None, history: Mapping[str, int] | None = None
    ) -> Any:
        return self._ask("understand", text, language, history)

    def language(self, text: str) -> Any:
        return self._ask("language", text)

    def check(
        self, text: str, language: str, setting: str = "message", switched_off: Collection[str] = ()
    ) -> Any:
        return self._ask("check", text, language, setting, switched_off)

    def explain(self, finding: Any, text: str, language: str) -> Any:
        return self._ask("explain", finding, text, language)

    def faq(self, text: str, language: str) -> Any:
        return self._ask("faq", text, language)


def _key(name: str, args: tuple[Any, ...]) -> str:
    return f"{name}{args!r}"
