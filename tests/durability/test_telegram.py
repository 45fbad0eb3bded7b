"""Telegram's faults, one after the other: nothing is lost, and no more doubled than "at least once" allows.

The local Bot API server does what a network and a busy server do; the pauses are those of the injected clock.
"""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import select

from bot.app import make_bot
from bot.store import StoreError, outbox, queries
from bot.store.tables import Inbox, Outbox
from bot.telegram import receiver
from bot.telegram.receiver import SECRET_HEADER, Poller, webhook
from tests.conftest import Chatter, Service

SECRET = "a-secret-of-the-webhook"
GROWING, AS_ASKED = [2, 4, 8], [7, 7, 7]
"""Seconds."""
IMPATIENT = 0.1

OUT: dict[str, tuple[dict[str, Any], list[int], bool]] = {
    "too much at once": ({"status": 429, "retry_after": 7}, AS_ASKED, False),
    "a fault in there": ({"status": 500}, GROWING, False),
    "a gateway without a server": ({"status": 502}, GROWING, False),
    "a connection that is reset": ({"answer": "none"}, GROWING, False),
    "done, and the answer lost": ({"answer": "lost"}, GROWING, True),
    "done, and half an answer": ({"answer": "half"}, GROWING, True),
    "no answer, and nothing done": ({"answer": "none", "hold": True}, GROWING, False),
    "done, and the answer too late": ({"hold": True}, GROWING, True),
}
"""What goes wrong with three calls in a row, the pauses after each, and whether Telegram did what it was asked."""

IN: dict[str, tuple[dict[str, Any], list[int]]] = {
    "two who poll": ({"status": 409}, [1, 2, 4]),
    "too much at once": ({"status": 429, "retry_after": 7}, AS_ASKED),
    "a fault in there": ({"status": 500}, [1, 2, 4]),
    "a gateway without a server": ({"status": 502}, [1, 2, 4]),
    "a connection that is reset": ({"answer": "none"}, [1, 2, 4]),
    "the answer lost": ({"answer": "lost"}, [1, 2, 4]),
    "half an answer": ({"answer": "half"}, [1, 2, 4]),
    "an answer too late": ({"hold": True}, [1, 2, 4]),
}


async def people(service: Service, *names: str) -> list[Chatter]:
    return [await service.person(name).start() for name in names]


def handled(service: Service) -> list[tuple[int, bool]]:
    """The ids of what has come since the start, and whether each is done with."""
    with service.store.transaction() as tx:
        rows = tx.exec(select(Inbox).order_by(Inbox.update_id)).all()  # type: ignore[arg-type]
    return [(row.update_id, row.handled_at is not None and not row.failed) for row in rows]


async def test_what_is_sent(service: Service) -> None:
    """Two chats meet each fault three times: everything gets there in order, after growing pauses."""
    chats = await people(service, "Kim", "Alex")
    transport = service.app.bot.request
    patient = transport.seconds  # type: ignore[attr-defined]
    for name, (how, pauses, done) in OUT.items():
        hold = asyncio.Event() if how.get("hold") else None
        fault = service.server.fail_next("sendMessage", **{**how, "hold": hold, "times": 3 * len(chats)})
        before = {chat: len(chat.texts) for chat in chats}
        with service.store.transaction() as tx:
            for text in (f"{name} 1", f"{name} 2"):
                for chat in chats:
                    message = {"text": text, "rows": []}
                    outbox.put(tx, chat.account.id, "message", message, service.clock.now())
        waited = []
        while True:
            transport.seconds = IMPATIENT if hold and fault.times else patient
            while await service.app.sender.send_due():
                transport.seconds = IMPATIENT if hold and fault.times else patient
            with service.store.transaction() as tx:
                waiting = queries.rows(tx, Outbox, outcome="waiting")
            if not waiting:
                break
            waited.append((max(row.try_at for row in waiting) - service.clock.now()).total_seconds())
            service.clock.advance(timedelta(seconds=waited[-1]))
        assert waited == pauses, name
        if hold:
            hold.set()
            await service.server.until(lambda: all(call.status is not None for call in service.server.calls))
        for chat in chats:
            shown = chat.texts[before[chat] :]
            assert list(dict.fromkeys(shown)) == [f"{name} 1", f"{name} 2"], name
            assert Counter(shown) == {f"{name} 1": 4 if done else 1, f"{name} 2": 1}, name
        service.clock.advance(timedelta(seconds=2))
    with service.store.transaction() as tx:
        assert {row.outcome for row in queries.rows(tx, Outbox)} == {"sent"}


async def test_what_is_fetched(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every update is stored and answered once; after a fault the poller waits longer each time."""
    (kim,) = await people(service, "Kim")
    waits: list[float] = []
    came = asyncio.Event()
    poller = Poller(service.app.bot, service.store, service.clock, came.set)
    sleep = asyncio.sleep

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr(receiver, "LONG", 0)
    monkeypatch.setattr(receiver.asyncio, "sleep", wait)
    for name, (how, pauses) in IN.items():
        hold = asyncio.Event() if how.get("hold") else None
        monkeypatch.setattr(receiver, "PATIENCE", IMPATIENT if hold else 10)
        waits.clear(), came.clear()
        service.server.fail_next("getUpdates", **{**how, "hold": hold, "times": 3})
        await kim.account.send("/hjalp")
        running = asyncio.create_task(poller.run())
        await asyncio.wait_for(came.wait(), 20)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        if hold:
            hold.set()
        assert waits == pauses, name
    before = len(kim.texts)
    await service.settle()
    assert [done for _, done in handled(service)] == [True] * (1 + len(IN))
    assert len(kim.texts) == before + 2 * len(IN)


async def test_two_pollers_and_a_gap(service: Service) -> None:
    """Telegram ends the one that waits when another asks; both may fetch the same, and it is one update."""
    (kim,) = await people(service, "Kim")
    async with make_bot(service.settings) as other:
        first, second = (
            Poller(bot, service.store, service.clock, service.app.wake) for bot in (service.app.bot, other)
        )
        await first.poll(0)
        calls = len(service.server.calls)
        waiting = asyncio.create_task(first.poll(5))
        await service.server.until(
            lambda: len(service.server.calls) > calls and bool(service.server.calls[-1].params)
        )
        with pytest.raises(receiver.Conflict):
            await asyncio.gather(waiting, second.poll(0))
        for more in (0, 10**6):  # after a while without any, Telegram's ids go on from elsewhere
            service.server.updates.next_id += more
            await kim.account.send("/hjalp")
            assert [await first.poll(0), await second.poll(0)] == [1, 1]
    before = len(kim.texts)
    await service.settle()
    assert [done for _, done in handled(service)] == [True] * 3
    assert len(kim.texts) - before == 2 * 2


async def test_webhook_calls_doubled_and_out_of_order(service: Service) -> None:
    """What comes early waits for nobody, what comes again has no effect, and what comes late is not lost."""
    (kim,) = await people(service, "Kim")
    await kim.press("Okej, gå vidare")
    for text in ("/hjalp", "/status", "Sverige", "/moten"):
        await kim.account.send(text)
    updates = [each.to_dict() for each in await service.app.bot.get_updates()]
    before = len(kim.texts)
    app = webhook(service.app.bot, service.store, service.clock, SECRET, service.app.wake)
    async with TestClient(TestServer(app)) as web:
        for order in ((3, 1, 3), (2, 1, 0, 2, 0)):
            for number in order:
                headers = {SECRET_HEADER: SECRET}
                assert (await web.post("/telegram", json=updates[number], headers=headers)).status == 200
            while await service.app.work():
                pass
    ids = [each["update_id"] for each in updates]
    assert handled(service)[-4:] == [(each, True) for each in ids]
    await service.settle()
    assert "Ja, och jag är minst 18" in kim.labels, "in the dialog it has been the answer that it was"
    answers = Counter(kim.texts[before:])
    await service.settle()
    assert Counter(kim.texts[before:]) == answers


async def test_somebody_comes_back_while_a_message_is_refused(service: Service) -> None:
    """The refusal tells of before: they stay within reach, and get what was refused and what they asked for."""
    (kim,) = await people(service, "Kim")
    before, hold = len(kim.texts), asyncio.Event()
    fault = service.server.fail_next("sendMessage", status=403, hold=hold)
    with service.store.transaction() as tx:
        outbox.put(tx, kim.account.id, "message", {"text": "Ett", "rows": []}, service.clock.now())
    sending = asyncio.create_task(service.app.sender.send_due())
    await service.server.until(lambda: fault.times == 0)
    service.clock.advance(timedelta(seconds=1))
    await kim.account.send("/hjalp")
    await service.app.poller.poll(0)
    assert await service.app.work() == 1
    hold.set()
    await sending
    await service.settle()
    assert kim.row.status == "active"
    assert kim.texts[before] == "Ett"
    assert len(kim.texts) > before + 1


async def test_what_was_sent_is_not_sent_again_while_it_cannot_be_noted(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full for a while: what Telegram has taken is noted when there is room, and doubles nothing."""
    (kim,) = await people(service, "Kim")
    before, waited, serially = len(kim.texts), [], service.store.serially

    def full(work: Any) -> Any:
        raise StoreError("database or disk is full")

    async def wait(seconds: float) -> None:
        waited.append(seconds)
        assert await service.app.sender.send_due() == 0
        if len(waited) == 3:
            monkeypatch.setattr(service.store, "serially", serially)

    with service.store.transaction() as tx:
        outbox.put(tx, kim.account.id, "message", {"text": "Ett", "rows": []}, service.clock.now())
    with monkeypatch.context() as patch:
        patch.setattr("bot.telegram.sender.asyncio.sleep", wait)
        monkeypatch.setattr(service.store, "serially", full)
        assert await service.app.sender.send_due() == 1
    await service.settle()
    assert (kim.texts[before:], waited) == (["Ett"], [1, 2, 4])


async def test_what_is_pressed_is_answered_in_one_go(service: Service) -> None:
    """Changing what was asked and asking what comes next need no pause between, and are noted together."""
    kim = service.person("Kim")
    await kim.start()
    await kim.account.press("Okej, gå vidare")
    await service.app.poller.poll(0)
    await service.app.work()
    assert await service.app.sender.send_due() == 3
    methods = [call.method for call in service.server.calls[-3:]]
    assert methods == ["answerCallbackQuery", "editMessageText", "sendMessage"]
