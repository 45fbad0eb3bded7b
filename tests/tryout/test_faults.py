"""Faults on order, as python-telegram-bot sees them."""

import asyncio

import pytest
import telegram
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.tryout import Account, BotApiServer


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, BadRequest), (403, Forbidden), (429, RetryAfter), (500, NetworkError), (502, NetworkError)],
)
async def test_a_status_is_answered_once_and_nothing_is_done(
    server: BotApiServer, bot: telegram.Bot, anna: Account, status: int, error: type[Exception]
) -> None:
    server.fail_next("sendMessage", status=status)
    with pytest.raises(error):
        await bot.send_message(101, "Ett")
    assert anna.received == []
    await bot.send_message(101, "Ett")
    assert len(anna.received) == 1
    assert [call.status for call in server.calls_of("sendMessage")] == [status, 200]
    assert server.calls_of("sendMessage")[0].params["text"] == "Ett"


async def test_retry_after(server: BotApiServer, bot: telegram.Bot, anna: Account) -> None:
    fault = server.fail_next(status=429, retry_after=7, times=2)
    for _ in range(2):
        with pytest.raises(RetryAfter, match="7 seconds"):
            await bot.send_message(101, "Ett")
    assert fault.times == 0
    assert await bot.send_message(101, "Ett")


async def test_polling_is_not_hit_unless_named(server: BotApiServer, bot: telegram.Bot) -> None:
    server.fail_next(status=500)
    assert await bot.get_updates() == ()
    server.faults.clear()
    server.fail_next("getUpdates", status=502)
    with pytest.raises(NetworkError):
        await bot.get_updates()


@pytest.mark.parametrize(("answer", "done"), [("none", 0), ("lost", 1), ("half", 1)])
async def test_a_broken_connection(
    server: BotApiServer, bot: telegram.Bot, anna: Account, answer: str, done: int
) -> None:
    server.fail_next("sendMessage", answer=answer)
    with pytest.raises(TelegramError):
        await bot.send_message(101, "Ett")
    assert len(anna.received) == done


async def test_a_call_can_be_held(server: BotApiServer, bot: telegram.Bot, anna: Account) -> None:
    gate = asyncio.Event()
    server.fail_next("sendMessage", hold=gate)
    sending = asyncio.create_task(bot.send_message(101, "Ett"))
    await server.until(lambda: bool(server.calls_of("sendMessage")))
    assert anna.received == []
    gate.set()
    await sending
    assert len(anna.received) == 1
