"""A few who work side by side: whoever has finished takes the next, and nobody waits for the slowest."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

log = logging.getLogger(__name__)

PAUSE, MAX_PAUSE = 1.0, 30.0
"""Seconds between two looks when looking fails: at first, and at most."""


class Crew:
    """Keeps at most `size` pieces of work going.

    `take(most)` gives at most so many, and `rest` tells for how many seconds there may be nothing, both in a thread;
    `do` does one; `after` is called when something was done. What fails is logged by its kind, and tried again later.
    """

    def __init__(
        self,
        size: int,
        take: Callable[[int], Sequence[Any]],
        do: Callable[[Any], Awaitable[None]],
        rest: Callable[[], float],
        *,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._size, self._take, self._do, self._rest, self._after = size, take, do, rest, after
        self._bell = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._pause = PAUSE
        self.idle = False
        """Whether nothing was left to do at the last look."""

    def wake(self) -> None:
        """Look at once."""
        self.idle = False
        self._bell.set()

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                self._bell.clear()
                try:
                    await self._look()
                    self._pause = PAUSE
                except Exception as error:
                    log.error("taking work failed (%s), tried again soon", type(error).__name__)
                    await asyncio.sleep(self._pause)
                    self._pause = min(self._pause * 2, MAX_PAUSE)
        finally:
            for task in self._busy:
                task.cancel()

    async def _look(self) -> None:
        found, seconds = await asyncio.to_thread(self._find, self._size - len(self._busy))
        for each in found:
            task = asyncio.create_task(self._one(each))
            self._busy.add(task)
            task.add_done_callback(self._finished)
        if len(self._busy) >= self._size:
            await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)
        elif not found:
            self.idle = not self._busy and not self._bell.is_set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), seconds)
            self.idle = False

    def _find(self, most: int) -> tuple[Sequence[Any], float]:
        """What is to be done; when that is nothing, for how many seconds."""
        found = self._take(most)
        return found, 0.0 if found else self._rest()

    async def _one(self, each: Any) -> None:
        try:
            await self._do(each)
        except Exception as error:
            log.error("a piece of work failed (%s), tried again soon", type(error).__name__)
            await asyncio.sleep(PAUSE)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._busy.discard(task)
        if not task.cancelled():
            self.wake()
            self._after()
