"""What an installation needs, checked one by one: what is wrong, and how to mend it."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from telegram.error import InvalidToken, TelegramError

from bot.app import make_bot, open_store
from bot.clock import SystemClock
from bot.config import ZONES, Settings
from bot.crisis_lines import all_lines, stale
from bot.language import pipelines
from bot.language.engine import PipelineMissing
from bot.store import KeyProblem, StoreError
from bot.store.database import check


def examine(settings: Settings) -> Iterator[tuple[str, str]]:
    """(what was checked, what is wrong and how to mend it, or "" when it is fine)."""
    yield "token", _token(settings)
    yield "database", _database(settings)
    for language in settings.organisation.languages:
        yield f"language pipeline {language}", _pipeline(settings, language)
    yield "time zones", _zones()
    yield "lines of help", _lines(settings, SystemClock().now().date())


def _token(settings: Settings) -> str:
    if not settings.token.get_secret_value():
        return "none; set PEERBOT_TOKEN to what BotFather gave you"
    try:
        asyncio.run(_ask_who_i_am(settings))
    except InvalidToken:
        return "Telegram does not know it; copy it again from BotFather"
    except TelegramError as error:
        return f"no contact with {settings.telegram.api_url} ({type(error).__name__}); check the network"
    return ""


async def _ask_who_i_am(settings: Settings) -> None:
    async with make_bot(settings):
        pass


def _database(settings: Settings) -> str:
    try:
        store = open_store(settings)
        check(store)
        store.close()
    except (StoreError, KeyProblem) as error:
        return str(error)
    return ""


def _pipeline(settings: Settings, language: str) -> str:
    name = getattr(settings.pipelines, language)
    load: Callable[..., object] = pipelines.load
    try:
        load(language, name or None)
    except PipelineMissing as error:
        return str(error)
    return ""


def _zones() -> str:
    try:
        for zone in ZONES.values():
            ZoneInfo(zone)
    except Exception as error:
        return f"{error}; install the package tzdata"
    return ""


def _lines(settings: Settings, today: date) -> str:
    served = [line for line in all_lines() if line.country in settings.organisation.countries]
    missing = {
        country
        for country in settings.organisation.countries
        if all(line.country != country for line in served)
    }
    if missing:
        return f"none for {', '.join(sorted(missing))}; add them to locales/crisis_lines.toml"
    old = [line.name for line in stale(settings.organisation.countries, today)]
    return f"check again and set a new date: {', '.join(old)}" if old else ""
