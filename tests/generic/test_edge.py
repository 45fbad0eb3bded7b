"""The edge to Telegram: nothing is lost, doubled or out of order, whatever the network and the server do."""

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot import watch
from bot.services import wiring
from bot.services.turn import Turn
from bot.store import due, outbox, queries
from bot.store.tables import Inbox, Match, Outbox
from bot.telegram.receiver import MAX_BODY, SECRET_HEADER, keep, webhook
from bot.telegram.sender import Sender
from bot.texts import LANGUAGES, Reader, Texts, read
from bot.tryout import Account
from tests.conftest import Chatter, Service
from tests.generic.world import FIRST_CHAT, PEOPLE, World, words

SECRET = "a-secret-of-the-webhook"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def known(service: Service, name: str = "Kim", language: str = "sv") -> Chatter:
    """Somebody who has started, and with whom nothing is open."""
    person = service.person(name, language)
    await person.start()
    await person.press({"sv": "Okej, gå vidare", "da": "Okay, lad os fortsætte"}[language])
    return person


def rows(service: Service, **equal: object) -> list[Outbox]:
    with service.store.transaction() as tx:
        return list(queries.rows(tx, Outbox, **equal))


def put(service: Service, chatter: Chatter, *texts: str, urgent: bool = False) -> None:
    """Texts into the outbox, as a service would."""
    with service.store.transaction() as tx:
        for text in texts:
            outbox.put(
                tx,
                chatter.account.id,
                "message",
                {"text": text, "rows": []},
                service.clock.now(),
                urgent=urgent,
            )


# In


async def test_an_update_is_acknowledged_only_when_it_is_stored(service: Service) -> None:
    """The process dies after fetching, before storing: Telegram gives the update again."""
    kim = service.person("Kim")
    await kim.account.start()
    await service.app.bot.get_updates()
    await service.restart()
    assert await service.app.poller.poll(0) == 1
    with service.store.transaction() as tx:
        assert [row.handled_at for row in queries_inbox(tx)] == [None]
    await service.settle()
    assert "välkommen" in kim.last


def queries_inbox(tx: object) -> list[Inbox]:
    from sqlmodel import select

    return list(tx.exec(select(Inbox)).all())  # type: ignore[attr-defined]


async def test_a_kill_after_storing_loses_and_doubles_nothing(service: Service) -> None:
    kim = service.person("Kim")
    await kim.account.start()
    await service.app.poller.poll(0)
    await service.restart()
    await service.settle()
    await service.restart()
    await service.settle()
    assert len(kim.texts) == 1


async def test_an_update_that_comes_twice_is_handled_once(service: Service) -> None:
    kim = service.person("Kim")
    await kim.account.start()
    updates = await service.app.bot.get_updates()
    assert keep(service.store, service.clock, updates) == 1
    assert keep(service.store, service.clock, updates) == 0
    await service.settle()
    assert len(kim.texts) == 1


async def test_what_was_written_is_blanked_when_it_is_handled(service: Service) -> None:
    kim = await known(service)
    await kim.send("Något hemligt")
    with service.store.transaction() as tx:
        found = queries_inbox(tx)
    assert found
    assert all(row.content is None and row.handled_at for row in found)


async def test_an_update_that_cannot_be_handled_holds_nobody_up(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Tried three times, set aside with a kind word; no log line holds what was written."""
    kim = await known(service)

    error = "Kanariefågel i felet"

    def fail(*args: object) -> None:
        raise RuntimeError(error)

    with monkeypatch.context() as patch, caplog.at_level(logging.DEBUG, "bot"):
        patch.setattr("bot.services.receive.respond", fail)
        await kim.send("Kanariefågel i texten")
    assert "Något gick fel hos mig" in kim.last
    assert "RuntimeError" in caplog.text
    assert "Kanariefågel" not in caplog.text
    await kim.send("/hjalp")
    assert "hjälpa" in " ".join(kim.texts[-2:])


async def test_no_log_line_holds_what_anybody_wrote(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):
        kim = service.person("Kanariefågelsson")
        await kim.start()
        await kim.send("Kanariefågel")
        service.server.fail_next("sendMessage", status=400)
        await kim.send("Kanariefågel igen")
        service.server.fail_next("sendMessage", status=500)
        await kim.send("Kanariefågel en gång till")
    assert [record for record in caplog.records if record.name.startswith("bot")]
    assert "anariefågel" not in caplog.text


Act = Callable[[Account], Awaitable[object]]
UNREADABLE: dict[str, Act] = {
    "photo": lambda account: account.send_photo(PNG, "Jag mår inte så bra"),
    "voice": lambda account: account.send_voice(),
    "sticker": lambda account: account.send_sticker(),
    "location": lambda account: account.send_location(),
    "file": lambda account: account.send_document("brev.txt", b"Hej"),
    "forwarded": lambda account: account.forward("Hej"),
    "edited": lambda account: account.edit(account.chat.messages[0], "Hej"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_the_bot_cannot_read_keeps_the_place(service: Service, language: str) -> None:
    """Over the wire, each sort is known for what it is, and answered in the person's language."""
    kim = await known(service, language=language)
    question = kim.last
    for kind, act in UNREADABLE.items():
        await kim.do(act)
        assert kim.texts[-2:] == [read(language)[f"engine.other.{kind}"], question], kind
    await kim.send("/hjalp", "<b>&", "32/13", "x" * 4096)
    assert kim.last == question
    await kim.press({"sv": "Sverige", "da": "Danmark"}[language])
    assert kim.last != question


async def test_a_button_pressed_twice_and_a_stale_one(service: Service) -> None:
    kim = await known(service)
    country = kim.account.last
    await kim.account.press("Sverige", country)
    await kim.account.press("Danmark", country)
    await service.settle()
    assert kim.texts[-2:][0] == read("sv")["engine.stale"]
    await kim.press("Ja, och jag är minst 18")
    assert kim.row.country == "SE"


async def test_a_first_message_that_is_no_text_is_a_first_message(service: Service) -> None:
    kim = service.person("Kim", "da")
    await kim.do(UNREADABLE["voice"])
    assert "Kamratlinjen" in kim.last
    assert "Okay, lad os fortsætte" in kim.labels


async def test_a_group_gets_one_line_and_is_left(service: Service) -> None:
    kim = service.person("Kim", "da")
    group = await kim.account.add_bot_to_group("Familjen")
    await kim.account.say_in(group, {"text": "Hej botten"})
    await service.settle()
    assert [message.text for message in group.received] == [read("da")["engine.group"]]
    assert group.access == "left"


# Webhook


async def client(service: Service) -> TestClient:
    app = webhook(service.app.bot, service.store, service.clock, SECRET, service.app.wake)
    return TestClient(TestServer(app))


async def test_the_webhook_stores_before_it_answers(service: Service) -> None:
    kim = service.person("Kim")
    await kim.account.start()
    (update,) = await service.app.bot.get_updates()
    async with await client(service) as web:
        for _ in range(2):
            answer = await web.post("/telegram", json=update.to_dict(), headers={SECRET_HEADER: SECRET})
            assert answer.status == 200
    with service.store.transaction() as tx:
        assert [row.update_id for row in queries_inbox(tx)] == [update.update_id]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, "{}", 403),
        ({SECRET_HEADER: "guessed"}, "{}", 403),
        ({SECRET_HEADER: "ö"}, "{}", 403),
        ({SECRET_HEADER: SECRET}, "no JSON", 400),
        ({SECRET_HEADER: SECRET}, "[]", 400),
        ({SECRET_HEADER: SECRET}, '{"message": 1}', 400),
        ({SECRET_HEADER: SECRET}, "null", 400),
        ({SECRET_HEADER: SECRET}, "x" * (MAX_BODY + 1), 413),
    ],
)
async def test_the_webhook_takes_updates_from_telegram_only(
    service: Service, headers: dict[str, str], body: str, status: int
) -> None:
    async with await client(service) as web:
        answer = await web.post("/telegram", data=body.encode(), headers=headers)
        assert answer.status == status
    with service.store.transaction() as tx:
        assert queries_inbox(tx) == []


# Out


@pytest.mark.parametrize("status", [429, 500, 502])
async def test_what_telegram_cannot_take_now_is_sent_later(service: Service, status: int) -> None:
    kim = await known(service)
    before = len(kim.texts)
    service.server.fail_next("sendMessage", status=status, retry_after=7 if status == 429 else None, times=2)
    put(service, kim, "Ett", "Två")
    await service.settle()
    assert kim.texts[before:] == []
    for _ in range(3):
        await service.move(timedelta(seconds=8))
    assert kim.texts[before:] == ["Ett", "Två"]


async def test_the_pause_that_telegram_asks_for_is_kept(service: Service) -> None:
    kim = await known(service)
    before = len(kim.texts)
    service.server.fail_next("sendMessage", status=429, retry_after=30)
    put(service, kim, "Ett")
    await service.settle()
    await service.move(timedelta(seconds=28))
    assert kim.texts[before:] == []
    await service.move(timedelta(seconds=3))
    assert kim.texts[before:] == ["Ett"]


@pytest.mark.parametrize("answer", ["none", "half"])
async def test_a_broken_connection_is_tried_again(service: Service, answer: str) -> None:
    kim = await known(service)
    service.server.fail_next("sendMessage", answer=answer)  # type: ignore[arg-type]
    put(service, kim, "Ett")
    await service.settle()
    await service.move(timedelta(seconds=5))
    assert kim.last == "Ett"
    assert not rows(service, outcome="waiting")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_has_blocked_the_bot_is_paused_and_comes_back(service: Service, language: str) -> None:
    """The coordinator of an open match hears it once, without a reason; nobody else does, and the chat is let be."""
    tools, store = service.app.tools, service.store
    with store.transaction() as tx:
        World(Turn(tx, tools, service.clock.now()), language).build()
        eva = queries.person_by_chat(tx, FIRST_CHAT + PEOPLE.index("coordinator"))
        assert eva is not None
        for match in queries.rows(tx, Match):
            match.coordinator_id = eva.id
    kim, sam, stranger = (
        Chatter(service, service.server.user(FIRST_CHAT + PEOPLE.index(name), name, language))
        for name in ("user", "coordinator", "invited")
    )
    reader = Reader(language, ZoneInfo("UTC"))
    lost = Texts(wiring.shared(service.settings)).plain("reach.lost", reader, called=words(40))
    for person in (kim, sam, stranger):
        await person.send("/hjalp")
    for person in (kim, stranger):
        await person.do(Account.delete_account)
        put(service, person, "Ett", "Två")
        await service.settle()
        assert person.row.status == "gone"
        assert {row.outcome for row in rows(service, chat_id=person.account.id)} == {"sent", "gone"}
        assert all(row.payload is None for row in rows(service))
    await kim.do(Account.block_bot)
    assert [text for text in sam.texts if text == lost] == [lost]
    tried = len(service.server.calls)
    with store.transaction() as tx:
        due.plan(tx, "r", "reminder", service.clock.now(), person_id=kim.row.id, subject=1)
    await service.settle()
    assert [call.method for call in service.server.calls[tried:]] == ["getUpdates"]

    await kim.send("Jag vill ta mitt liv")
    assert kim.row.status == "active", "also when it is a crisis that brings somebody back"
    await stranger.do(Account.unblock_bot)
    assert stranger.row.status == "gone", "of a new account Telegram says nothing"
    await stranger.send("/hjalp")
    assert stranger.row.status == "active"
    await kim.do(Account.block_bot)
    assert sam.texts.count(lost) == 2, "and the next time it is told again"


async def test_what_telegram_refuses_is_parked_and_the_rest_goes_on(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    kim = await known(service)
    service.server.fail_next("sendMessage", status=400)
    put(service, kim, "Kanariefågel", "Två")
    await service.settle()
    assert kim.last == "Två"
    assert [row.outcome for row in rows(service)[-2:]] == ["parked", "sent"]
    assert "parked" in caplog.text
    assert "Kanariefågel" not in caplog.text
    app = service.app
    async with TestClient(TestServer(watch.application(app.tools, app.store, app.metrics))) as client:
        numbers = await (await client.get("/metrics")).text()
    assert 'peerbot_sends_total{outcome="parked"} 1.0' in numbers
    assert 'peerbot_kept{what="parked"} 1.0' in numbers


async def test_a_message_that_cannot_be_changed_any_more_is_said_anew(service: Service) -> None:
    kim = service.person("Kim")
    await kim.start()
    service.server.fail_next(
        "editMessageText", status=400, description="Bad Request: message can't be edited"
    )
    await kim.press("Okej, gå vidare")
    assert any("✓ Okej, gå vidare" in text for text in kim.texts[1:])


async def test_each_chat_in_order_and_the_urgent_first(service: Service) -> None:
    kim = await known(service)
    before = len(kim.texts)
    put(service, kim, "Ett", "Två")
    put(service, kim, "Genast", urgent=True)
    await service.settle()
    assert kim.texts[before:] == ["Genast", "Ett", "Två"]


async def test_one_chat_that_has_to_wait_does_not_hold_up_another(service: Service) -> None:
    kim, alex = await known(service), await known(service, "Alex", "da")
    service.server.fail_next("sendMessage", status=429, retry_after=60)
    put(service, kim, "Till Kim")
    await service.app.sender.send_due()
    put(service, alex, "Til Alex")
    await service.settle()
    assert alex.last == "Til Alex"
    assert kim.last != "Till Kim"


async def test_the_pace_that_telegram_allows(service: Service) -> None:
    """One message a second in a chat, and so many a second in all; the clock is the injected one."""
    people = [await known(service, f"P{number}") for number in range(3)]
    service.clock.advance(timedelta(seconds=5))
    limits = service.settings.telegram.model_copy(update={"per_second": 2, "per_chat_seconds": 1.0})
    sender = Sender(service.app.bot, service.store, service.clock, limits, lambda chat_id, since: None)
    for person in people:
        put(service, person, "Ett", "Två")
    sent = []
    for _ in range(4):
        sent.append(await sender.send_due() + await sender.send_due())
        service.clock.advance(timedelta(seconds=1, milliseconds=1))
    assert sent == [2, 2, 1, 1]


async def test_the_answers_wait_when_the_process_dies_before_sending(service: Service) -> None:
    kim = service.person("Kim")
    await kim.account.start()
    await service.app.poller.poll(0)
    await service.app.work()
    await service.restart()
    assert kim.texts == []
    await service.settle()
    assert len(kim.texts) == 1


async def test_polling_goes_on_after_errors(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, cut off, in conflict: the poller waits a little and asks again."""
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise asyncio.CancelledError

    kim = service.person("Kim")
    await kim.account.start()
    for status in (409, 500, 502):
        service.server.fail_next("getUpdates", status=status)
    monkeypatch.setattr("bot.telegram.receiver.asyncio.sleep", wait)
    with pytest.raises(asyncio.CancelledError):
        await service.app.poller.run()
    assert waited == [1.0, 2.0, 4.0]
    assert await service.app.poller.poll(0) == 1
