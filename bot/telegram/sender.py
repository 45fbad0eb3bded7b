"""The outbox to the Bot API: each chat in order, within Telegram's limits, retried until it is settled."""

import asyncio
import io
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta

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
from telegram.error import BadRequest, Forbidden, RetryAfter

from bot.clock import Clock
from bot.config import Telegram
from bot.store import Store, StoreError, Transaction, outbox
from bot.store.outbox import Outgoing
from bot.telegram.pauses import pause_of

log = logging.getLogger(__name__)

HARMLESS = ("message is not modified", "query is too old", "query id is invalid")
"""Refusals after which there is nothing left to do."""
LOST = ("message to edit not found", "message can't be edited")
"""The message that was to be changed is gone: a new one says the same."""

Settling = Callable[[Transaction], None]
AT_ONCE = 8
MOST = 30
IN_A_ROW = timedelta(seconds=30)
"""For so long calls of a chat are begun that were taken together; with the time that a call may take (20 seconds and 5
to connect) that is less than they are held for."""
A_MOMENT = 1.0
"""Seconds for which a message waits until the one before it is noted as sent."""
MAX_PAUSE = 30.0
"""Seconds between two tries to note what was sent, at most."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Sends what waits: messages one at a time, so that a kill doubles one at most. What is urgent waits for none, and
    nothing waits long for a slow answer.

    `gone` is told the chat of a person who has blocked the bot, and since when that was tried, and settles all
    that waits there; `ended` is told how each call ended.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        clock: Clock,
        limits: Telegram,
        gone: Callable[[int, datetime], None],
        ended: Callable[[str], None] = lambda outcome: None,
    ) -> None:
        self._bot, self._store, self._clock, self._limits, self._gone = bot, store, clock, limits, gone
        self._ended = ended
        self._sending: set[int] = set()
        self._unnoted = asyncio.Lock()

    async def send_due(self) -> int:
        """Send what comes first in each chat whose turn it is; gives how many calls were taken."""
        taken = await asyncio.to_thread(self.take, MOST)
        for start in range(0, len(taken), AT_ONCE):
            await asyncio.gather(*map(self.send, taken[start : start + AT_ONCE]))
        return sum(map(len, taken))

    def take(self, most: int) -> Sequence[Sequence[Outgoing]]:
        """Calls that may be made now, in at most so many chats; those of a chat in their order."""
        pause = timedelta(seconds=self._limits.per_chat_seconds)
        with self._store.look() as tx:
            found = outbox.take(
                tx,
                self._clock.now(),
                most,
                in_all=self._limits.per_second,
                pause=pause,
                mine=tuple(self._sending),
            )
        self._sending.update(row.id for calls in found for row in calls)
        return found

    async def send(self, calls: Sequence[Outgoing]) -> None:
        """Make calls of one chat that were taken, until one fails; then settle them, at once."""
        done: list[int] = []
        settle: Settling | None = None
        began = self._clock.now()
        try:
            async with AsyncExitStack() as turn:
                for row in calls:
                    if not (row.is_repeatable or row.urgent):
                        await self._take_turn(turn)
                    settle = await self._send(row)
                    if settle is not None:
                        break
                    done.append(row.id)
                    if self._clock.now() - began > IN_A_ROW:
                        break
                left = [row.id for row in calls if row.id not in done]
                await self._keep(lambda tx: _settle(tx, done, self._clock.now(), settle, left))
            if settle is _is_gone:
                await asyncio.to_thread(self._gone, calls[0].chat_id, began)
        finally:
            self._sending.difference_update(row.id for row in calls)

    async def _take_turn(self, turn: AsyncExitStack) -> None:
        """Wait until the message before is noted as sent, or for a moment."""
        with suppress(TimeoutError):
            async with asyncio.timeout(A_MOMENT):
                await self._unnoted.acquire()
            turn.callback(self._unnoted.release)

    async def _send(self, row: Outgoing) -> Settling | None:
        """Make one call; gives what is to be noted of the row, or None when it is done."""
        now = self._clock.now()
        try:
            await self._call(row)
        except RetryAfter as error:
            pause = pause_of(error)
            return self._ending("retried", lambda tx: outbox.postpone(tx, row.id, now, pause))
        except Forbidden:
            return self._ending("gone", _is_gone)
        except BadRequest as error:
            return self._refused(row, error)
        except Exception as error:
            log.warning("sending %s failed (%s), attempt %s", row.id, type(error).__name__, row.attempts + 1)
            return self._ending("retried", lambda tx: outbox.postpone(tx, row.id, now))
        return self._ending("sent", None)

    def _refused(self, row: Outgoing, error: BadRequest) -> Settling | None:
        reason = str(error).lower()
        if row.method == "edit" and any(each in reason for each in LOST):
            return self._ending("retried", lambda tx: outbox.as_new_message(tx, row.id))
        if any(each in reason for each in HARMLESS):
            return self._ending("sent", None)
        log.error("Telegram refused %s (%s): parked", row.id, row.method)
        return self._ending("parked", lambda tx: outbox.settle(tx, [row.id], "parked", self._clock.now()))

    def _ending(self, outcome: str, settle: Settling | None) -> Settling | None:
        self._ended(outcome)
        return settle

    async def _keep(self, note: Settling) -> None:
        """Note what Telegram has done, as often as it takes: what is not noted would be sent again."""
        pause = 1.0
        while True:
            try:
                return await asyncio.to_thread(self._store.serially, note)
            except StoreError as error:
                log.error("what was sent cannot be noted (%s), tried again soon", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, MAX_PAUSE)

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


def _is_gone(tx: Transaction) -> None:
    """Telegram does not take anything for this chat: what that means is decided elsewhere."""


def _settle(
    tx: Transaction, done: Sequence[int], now: datetime, settle: Settling | None, left: Sequence[int]
) -> None:
    """What was done, what failed, and what was not tried after it."""
    if done:
        outbox.settle(tx, done, "sent", now)
    if left:
        outbox.release(tx, left)
    if settle is not None:
        settle(tx)


def keyboard(rows: Sequence[Sequence[Sequence[str]]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows]
    )
