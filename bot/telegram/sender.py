"""The outbox to the Bot API: each chat in order, within Telegram's limits, retried until it is settled."""

import asyncio
import io
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.clock import Clock
from bot.config import Telegram
from bot.store import Store, outbox
from bot.store.outbox import Outgoing
from bot.telegram.pauses import pause_of

log = logging.getLogger(__name__)

HARMLESS = ("message is not modified", "query is too old", "query id is invalid")
"""Refusals after which there is nothing left to do."""
LOST = ("message to edit not found", "message can't be edited")
"""The message that was to be changed is gone: a new one says the same."""

AT_ONCE = 8
MOST = 30
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Sends what waits. `gone` is told the chat of a person who has blocked the bot, and settles all that waits there;
    `ended` is told how each call ended.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        clock: Clock,
        limits: Telegram,
        gone: Callable[[int], None],
        ended: Callable[[str], None] = lambda outcome: None,
    ) -> None:
        self._bot, self._store, self._clock, self._limits, self._gone = bot, store, clock, limits, gone
        self._ended = ended
        self._sending: set[int] = set()

    async def send_due(self) -> int:
        """Send one row of each chat whose turn it is; gives how many were tried."""
        rows = await asyncio.to_thread(self.take, MOST)
        for start in range(0, len(rows), AT_ONCE):
            await asyncio.gather(*(self.send(row) for row in rows[start : start + AT_ONCE]))
        return len(rows)

    def take(self, most: int) -> Sequence[Outgoing]:
        """At most so many rows that may be sent now; each is to be sent."""
        pause = timedelta(seconds=self._limits.per_chat_seconds)
        with self._store.transaction() as tx:
            found = outbox.take(
                tx,
                self._clock.now(),
                most,
                in_all=self._limits.per_second,
                pause=pause,
                mine=tuple(self._sending),
            )
        self._sending.update(row.id for row in found)
        return found

    async def send(self, row: Outgoing) -> None:
        """Send a row that was taken, and settle it."""
        try:
            await self._send(row)
        finally:
            self._sending.discard(row.id)

    async def _send(self, row: Outgoing) -> None:
        now = self._clock.now()
        try:
            await self._call(row)
        except RetryAfter as error:
            return await self._settle(outbox.postpone, row.id, now, pause_of(error))
        except Forbidden:
            self._ended("gone")
            return await asyncio.to_thread(self._gone, row.chat_id)
        except BadRequest as error:
            return await self._refused(row, error, now)
        except TelegramError as error:
            log.warning("sending %s failed (%s), attempt %s", row.id, type(error).__name__, row.attempts + 1)
            return await self._settle(outbox.postpone, row.id, now)
        await self._settle(outbox.settle, row.id, "sent", now)

    async def _refused(self, row: Outgoing, error: BadRequest, now: datetime) -> None:
        reason = str(error).lower()
        if row.method == "edit" and any(each in reason for each in LOST):
            return await self._settle(outbox.as_new_message, row.id)
        outcome = "sent" if any(each in reason for each in HARMLESS) else "parked"
        if outcome == "parked":
            log.error("Telegram refused %s (%s): parked", row.id, row.method)
        await self._settle(outbox.settle, row.id, outcome, now)

    async def _settle(self, settle: Callable[..., None], *args: Any) -> None:
        self._ended(str(args[1]) if settle is outbox.settle else "retried")
        await asyncio.to_thread(self._store.serially, lambda tx: settle(tx, *args))

    async def _call(self, row: Outgoing) -> None:
        payload, chat_id = row.payload, row.chat_id
        match row.method:
            case "message":
                await self._bot.send_message(
                    chat_id,
                    payload["text"],
                    parse_mode=ParseMode.HTML,
                    link_preview_options=NO_PREVIEW,
                    reply_markup=keyboard(payload["rows"]),
                )
            case "edit":
                await self._bot.edit_message_text(
                    payload["text"],
                    chat_id,
                    payload["message_id"],
                    parse_mode=ParseMode.HTML,
                    link_preview_options=NO_PREVIEW,
                    reply_markup=keyboard(payload["rows"]),
                )
            case "document":
                file = InputFile(io.BytesIO(row.document or b""), filename=payload["name"])
                await self._bot.send_document(
                    chat_id,
                    file,
                    caption=payload["caption"],
                    parse_mode=ParseMode.HTML,
                    reply_markup=keyboard(payload["rows"]),
                )
            case "toast":
                await self._bot.answer_callback_query(payload["callback_id"])
            case "commands":
                listed = [BotCommand(each["command"], each["text"]) for each in payload["commands"]]
                await self._bot.set_my_commands(listed, scope=BotCommandScopeChat(chat_id))
            case "leave":
                await self._bot.leave_chat(chat_id)


def keyboard(rows: Sequence[Sequence[Sequence[str]]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows]
    )
