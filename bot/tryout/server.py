"""The local Bot API server: it answers and refuses as Telegram's does, on 127.0.0.1 only."""

import asyncio
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.tryout.account import Account
from bot.tryout.api import HANDLERS, Parts
from bot.tryout.decode import Raw, decode, read
from bot.tryout.errors import ApiError, refusal
from bot.tryout.faults import Answer, Fault, Faults
from bot.tryout.keep import Keep
from bot.tryout.updates import Updates
from bot.tryout.world import Json, World

HOST = "127.0.0.1"
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{20,}")
_LARGEST_REQUEST = 64 * 1024 * 1024


@dataclass
class Call:
    """A call that arrived: its parameters `raw` as sent and `params` by their types.

    `at` is the event loop's time in seconds, for measuring the pace; `status` that of the answer (None
    while it is being done, 0 if the connection was dropped). `params` is empty when malformed.
    """

    method: str
    raw: Raw
    at: float
    params: Json = field(default_factory=dict)
    status: int | None = None


class BotApiServer:
    """A Bot API server for one bot, with people at the other end.

    `clock` dates the messages; `webhook_retry` is the pause in seconds before a webhook is tried again.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        name: str = "Peerbot",
        username: str = "peerbot_tryout_bot",
        webhook_retry: float = 1.0,
    ) -> None:
        bot_id = 7_000_000_001
        self.token = f"{bot_id}:{secrets.token_urlsafe(26)}"
        bot = {"id": bot_id, "is_bot": True, "first_name": name, "username": username}
        self.world = World(clock, bot)
        self.updates = Updates(self.world.unix_now, webhook_retry)
        self.faults = Faults()
        self.calls: list[Call] = []
        self._parts = Parts(self.world, self.updates)
        self._accounts: dict[int, Account] = {}
        self._runner: web.AppRunner | None = None
        self._keep: Keep | None = None
        self.url = ""

    @property
    def base_url(self) -> str:
        """What python-telegram-bot takes as `base_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    def app(self) -> web.Application:
        """The web application, to be served by itself (`start`) or tested."""
        app = web.Application(client_max_size=_LARGEST_REQUEST, middlewares=[_only_by_name])
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_route("GET", "/bot{token}/{method}", self._method)
        app.router.add_route("POST", "/bot{token}/{method}", self._method)
        return app

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one. Raises OSError if the port is taken."""
        self.updates.open()
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening; chats, updates and the webhook stay, and `start` may be called again."""
        await self.updates.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        if self._keep:
            self._keep.save()

    def keep(self, path: Path) -> None:
        """Carry chats and waiting updates from run to run in this file; call it before `start`."""
        self._keep = Keep(path, self.world, self.updates)

    # The other end

    def user(self, user_id: int, first_name: str, language_code: str | None = None) -> Account:
        """The person with this id, made when first asked for; `language_code` as their app tells it."""
        if user_id not in self._accounts:
            self._accounts[user_id] = Account(self.world, self.updates, user_id, first_name, language_code)
        return self._accounts[user_id]

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def fail_next(
        self,
        method: str | None = None,
        *,
        status: int | None = None,
        description: str | None = None,
        retry_after: int | None = None,
        times: int = 1,
        answer: Answer = "whole",
        delay: float = 0,
        hold: asyncio.Event | None = None,
    ) -> Fault:
        """Let the next `times` calls of `method` (None: of any but getUpdates) go wrong; see `Fault`."""
        fault = Fault(method, status, description, retry_after, times, answer, delay, hold)
        return self.faults.add(fault)

    async def until(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until `condition()` holds, looking after each change; raises TimeoutError."""
        await self.world.until(condition, seconds)

    # HTTP

    async def _method(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
        except ApiError as error:
            return web.json_response(refusal(error), status=error.status)
        call = Call(request.match_info["method"], {}, asyncio.get_running_loop().time())
        self.calls.append(call)
        fault = self.faults.take(call.method)
        status, body = await self._answer(call, request, fault)
        call.status = status
        self.world.changed(None)
        return await _respond(request, status, body, fault.answer if fault else "whole")

    async def _answer(self, call: Call, request: web.Request, fault: Fault | None) -> tuple[int, Json]:
        try:
            call.raw = await read(request)
            call.params = decode(call.method, call.raw)
            self.world.changed(None)
            if fault:
                await fault.wait()
            if fault and (error := fault.error()):
                raise error
            if fault and fault.answer == "none":
                return 0, {}
            result = await HANDLERS[call.method](self._parts, call.params)
            return 200, {"ok": True, "result": result}
        except ApiError as error:
            return error.status, refusal(error)

    async def _file(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request.match_info["token"])
        except ApiError as error:
            return web.json_response(refusal(error), status=error.status)
        file = self.world.files.at(request.match_info["path"])
        if file is None:
            return web.json_response(refusal(ApiError(404, "Not Found")), status=404)
        return web.Response(body=file.upload.data, content_type="application/octet-stream")

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        if not hmac.compare_digest(token, self.token):
            raise ApiError(401, "Unauthorized")


def is_local(host: str) -> bool:
    """Whether a Host header names this machine: another name is a web site that has itself resolved to loopback."""
    name, _, port = host.partition(":")
    return name in (HOST, "localhost") and (port.isdigit() or not port)


@web.middleware
async def _only_by_name(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if not is_local(request.host):
        raise web.HTTPForbidden
    return await handler(request)


async def _respond(request: web.Request, status: int, body: Json, how: Answer) -> web.StreamResponse:
    """The answer, or what is left of it."""
    if how in ("none", "lost"):
        _hang_up(request)
        return web.Response()
    if status in (502, 503, 504):
        page = f"<html><head><title>{status} {body['description']}</title></head></html>"
        return web.Response(text=page, status=status, content_type="text/html")
    if how == "half":
        return await _half(request, body)
    return web.json_response(body, status=status)


async def _half(request: web.Request, body: Any) -> web.StreamResponse:
    whole = json.dumps(body).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(whole)
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    _hang_up(request)
    return response


def _hang_up(request: web.Request) -> None:
    if request.transport:
        request.transport.close()
