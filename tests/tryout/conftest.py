"""A running Bot API server with a clock that stands still, and people to talk with."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import telegram

from bot.clock import MovableClock
from bot.tryout import Account, BotApiServer

from .contract import load_spec, validate


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[BotApiServer]:
    """Whatever it accepted must be what the published Bot API takes."""
    server = BotApiServer(clock, webhook_retry=0)
    await server.start()
    yield server
    await server.stop()
    if spec := load_spec():
        assert validate([call for call in server.calls if call.status == 200], spec) == []


@pytest.fixture
async def anna(server: BotApiServer) -> Account:
    """A person who has pressed Start; that update is already acknowledged."""
    anna = server.user(101, "Anna", "sv")
    await anna.start()
    server.updates.drop()
    return anna


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(
        server.token, base_url=server.base_url, base_file_url=server.base_file_url
    ) as bot:
        yield bot


class Raw:
    """Calls a method with a JSON body of one's own making, past any library."""

    def __init__(self, server: BotApiServer, session: aiohttp.ClientSession) -> None:
        self._base = f"{server.base_url}{server.token}"
        self._session = session

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        async with self._session.post(f"{self._base}/{method}", json=params) as response:
            body = await response.json()
            assert body["ok"] == (response.status == 200)
            assert body.get("error_code", 200) == response.status
            return body

    async def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        """Status and description of a call that must be refused."""
        body = await self(method, **params)
        assert not body["ok"], body
        return body["error_code"], body["description"]


@pytest.fixture
async def raw(server: BotApiServer) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as session:
        yield Raw(server, session)
