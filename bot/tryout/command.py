"""`peerbot try`: the whole service on loopback, with a cast, a page and a clock that can be moved."""

import asyncio
import contextlib
import logging
import os
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from bot import config
from bot.app import App
from bot.clock import MovableClock, SystemClock
from bot.language.engine import LanguageEngine
from bot.tryout import BotApiServer, cast
from bot.tryout.page import Hooks, Page

log = logging.getLogger(__name__)


A_MOMENT = timedelta(milliseconds=50)
"""What one round takes on a clock that stands still, so that the sender's limits see time pass."""


GLANCE_SECONDS = 0.02


class Tryout:
    """A running try-out. `restart` stops the service and starts it again on the same database."""

    def __init__(
        self, server: BotApiServer, clock: MovableClock, folder: Path, language: LanguageEngine
    ) -> None:
        self.server, self.clock, self._folder, self._language = server, clock, folder, language
        self.settings = config.load(
            telegram={
                "api_url": server.url,
                "per_second": 30,
                "per_chat_seconds": 0,
                "per_person_minute": 10_000,
            },
            store={"url": f"sqlite:///{folder / 'peerbot.db'}", "key_file": str(folder / "peerbot.key")},
            token=server.token,
        )
        self.language_code = "sv"
        self.app = self._new()
        self._task: asyncio.Task[None] | None = None

    def _new(self) -> App:
        return App(self.settings, clock=self.clock, language=self._language)

    def start(self) -> None:
        self._task = asyncio.create_task(self.app.run())

    async def stop(self) -> None:
        if self._task is None:
            return await self.app.stop()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def restart(self) -> None:
        await self.stop()
        self.app = self._new()
        self.start()

    async def settled(self) -> None:
        """Do everything that waits, until nothing does; for a service that was not started."""
        while await self.app.poller.poll(0) + await self.app.step():
            self.clock.advance(A_MOMENT)

    async def quiet(self) -> None:
        """Wait until a running service has done everything that had come."""
        while self.server.updates.waiting() or not self.app.idle:  # noqa: ASYNC110
            await asyncio.sleep(GLANCE_SECONDS)  # two parts are watched, and neither rings for the other

    async def move_clock(self, to: datetime) -> None:
        self.clock.set(to)
        self.app.wake()

    async def next_meeting(self) -> datetime | None:
        return await asyncio.to_thread(cast.next_meeting, self.app)

    def hooks(self) -> Hooks:
        return Hooks(self.move_clock, self.next_meeting, self.restart)


@contextlib.asynccontextmanager
async def tryout(
    folder: Path, clock: MovableClock, *, live: bool = True, keep: bool = False, language: str = "sv"
) -> AsyncIterator[Tryout]:
    """A try-out in a folder, with a coordinator and a peer who are known already.

    A `live` one runs by itself; another is moved on by `settled`. `keep` keeps the chats in the folder too.
    """
    server = BotApiServer(clock)
    if keep:
        server.keep(folder / "chats.json")
    await server.start()
    running = Tryout(server, clock, folder, LanguageEngine())
    running.language_code = language
    await asyncio.to_thread(cast.confirm_lines, running.app)
    if await asyncio.to_thread(cast.seed, running.app, language):
        for role, name, _, user_id in cast.MEMBERS:
            if role != "user":
                await server.user(user_id, name, language).start()
    if live:
        running.start()
    else:
        await running.app.start()
    try:
        yield running
    finally:
        await running.stop()
        await server.stop()


async def serve(keep: Path | None, port: int) -> None:
    """Run the try-out until interrupted; prints the page's address."""
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerbot-")))
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.pop("PEERBOT_KEY", None)
        clock = MovableClock(SystemClock().now(), running=True)
        async with tryout(folder, clock, keep=keep is not None) as running:
            page = Page(running.server, running.clock, cast.MEMBERS, running.hooks())
            await page.start(port)
            print(f"The try-out is running: {page.url}")
            print("Stop it with Ctrl-C." + ("" if keep else " Nothing is kept afterwards."))
            try:
                await asyncio.Event().wait()
            finally:
                await page.stop()
