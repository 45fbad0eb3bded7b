"""Faults on order: what a network and a busy server do, once or a few times."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from bot.tryout.errors import ApiError

Answer = Literal["whole", "half", "lost", "none"]

_PHRASES = {
    400: "Bad Request: refused on order",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass
class Fault:
    """What goes wrong with the next `times` calls.

    `status`: the call is refused, undone. `answer`: "none" drops the connection before the call is
    done, "lost" after it was done, "half" after half of the answer. `delay` (seconds) or `hold`
    (until the event is set) keep the call waiting first.
    """

    method: str | None
    status: int | None = None
    description: str | None = None
    retry_after: int | None = None
    times: int = 1
    answer: Answer = "whole"
    delay: float = 0
    hold: asyncio.Event | None = None

    def hits(self, method: str) -> bool:
        """Whether this call is meant; unless named, polling for updates goes on undisturbed."""
        return self.times > 0 and (self.method == method or (self.method is None and method != "getUpdates"))

    async def wait(self) -> None:
        if self.hold:
            await self.hold.wait()
        if self.delay:
            await asyncio.sleep(self.delay)

    def error(self) -> ApiError | None:
        """The refusal, if this fault is one; a 429 without a number asks to wait one second."""
        if self.status is None:
            return None
        retry_after = self.retry_after or (1 if self.status == 429 else None)
        phrase = self.description or _PHRASES.get(self.status, "refused on order")
        return ApiError(self.status, phrase.format(retry_after=retry_after), retry_after)


class Faults:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """The first fault that hits this call, used up by one."""
        for fault in self._waiting:
            if fault.hits(method):
                fault.times -= 1
                return fault
        return None
