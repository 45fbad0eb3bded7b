"""What Telegram asks for when it is asked too much."""

from datetime import timedelta

from telegram.error import RetryAfter


def pause_of(error: RetryAfter) -> timedelta:
    """How long to wait; the library gives it in one form or the other."""
    pause = error.retry_after
    return pause if isinstance(pause, timedelta) else timedelta(seconds=pause)
