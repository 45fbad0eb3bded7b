"""What is on the buttons and in the texts, by id, so that a better wording breaks no story."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot import config
from bot.services import wiring
from bot.texts import Reader, Texts


@cache
def _texts() -> Texts:
    return Texts(wiring.shared(config.load()))


class Words:
    """The texts of a language: `words("engine.skip")`."""

    def __init__(self, language: str) -> None:
        self._reader = Reader(language, ZoneInfo("Europe/Stockholm"))

    def __call__(self, text_id: str, **args: Any) -> str:
        return _texts().plain(text_id, self._reader, **args)
