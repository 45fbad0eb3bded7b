"""The composition root: alone knows every part, wires them and runs them."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.engine import make_url
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot import watch
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.crew import Crew
from bot.language.engine import LanguageEngine
from bot.metrics import Metrics
from bot.services import housekeeping, wiring
from bot.services.dispatcher import tick
from bot.services.reach import chat_is_lost
from bot.services.receive import handle
from bot.store import Store, due, inbox, keys, outbox, vault
from bot.store.sealing import find_keys
from bot.telegram import menus
from bot.telegram.receiver import Poller, webhook
from bot.telegram.sender import AT_ONCE, Sender
from bot.telegram.transport import Transport
from bot.texts import Texts
from dialogs import DIALOGS

log = logging.getLogger(__name__)

TICK = timedelta(seconds=20)
"""How often the dispatcher looks at what is due, beside waking at the next due time."""
WORKERS = 4
A_MOMENT, A_SECOND = 0.25, 1.0
"""Seconds."""


class CannotStart(Exception):
    """The service cannot start or go on; the message says why."""


class App:
    """The running service. `step` does everything that waits once; `run` does it for ever."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        store: Store | None = None,
        language: LanguageEngine | None = None,
    ) -> None:
        self.settings, self.clock = settings, clock or SystemClock()
        self.store = store or open_store(settings)
        language = language or LanguageEngine({"sv": settings.pipelines.sv, "da": settings.pipelines.da})
        texts = Texts(wiring.shared(settings))
        self.tools = wiring.tools(settings, texts, self.clock, DIALOGS, language)
        self.metrics = Metrics()
        self.bot = make_bot(settings)
        self.sender = Sender(
            self.bot, self.store, self.clock, settings.telegram, self._gone, self.metrics.sent
        )
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="worker")
        self._handling: set[int] = set()
        sending = Crew(AT_ONCE, self.sender.take, self.sender.send, self._until_message)
        working = Crew(WORKERS, self._take, self._handle, self._until_update, after=sending.wake)
        dispatching = Crew(1, self._due, self._settled, self._until_due, after=sending.wake)
        self._crews = (working, dispatching, sending)
        self._arrived = working.wake
        self.poller = Poller(self.bot, self.store, self.clock, self._arrived)

    def wake(self) -> None:
        """Something may have fallen due: look at once."""
        for crew in self._crews:
            crew.wake()

    @property
    def idle(self) -> bool:
        """Whether everything that had come was done when the service last looked."""
        return all(crew.idle for crew in self._crews)

    def _gone(self, chat_id: int, since: datetime) -> None:
        chat_is_lost(self.tools, self.store, chat_id, since)

    async def step(self) -> int:
        """Handle every waiting update, do what is due, send what waits; gives how much was done."""
        return await self.work() + await self.dispatch() + await self.sender.send_due()

    async def work(self) -> int:
        """Handle the oldest waiting update of every person, different people at once."""
        updates = await asyncio.to_thread(self._take, 50)
        await asyncio.gather(*map(self._handle, updates))
        return len(updates)

    def _take(self, most: int) -> Sequence[inbox.Waiting]:
        with self.store.look() as tx:
            updates = inbox.take(tx, self.clock.now(), most, tuple(self._handling))
        self._handling.update(each.update_id for each in updates)
        return updates

    async def _handle(self, update: inbox.Waiting) -> None:
        loop, update_id = asyncio.get_running_loop(), update.update_id
        try:
            with self.metrics.handling():
                await loop.run_in_executor(self._pool, handle, self.tools, self.store, update)
            log.info("update handled", extra={"update": update_id})
        except Exception:
            await asyncio.to_thread(self.store.serially, lambda tx: inbox.release(tx, update_id))
            raise
        finally:
            self._handling.discard(update_id)

    def _due(self, most: int) -> Sequence[int]:
        """What fell due is carried out at once, as a crew of one: it is over when it is taken."""
        done = tick(self.tools, self.store)
        return [done] if done else []

    async def _settled(self, done: int) -> None:
        """The answers are in the outbox."""

    async def dispatch(self) -> int:
        return await asyncio.to_thread(tick, self.tools, self.store)

    async def run(self) -> None:
        """Receive, work, send and dispatch until cancelled."""
        await self.start()
        await menus.publish(self.bot, self.tools.texts)
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(self.wake, "interval", seconds=TICK.total_seconds())
        scheduler.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._receive())
                for crew in self._crews:
                    tasks.create_task(crew.run())
                if self.settings.watch.port:
                    tasks.create_task(self._be_watched())
        finally:
            scheduler.shutdown(wait=False)
            await self.stop()

    async def start(self) -> None:
        """Get ready; raises CannotStart when Telegram does not know the token or is out of reach."""
        try:
            await self.bot.initialize()
        except InvalidToken:
            # The library's own words hold the token.
            raise CannotStart("Telegram does not know this token; copy it again from BotFather") from None
        except TelegramError as error:
            raise CannotStart(f"no contact with Telegram ({type(error).__name__})") from error
        self._remember_name()
        await asyncio.to_thread(housekeeping.ensure, self.tools, self.store)

    def _remember_name(self) -> None:
        """Invitation links need the bot's name; the settings may leave it to Telegram."""
        if not self.settings.telegram.bot_username:
            telegram = self.settings.telegram.model_copy(update={"bot_username": self.bot.username})
            self.settings = self.settings.model_copy(update={"telegram": telegram})
            self.tools = replace(self.tools, settings=self.settings)

    async def stop(self) -> None:
        await self.bot.shutdown()
        self._pool.shutdown(wait=True)
        self.store.close()

    def _until_message(self) -> float:
        with self.store.look() as tx:
            return self._until(outbox.next_try(tx))

    def _until_due(self) -> float:
        with self.store.look() as tx:
            return self._until(due.next_due(tx))

    def _until(self, moment: datetime | None) -> float:
        """Seconds of rest. What is past due and not taken is another's at work, or failed: looked at in a moment."""
        tick = TICK.total_seconds()
        return (
            tick if moment is None else min(max((moment - self.clock.now()).total_seconds(), A_MOMENT), tick)
        )

    def _until_update(self) -> float:
        """An update that this process stores wakes it; of one that another stores it learns by looking."""
        return TICK.total_seconds() if self.store.is_file else A_SECOND

    async def _receive(self) -> None:
        if self.settings.telegram.updates == "polling":
            await self.bot.delete_webhook()
            return await self.poller.run()
        if self.settings.telegram.updates == "webhook":
            await self._serve_webhook()

    async def _be_watched(self) -> None:
        """Answer those who watch; a port that is taken is logged, and keeps nobody from being served."""
        seen = watch.application(self.tools, self.store, self.metrics)
        try:
            runner = await watch.serve(seen, self.settings.watch.port)
        except OSError as error:
            return log.error("nobody can watch: %s", error.strerror)
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _serve_webhook(self) -> None:
        telegram = self.settings.telegram
        secret = self.settings.webhook_secret.get_secret_value()
        runner = web.AppRunner(webhook(self.bot, self.store, self.clock, secret, self._arrived))
        await runner.setup()
        await web.TCPSite(runner, telegram.webhook_host, telegram.webhook_port).start()
        await self.bot.set_webhook(f"{telegram.webhook_url.rstrip('/')}/telegram", secret_token=secret)
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


class DiscreetBot(Bot):
    """The library's client, which would show its token in its `repr`."""

    def __repr__(self) -> str:
        return "DiscreetBot"


def make_bot(settings: Settings) -> Bot:
    """A client of the Bot API server that the settings name."""
    api = settings.telegram.api_url.rstrip("/")
    return DiscreetBot(
        settings.token.get_secret_value() or "0:no-token",
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=Transport(connections=16),
        get_updates_request=Transport(connections=1),
    )


def open_store(settings: Settings) -> Store:
    """Open the database with its key, bring it up to date; raises StoreError or KeyProblem."""
    url, file = make_url(settings.store.url), database_file(settings)
    if file is not None:
        url = url.set(database=str(file))
    is_new = file is None or not file.exists()
    vault.unlock(*find_keys(settings.folder / settings.store.key_file, create=is_new))
    store = Store(url.render_as_string(hide_password=False))
    store.migrate()
    keys.check(store)
    return store


def database_file(settings: Settings) -> Path | None:
    """Where the database is; None when it is no file."""
    url = make_url(settings.store.url)
    is_file = url.get_backend_name() == "sqlite" and url.database
    return settings.folder / url.database if is_file and url.database else None


def serve(app: App) -> None:
    """Run until interrupted or told to stop; raises CannotStart when it cannot go on."""
    try:
        with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(_until_told(app))
    except* TelegramError as errors:
        raise CannotStart(f"Telegram refuses to go on ({type(errors.exceptions[0]).__name__})") from None


async def _until_told(app: App) -> None:
    Thread(target=app.tools.language.warm_up, daemon=True).start()
    task = asyncio.create_task(app.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task
