"""The try-out's web page: chats side by side over the local Bot API server, on loopback only."""

import asyncio
import json
import tomllib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aiohttp import web

from bot.clock import Clock
from bot.texts import FOLDER, LANGUAGES
from bot.tryout.account import Account
from bot.tryout.acts import ACTS, WrongAct
from bot.tryout.files import StoredFile
from bot.tryout.moves import ZONE, CannotMove, target
from bot.tryout.server import HOST, BotApiServer, is_local
from bot.tryout.view import chat_view
from bot.tryout.world import Json

STATIC = Path(__file__).parent / "page"
HEARTBEAT_SECONDS = 5.0
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Person(NamedTuple):
    """Somebody in the cast: a role ("user", "peer", "coordinator"), a name, an app language, an id."""

    role: str
    name: str
    language_code: str
    user_id: int


@dataclass(frozen=True)
class Hooks:
    """What the page can ask of the running bot.

    `move_clock` sets the bot's time and lets everything that has become due happen; `next_meeting` gives the
    start of the next booked meeting, aware, or None; `restart` stops the bot and starts it again.
    """

    move_clock: Callable[[datetime], Awaitable[Any]]
    next_meeting: Callable[[], Awaitable[datetime | None]]
    restart: Callable[[], Awaitable[Any]]


class Page:
    """Serves the page; `start` and `stop` as the Bot API server's."""

    def __init__(
        self, server: BotApiServer, clock: Clock, cast: Iterable[tuple[str, str, str, int]], hooks: Hooks
    ) -> None:
        self._server = server
        self._clock = clock
        self._hooks = hooks
        self._cast = [Person(*person) for person in cast]
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application(middlewares=[_only_from_here])
        app.add_routes(
            [
                web.get("/", self._static),
                web.get("/{name:[a-z]+\\.(?:js|css|svg)}", self._static),
                web.get("/setup", self._setup),
                web.get("/events", self._events),
                web.post("/chats/{user}/{act:[a-z]+}", self._act),
                web.get("/chats/{user}/files/{message}", self._file),
                web.post("/clock", self._move_clock),
                web.post("/restart", self._restart),
            ]
        )
        return app

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one. Raises OSError if the port is taken."""
        self._closing.clear()
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}/"

    async def stop(self) -> None:
        self._closing.set()
        self._server.world.changed(None)
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _static(self, request: web.Request) -> web.FileResponse:
        path = STATIC / request.match_info.get("name", "index.html")
        if not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path)

    async def _setup(self, request: web.Request) -> web.Response:
        """What stays the same: the bot's name, the time zone and the page's texts."""
        bot = self._server.world.bot
        texts = {language: page_texts(language) for language in LANGUAGES}
        return web.json_response({"username": bot["username"], "zone": ZONE.key, "texts": texts})

    # What changes

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: "chat" with a whole chat, "clock" with the time; each when it has changed."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **_HEADERS})
        await response.prepare(request)
        news = asyncio.Event()
        stop = self._server.world.watch(lambda _: news.set())
        sent: dict[str, str] = {}
        try:
            while not self._closing.is_set():
                news.clear()
                await self._send_changes(response, sent)
                await _set_or_late(news)
        except ConnectionResetError:
            pass
        finally:
            stop()
        return response

    async def _send_changes(self, response: web.StreamResponse, sent: dict[str, str]) -> None:
        for key, event in self._state():
            data = json.dumps(event)
            if sent.get(key) != data:
                sent[key] = data
                await response.write(f"event: {key.partition(' ')[0]}\ndata: {data}\n\n".encode())

    def _state(self) -> Iterable[tuple[str, Json]]:
        for person in self._cast:
            view = chat_view(self._account(person), person.role, self._server.world)
            yield f"chat {person.user_id}", view
        yield "clock", {"now": int(self._clock.now().timestamp()) // 60 * 60}

    # What people do

    async def _act(self, request: web.Request) -> web.Response:
        account = self._found(request)
        act = ACTS.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        try:
            await act(account, await _json(request))
        except WrongAct as problem:
            return _problem(str(problem))
        self._server.world.changed(account.id)
        return web.json_response({})

    async def _file(self, request: web.Request) -> web.Response:
        """A file of a message: pictures to be shown, anything else to be saved."""
        file = _file_of(self._found(request), request.match_info["message"], self._server)
        data = file.upload.data
        if file.path.startswith("photos/"):
            kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
            return web.Response(body=data, content_type=kind)
        headers = {"Content-Disposition": _attachment(file.upload.filename)}
        return web.Response(body=data, content_type="application/octet-stream", headers=headers)

    def _found(self, request: web.Request) -> Account:
        for person in self._cast:
            if str(person.user_id) == request.match_info["user"]:
                return self._account(person)
        raise web.HTTPNotFound

    def _account(self, person: Person) -> Account:
        return self._server.user(person.user_id, person.name, person.language_code)

    # The clock and the bot

    async def _move_clock(self, request: web.Request) -> web.Response:
        try:
            moment = await target(await _json(request), self._clock.now(), self._hooks.next_meeting)
        except CannotMove as problem:
            return _problem(problem.reason)
        await self._hooks.move_clock(moment)
        self._server.world.changed(None)
        return web.json_response({})

    async def _restart(self, request: web.Request) -> web.Response:
        await _json(request)
        await self._hooks.restart()
        return web.json_response({})


def page_texts(language: str) -> dict[str, str]:
    """The page's own labels, by name."""
    text = (FOLDER / language / "tryout.toml").read_text("utf-8")
    return {str(key): str(value) for key, value in tomllib.loads(text).items()}


@web.middleware
async def _only_from_here(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keeps other web sites out: by name (DNS rebinding) and by origin (forged requests)."""
    origin = request.headers.get("Origin")
    if not is_local(request.host) or (origin and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="Only http://127.0.0.1 and http://localhost are served here.")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


async def _json(request: web.Request) -> Json:
    """The body, which must be declared as JSON, as no plain HTML form can do."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body


async def _set_or_late(news: asyncio.Event) -> None:
    """Until there is news, or it is time to look at the clock again."""
    try:
        await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return


def _file_of(account: Account, message_id: str, server: BotApiServer) -> StoredFile:
    message = account.chat.by_id.get(int(message_id)) if message_id.isdigit() else None
    if message is None or message.kind not in ("photo", "document"):
        raise web.HTTPNotFound
    found = message.json[message.kind]
    file_id = found[-1]["file_id"] if isinstance(found, list) else found["file_id"]
    return server.world.files.by_id[file_id]


def _attachment(filename: str) -> str:
    plain = "".join(
        each if each.isascii() and (each.isalnum() or each in "._-") else "_" for each in filename
    )
    return f'attachment; filename="{plain}"'


def _problem(text: str) -> web.Response:
    return web.json_response({"problem": text}, status=409)
