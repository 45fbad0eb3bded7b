"""The updates waiting for the bot, fetched by long polling or delivered to a webhook.

An update is kept until the bot acknowledges it: by a higher offset, or with a 2xx from the webhook.
"""

import asyncio
import contextlib
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.tryout.errors import bad_request, conflict
from bot.tryout.table import NOT_UNLESS_ASKED_FOR, UPDATE_KINDS

Json = dict[str, Any]

_TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"
_HAS_WEBHOOK = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass
class Webhook:
    """Where updates are delivered, and how the last attempts went."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    last_error: str | None = None
    last_error_date: int | None = None


@dataclass
class Updates:
    """The queue.

    `unix_now` tells the time; `retry_after` is the pause in seconds before a webhook is tried again.
    """

    unix_now: Callable[[], int]
    retry_after: float = 1.0
    webhook: Webhook | None = None
    allowed: list[str] = field(default_factory=list)
    next_id: int = 1
    _waiting: list[Json] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _poller: asyncio.Future[None] | None = None
    _delivery: asyncio.Task[None] | None = None

    def add(self, kind: str, content: Json) -> Json | None:
        """Enqueue an update of this kind, unless the bot does not want it; returns it."""
        if not self._is_wanted(kind):
            return None
        update = {"update_id": self.next_id, kind: content}
        self.next_id += 1
        self._waiting.append(update)
        self._news.set()
        return update

    def _is_wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_UNLESS_ASKED_FOR

    def waiting(self) -> list[Json]:
        """What has not been acknowledged, oldest first."""
        return list(self._waiting)

    def allow(self, kinds: list[str] | None) -> None:
        """Set which kinds are wanted from now on: an empty list means the usual ones, None as before."""
        if kinds is not None:
            self.allowed = [kind for kind in kinds if kind in UPDATE_KINDS]

    def restore(self, waiting: list[Json], next_id: int) -> None:
        """Go on from what an earlier run kept."""
        self._waiting, self.next_id = waiting, next_id

    def drop(self) -> None:
        self._waiting.clear()

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:  # noqa: ASYNC109
        """At most `limit` updates from `offset` on, after waiting up to `timeout` seconds for a first one.

        Acknowledges everything below a positive offset; a negative one keeps only so many from the end.
        A second poll ends a first one that still waits, with 409, as does a webhook.
        """
        if self.webhook:
            raise conflict(_HAS_WEBHOOK)
        self._end_other_poll()
        self._acknowledge(offset)
        if not self._waiting and timeout > 0:
            await self._wait(timeout)
        return self._waiting[:limit]

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            self._waiting = self._waiting[offset:]
        else:
            self._waiting = [update for update in self._waiting if update["update_id"] >= offset]

    def _end_other_poll(self) -> None:
        if self._poller and not self._poller.done():
            self._poller.set_exception(conflict(_TERMINATED))
        self._poller = None

    async def _wait(self, timeout: float) -> None:  # noqa: ASYNC109
        """Until there is news, the time is up, or another poll takes over (which raises here)."""
        ended = asyncio.get_running_loop().create_future()
        self._poller = ended
        self._news.clear()
        news = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({ended, news}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                ended.result()
        finally:
            news.cancel()
            ended.cancel()

    def set_webhook(self, webhook: Webhook) -> None:
        """Deliver from now on to this address, which must be on this machine."""
        _check_address(webhook.url)
        if webhook.secret_token and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", webhook.secret_token):
            raise bad_request("secret token contains unallowed characters")
        self.remove_webhook()
        self._end_other_poll()
        self.webhook = webhook
        self.open()

    def open(self) -> None:
        """Begin to deliver, if there is a webhook."""
        if self.webhook and not self._delivery:
            self._delivery = asyncio.create_task(self._deliver(self.webhook))

    def remove_webhook(self) -> None:
        self.webhook = None
        if self._delivery:
            self._delivery.cancel()
            self._delivery = None

    async def _deliver(self, webhook: Webhook) -> None:
        """One update after the other, each again until it is taken."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
        async with aiohttp.ClientSession(headers=headers) as session:
            while True:
                while not self._waiting:
                    self._news.clear()
                    await self._news.wait()
                update = self._waiting[0]
                if error := await _post(session, webhook.url, update):
                    webhook.last_error, webhook.last_error_date = error, self.unix_now()
                    await asyncio.sleep(self.retry_after)
                elif update in self._waiting:
                    self._waiting.remove(update)

    async def close(self) -> None:
        """End polls and deliveries; what waits stays, and so does the webhook."""
        if self._poller and not self._poller.done():
            self._poller.set_result(None)
        if self._delivery:
            self._delivery.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._delivery
            self._delivery = None


async def _post(session: aiohttp.ClientSession, url: str, update: Json) -> str | None:
    """Deliver an update; returns what went wrong, in Telegram's words."""
    try:
        async with session.post(url, json=update) as response:
            if response.ok:
                return None
            return f"Wrong response from the webhook: {response.status} {response.reason}"
    except aiohttp.ClientError:
        return "Connection refused"


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not _is_loopback(parts.hostname or ""):
        raise bad_request("bad webhook: only an address on this machine is served here")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
