"""How updates reach the bot: long polling and its acknowledgements, and the webhook."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.tryout import Account, BotApiServer

from .conftest import Raw


async def texts(raw: Raw, **params: object) -> list[str]:
    return [update["message"]["text"] for update in (await raw("getUpdates", **params))["result"]]


async def say(anna: Account, *words: str) -> None:
    for word in words:
        await anna.send(word)


async def polling(server: BotApiServer, raw: Raw, **params: object) -> asyncio.Task:
    """A long poll that has arrived at the server."""
    before = len(server.calls)
    task = asyncio.create_task(raw("getUpdates", timeout=50, **params))
    await server.until(lambda: any(call.params for call in server.calls[before:]))
    return task


async def test_updates_stay_until_they_are_acknowledged(raw: Raw, anna: Account) -> None:
    await say(anna, "ett", "två", "tre")
    assert await texts(raw) == ["ett", "två", "tre"]
    assert await texts(raw) == ["ett", "två", "tre"]
    second = (await raw("getUpdates", limit=2))["result"][1]["update_id"]
    assert await texts(raw, offset=second) == ["två", "tre"]
    assert await texts(raw) == ["två", "tre"]
    assert await texts(raw, offset=second + 2) == []


async def test_limit_and_negative_offset(raw: Raw, anna: Account) -> None:
    await say(anna, "ett", "två", "tre")
    assert await texts(raw, limit=1) == ["ett"]
    assert await texts(raw, offset=-2) == ["två", "tre"]
    assert await texts(raw) == ["två", "tre"]
    assert (await raw.refusal("getUpdates", limit=101))[0] == 400


async def test_a_long_poll_answers_as_soon_as_somebody_writes(
    server: BotApiServer, raw: Raw, anna: Account
) -> None:
    poll = await polling(server, raw)
    assert not poll.done()
    await anna.send("hej")
    assert [update["message"]["text"] for update in (await poll)["result"]] == ["hej"]


async def test_a_second_poll_ends_the_first(server: BotApiServer, raw: Raw, anna: Account) -> None:
    first = await polling(server, raw)
    second = await polling(server, raw)
    assert (await first)["error_code"] == 409
    assert "terminated by other getUpdates request" in (await first)["description"]
    await anna.send("hej")
    assert len((await second)["result"]) == 1


async def test_stopping_the_server_ends_a_poll(server: BotApiServer, raw: Raw) -> None:
    poll = await polling(server, raw)
    await server.stop()
    assert (await poll)["result"] == []


async def test_only_wanted_kinds_are_kept(raw: Raw, anna: Account) -> None:
    await raw("getUpdates", allowed_updates=["edited_message"])
    message = await anna.send("hej")
    await anna.edit(message, "hej då")
    (update,) = (await raw("getUpdates"))["result"]
    assert update["edited_message"]["text"] == "hej då"
    await raw("getUpdates", offset=update["update_id"] + 1, allowed_updates=[])
    await anna.send("igen")
    assert await texts(raw) == ["igen"]


class Receiver:
    """A webhook: answers with the next of `statuses` (then 200) and keeps what it took."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.taken: list[tuple[str | None, int]] = []
        self.attempts = 0
        self.all_in = asyncio.Event()
        self.expected = 0
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.attempts += 1
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        update = await request.json()
        self.taken.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), update["update_id"]))
        if len(self.taken) == self.expected:
            self.all_in.set()
        return web.Response()

    async def wait_for(self, count: int) -> None:
        self.expected = count
        async with asyncio.timeout(5):
            if len(self.taken) < count:
                await self.all_in.wait()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_a_webhook_gets_each_update_in_order_with_its_secret(
    raw: Raw, anna: Account, server: BotApiServer, receiver: Receiver
) -> None:
    await anna.send("före")
    await raw("setWebhook", url=receiver.url, secret_token="hemlig-1")
    await anna.send("efter")
    await receiver.wait_for(2)
    assert [secret for secret, _ in receiver.taken] == ["hemlig-1"] * 2
    assert sorted(update_id for _, update_id in receiver.taken) == [
        update_id for _, update_id in receiver.taken
    ]


async def test_a_webhook_is_tried_again_until_it_takes_the_update(
    raw: Raw, anna: Account, receiver: Receiver
) -> None:
    receiver.statuses = [500, 403]
    await raw("setWebhook", url=receiver.url)
    await anna.send("hej")
    await receiver.wait_for(1)
    assert receiver.attempts == 3
    info = (await raw("getWebhookInfo"))["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 403 Forbidden"


async def test_polling_and_a_webhook_exclude_each_other(
    server: BotApiServer, raw: Raw, anna: Account, receiver: Receiver
) -> None:
    poll = await polling(server, raw)
    await raw("setWebhook", url=receiver.url)
    assert (await poll)["error_code"] == 409
    status, description = await raw.refusal("getUpdates")
    assert status == 409
    assert "while webhook is active" in description
    await raw("deleteWebhook", drop_pending_updates=True)
    await anna.send("hej")
    assert await texts(raw) == ["hej"]
    assert receiver.taken == []


@pytest.mark.parametrize("url", ["https://example.org/hook", "ftp://127.0.0.1/", "hook", "http://10.0.0.1/"])
async def test_a_webhook_elsewhere_is_refused(raw: Raw, url: str) -> None:
    assert (await raw.refusal("setWebhook", url=url))[1].startswith("Bad Request: bad webhook")
    assert (await raw("getWebhookInfo"))["result"]["url"] == ""


async def test_a_secret_of_other_characters_is_refused(raw: Raw, receiver: Receiver) -> None:
    assert (await raw.refusal("setWebhook", url=receiver.url, secret_token="ö"))[0] == 400


async def test_the_webhook_outlives_a_restart_of_the_server(
    server: BotApiServer, raw: Raw, anna: Account, receiver: Receiver
) -> None:
    await raw("setWebhook", url=receiver.url)
    await server.stop()
    await anna.send("hej")
    await server.start()
    await receiver.wait_for(1)
