"""What Telegram shows of the bot before anybody writes: its commands and descriptions, per language."""

import logging
from zoneinfo import ZoneInfo

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.services.words import COMMANDS
from bot.texts import LANGUAGES, Reader, Texts

log = logging.getLogger(__name__)


async def publish(bot: Bot, texts: Texts) -> None:
    """Set the menu and descriptions that new people see. A refusal is logged, and keeps nobody from starting."""
    try:
        for language in LANGUAGES:
            await _publish_in(bot, texts, Reader(language, ZoneInfo("UTC")))
    except TelegramError as error:
        log.warning("the menus could not be set (%s)", type(error).__name__)


async def _publish_in(bot: Bot, texts: Texts, reader: Reader) -> None:
    commands = [
        BotCommand(command.spelling(reader.language), texts.plain(f"command.{command.name}", reader))
        for command in COMMANDS
        if "user" in command.roles
    ]
    await bot.set_my_commands(commands, language_code=reader.language)
    await bot.set_my_description(texts.plain("about.long", reader), language_code=reader.language)
    await bot.set_my_short_description(texts.plain("about.short", reader), language_code=reader.language)
