"""What an installation needs, checked one by one: what is wrong, and how to mend it."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from telegram.error import InvalidToken, TelegramError

from bot.app import make_bot, open_store
from bot.clock import Clock, SystemClock
from bot.config import ZONES, Settings
from bot.crisis_lines import served as lines_of
from bot.crisis_lines import stale
from bot.duty_hours import NEVER
from bot.language import pipelines
from bot.language.engine import PipelineMissing
from bot.services import help_lines
from bot.store import KeyProblem, StoreError, queries
from bot.store.database import check
from bot.store.tables import Person


def examine(settings: Settings, clock: Clock | None = None) -> Iterator[tuple[str, str]]:
    """(what was checked, what is wrong and how to mend it, or "" when it is fine)."""
    yield "token", _token(settings)
    yield "database", _database(settings)
    for language in settings.organisation.languages:
        yield f"language pipeline {language}", _pipeline(settings, language)
    yield "time zones", _zones()
    yield "duty hours", _duty(settings)
    yield "lines of help", lines_of_help(settings, (clock or SystemClock()).now().date())


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


def _duty(settings: Settings) -> str:
    """Whether anybody has said when they read alerts."""
    try:
        store = open_store(settings)
        with store.transaction() as tx:
            own = [each.duty or settings.safety.duty for each in queries.rows(tx, Person, coordinator=True)]
        store.close()
    except (StoreError, KeyProblem):
        return "each coordinator's are in the database, which cannot be opened"
    if all(hours == NEVER for hours in own or [settings.safety.duty]):
        return "nobody reads alerts at any time; set safety.duty, or /installningar in a coordinator's chat"
    return ""


def lines_of_help(settings: Settings, today: date) -> str:
    """What is wrong with the lines of help on this day, or ""."""
    served = lines_of(settings.organisation.countries)
    missing = {
        country
        for country in settings.organisation.countries
        if all(line.country != country for line in served)
    }
    if missing:
        return f"none for {', '.join(sorted(missing))}; add them to locales/crisis_lines.toml"
    elsewhere = {line.region for line in served} - {"", *(each.key for each in settings.organisation.regions)}
    if elsewhere:
        return f"no region of the settings is called {', '.join(sorted(elsewhere))}; see locales/crisis_lines.toml"
    return _checked(settings, today)


def _checked(settings: Settings, today: date) -> str:
    """Whether the organisation has confirmed the list, and not too long ago."""
    try:
        store = open_store(settings)
        with store.transaction() as tx:
            found = help_lines.latest(tx, settings)
        store.close()
    except (StoreError, KeyProblem):
        return "who has confirmed them is in the database, which cannot be opened"
    if found is None:
        return "nobody has confirmed them, so no request is taken; peerbot resources confirm"
    old = [line.name for line in stale(settings.organisation.countries, today, found.confirmed_at.date())]
    return (
        f"not checked for 150 days: {', '.join(old)}; try them, then peerbot resources confirm" if old else ""
    )
