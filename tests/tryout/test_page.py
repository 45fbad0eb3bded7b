"""The page's routes: what they show, what people can do, and whom they refuse."""

import json
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import pytest
import telegram

from bot.clock import MovableClock
from bot.texts import LANGUAGES
from bot.tryout import Account, BotApiServer
from bot.tryout.acts import ATTACHMENTS
from bot.tryout.page import STATIC, Hooks, Page, page_texts

CAST = [("user", "Anna", "sv", 101), ("peer", "Mikkel", "da", 102)]
JSON = {"Content-Type": "application/json"}


class Asked:
    """What the page asked of the running bot."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self.meeting: datetime | None = None
        self.restarts = 0

    async def move_clock(self, moment: datetime) -> None:
        self._clock.set(moment)

    async def next_meeting(self) -> datetime | None:
        return self.meeting

    async def restart(self) -> None:
        self.restarts += 1


@pytest.fixture
def asked(clock: MovableClock) -> Asked:
    return Asked(clock)


@pytest.fixture
async def page(server: BotApiServer, clock: MovableClock, asked: Asked) -> AsyncIterator[Page]:
    page = Page(server, clock, CAST, Hooks(asked.move_clock, asked.next_meeting, asked.restart))
    await page.start()
    yield page
    await page.stop()


@pytest.fixture
async def web(page: Page) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(page.url) as session:
        yield session


class Events:
    """Reads the server-sent events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._lines = response.content

    async def next(self, kind: str) -> dict:
        while True:
            name = (await self._lines.readline()).decode().strip()
            data = (await self._lines.readline()).decode()
            await self._lines.readline()
            if name == f"event: {kind}":
                return json.loads(data.removeprefix("data: "))


@pytest.mark.parametrize(
    "path", ["/", *(f"/{file.name}" for file in STATIC.iterdir() if file.suffix != ".html")]
)
async def test_static_files_with_a_strict_policy(web: aiohttp.ClientSession, path: str) -> None:
    async with web.get(path) as response:
        assert response.status == 200
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg|t\.me/)", await response.text())


@pytest.mark.parametrize(
    "path", ["/nosuch.js", "/../page.py", "/%2e%2e/page.py", "/chats/9/files/1", "/page.py"]
)
async def test_nothing_else_is_served(web: aiohttp.ClientSession, path: str) -> None:
    async with web.get(path) as response:
        assert response.status == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "[::1]:80", "127.0.0.1:x", ""])
async def test_other_hosts_are_refused(web: aiohttp.ClientSession, host: str) -> None:
    async with web.get("/", headers={"Host": host}) as response:
        assert response.status in (400, 403)


async def test_other_origins_and_forms_are_refused(web: aiohttp.ClientSession, server: BotApiServer) -> None:
    async with web.post("/chats/101/start", json={}, headers={"Origin": "http://evil.example"}) as response:
        assert response.status == 403
    async with web.post("/chats/101/start", data={"payload": "x"}) as response:
        assert response.status == 415
    for body in ("{", "[]"):
        async with web.post("/chats/101/start", data=body, headers=JSON) as response:
            assert response.status == 400
    assert server.updates.waiting() == []


async def test_acts_become_updates(web: aiohttp.ClientSession, server: BotApiServer) -> None:
    async def act(name: str, **given: object) -> int:
        async with web.post(f"/chats/101/{name}", json=given) as response:
            return response.status

    assert await act("start", payload="abc") == 200
    assert await act("language", code="da") == 200
    assert await act("send", text="Hej <b>&\nigen") == 200
    assert await act("edit", message=2, text="Hej då") == 200
    for kind in ("photo", "voice", "sticker", "location", "document", "forward"):
        assert await act("attach", kind=kind, sample="x") == 200
    assert await act("block") == 200
    updates = server.updates.waiting()
    assert [updates[0]["message"]["text"], updates[1]["message"]["text"]] == ["/start abc", "Hej <b>&\nigen"]
    assert updates[1]["message"]["from"]["language_code"] == "da"
    assert updates[2]["edited_message"]["text"] == "Hej då"
    assert [next(k for k in ("photo", "voice", "sticker", "location", "document", "text") if k in u["message"])
            for u in updates[3:9]] == ["photo", "voice", "sticker", "location", "document", "text"]  # fmt: skip
    assert updates[9]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


@pytest.mark.parametrize(
    ("act", "given", "problem"),
    [
        ("send", {"text": "  "}, "act_empty"),
        ("edit", {"message": 1, "text": ""}, "act_empty"),
        ("edit", {"message": 99, "text": "x"}, "act_gone"),
        ("press", {"message": 99, "data": "x"}, "act_gone"),
        ("press", {"message": 1}, "act_gone"),
        ("attach", {"kind": "elephant", "sample": "x"}, "act_unknown"),
        ("language", {"code": "no"}, "act_unknown"),
        ("start", {"payload": 7}, "act_unknown"),
    ],
)
async def test_acts_that_cannot_be(
    web: aiohttp.ClientSession, anna: Account, act: str, given: dict, problem: str
) -> None:
    async with web.post(f"/chats/101/{act}", json=given) as response:
        assert (response.status, await response.json()) == (409, {"problem": problem})


async def test_events_tell_what_changes(web: aiohttp.ClientSession, anna: Account, bot: telegram.Bot) -> None:
    async with web.get("/events") as response:
        events = Events(response)
        assert [(await events.next("chat"))["name"] for _ in CAST] == ["Anna", "Mikkel"]
        sent = await bot.send_message(101, "<b>Hej</b>", parse_mode="HTML")
        view = await events.next("chat")
        assert view["messages"][-1]["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
        keyboard = telegram.InlineKeyboardMarkup.from_button(
            telegram.InlineKeyboardButton("Ja", callback_data="1")
        )
        await bot.edit_message_text("Hej!", 101, sent.message_id, reply_markup=keyboard)
        bubble = (await events.next("chat"))["messages"][-1]
        assert (bubble["text"], bubble["edited"]) == ("Hej!", True)
        assert bubble["rows"] == [[{"label": "Ja", "data": "1", "url": None}]]
        async with web.post("/chats/101/press", json={"message": bubble["id"], "data": "1"}) as pressed:
            assert pressed.status == 200
        view = await events.next("chat")
        assert view["pressed"]
        query = (await bot.get_updates())[-1].callback_query
        assert query is not None
        await bot.answer_callback_query(query.id, "Tack")
        view = await events.next("chat")
        assert (view["pressed"], view["notices"]) == (False, [{"text": "Tack", "alert": False}])


async def test_files(web: aiohttp.ClientSession, anna: Account, bot: telegram.Bot) -> None:
    document = await bot.send_document(101, b"BEGIN:VCALENDAR", filename='m"öte\n.ics')
    async with web.get(f"/chats/101/files/{document.message_id}") as response:
        assert await response.read() == b"BEGIN:VCALENDAR"
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert response.content_type == "application/octet-stream"
    async with web.get("/chats/101/files/1") as response:
        assert response.status == 404


async def test_the_clock(web: aiohttp.ClientSession, clock: MovableClock, asked: Asked) -> None:
    before = clock.now()
    async with web.post("/clock", json={"hours": 1}) as response:
        assert response.status == 200
    assert clock.now() == before + timedelta(hours=1)
    async with web.post("/clock", json={"to": "meeting"}) as response:
        assert (response.status, await response.json()) == (409, {"problem": "clock_no_meeting"})
    asked.meeting = clock.now() + timedelta(days=3)
    async with web.post("/clock", json={"to": "meeting"}) as response:
        assert response.status == 200
    assert asked.meeting - clock.now() == timedelta(hours=2)


async def test_restart(web: aiohttp.ClientSession, asked: Asked) -> None:
    async with web.post("/restart", json={}) as response:
        assert response.status == 200
    assert asked.restarts == 1


def test_every_label_exists_in_both_languages_and_is_used() -> None:
    swedish, danish = (page_texts(language) for language in LANGUAGES)
    assert swedish.keys() == danish.keys()
    for key in swedish:
        assert re.findall(r"{\w+}", swedish[key]) == re.findall(r"{\w+}", danish[key]), key
    code = "\n".join(source.read_text() for source in [*STATIC.iterdir(), *STATIC.parent.glob("*.py")])
    asking = re.findall(r".*(?:\bt\(|CannotMove\(|WrongAct\(|data-(?:text|label|placeholder)=).*", code)
    named = set(re.findall(r'"(\w+)"', "\n".join(asking)))
    named |= {f"role_{role}" for role in ("user", "peer", "coordinator")}
    named |= {f"attach_{kind}" for kind in ATTACHMENTS}
    assert swedish.keys() <= named
    assert set(re.findall(r'(?:\bt\(|data-(?:text|label|placeholder)=)"(\w+)"', code)) <= swedish.keys()
