"""A Peerbot in a process of its own, to be killed."""

import asyncio
import os
from datetime import timedelta
from typing import Any

from bot import config
from bot.app import App
from bot.language.engine import LanguageEngine
from bot.store import claiming


class NoAnalysis(LanguageEngine):
    """The conversations here need none, and a process that is killed often is to start at once."""

    def crisis(self, text: str) -> Any:
        return "none"

    def check(self, *args: Any, **more: Any) -> Any:
        return []


def live(key: str, token: str, sections: dict[str, Any]) -> None:
    """Run until killed. What a killed process held is free again after some seconds.

    Not too few: what a slow machine keeps from being noted for so long would be sent twice without a kill.
    """
    os.environ["PEERBOT_KEY"] = key
    claiming.HELD_FOR = timedelta(seconds=8)
    asyncio.run(App(config.load(**sections, token=token), language=NoAnalysis()).run())
