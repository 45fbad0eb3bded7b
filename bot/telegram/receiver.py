"""Updates in: stored before Telegram is told that they arrived, by long polling and by webhook alike."""

import asyncio
import hmac
import logging
from collections.abc import Callable, Sequence

from aiohttp import web
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.clock import Clock
from bot.store import Store, StoreError, inbox
from bot.telegram.pauses import pause_of
from bot.telegram.updates import ALLOWED, event_from

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
MAX_BODY = 1024 * 1024
LONG = 25
"""Seconds for which Telegram keeps a call open until there is an update."""
PATIENCE = 10
"""Seconds beyond that, until a call counts as lost."""
MAX_PAUSE = 60.0
"""Seconds between two tries at most."""


def keep(store: Store, clock: Clock, updates: Sequence[Update]) -> int:
    """Store updates in one transaction; gives how many were new."""
    events = [event for event in map(event_from, updates) if event is not None]
    if not events:
        return 0
    now = clock.now()
    return store.serially(
        lambda tx: sum(inbox.put(tx, each.update_id, each.chat_id, each.to_json(), now) for each in events)
    )


class Poller:
    """Long polling. An offset is given to Telegram only after what came before it is stored."""

    def __init__(self, bot: Bot, store: Store, clock: Clock, arrived: Callable[[], None]) -> None:
        self._bot, self._store, self._clock, self._arrived = bot, store, clock, arrived
        self._offset: int | None = None

    async def poll(self, seconds: int) -> int:
        """Fetch once, waiting at most `seconds`; gives how many updates came."""
        updates = await self._bot.get_updates(
            offset=self._offset, timeout=seconds, allowed_updates=ALLOWED, read_timeout=seconds + PATIENCE
        )
        if updates:
            await asyncio.to_thread(keep, self._store, self._clock, updates)
            self._offset = updates[-1].update_id + 1
            self._arrived()
        return len(updates)

    async def run(self) -> None:
        """Poll for ever; after an error wait a little longer each time, and as long as Telegram asks."""
        pause = 1.0
        while True:
            try:
                await self.poll(LONG)
                pause = 1.0
                continue
            except InvalidToken:
                raise
            except TelegramError as error:
                reason = (
                    "another process polls with this token" if isinstance(error, Conflict) else "no contact"
                )
                log.warning("fetching updates failed (%s): %s", type(error).__name__, reason)
                await asyncio.sleep(max(pause, _asked_for(error)))
            except StoreError as error:
                log.error("updates cannot be stored (%s); Telegram keeps them", error)
                await asyncio.sleep(pause)
            pause = min(pause * 2, MAX_PAUSE)


def _asked_for(error: TelegramError) -> float:
    """The pause in seconds that Telegram asks for; 0 when it asks for none."""
    return pause_of(error).total_seconds() if isinstance(error, RetryAfter) else 0.0


def webhook(
    bot: Bot, store: Store, clock: Clock, secret: str, arrived: Callable[[], None]
) -> web.Application:
    """An application that takes Telegram's POSTs at /telegram and answers 200 when they are stored."""

    async def take(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return web.Response(status=403)
        try:
            update = Update.de_json(await request.json(), bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return web.Response(status=400)
        await asyncio.to_thread(keep, store, clock, [update])
        arrived()
        return web.Response()

    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_post("/telegram", take)
    return app
