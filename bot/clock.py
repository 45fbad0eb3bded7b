"""The one source of time. Everything that needs the present asks a clock that was handed to it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """A clock for tests and the try-out: it stands still, or runs on from where it was set.

    `running` makes it tick with the machine's clock after each move.
    """

    def __init__(self, start: datetime, *, running: bool = False) -> None:
        self._running = running
        self.set(start)

    def now(self) -> datetime:
        if not self._running:
            return self._base
        return self._base + (datetime.now(UTC) - self._set_at)

    def set(self, moment: datetime) -> None:
        """Move to an aware datetime; raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("the clock needs an aware datetime")
        self._base = moment.astimezone(UTC)
        self._set_at = datetime.now(UTC)

    def advance(self, by: timedelta) -> None:
        self.set(self.now() + by)
