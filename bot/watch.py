"""Seen from outside: /healthz and /metrics, on this machine only."""

import asyncio
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.metrics import Metrics
from bot.services.turn import Tools, Turn
from bot.services.watching import problems
from bot.store import Store, depths

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost", "[::1]")


def application(tools: Tools, store: Store, metrics: Metrics) -> web.Application:
    """GET /healthz answers 200, or 503 with what is wrong; GET /metrics for Prometheus. Other hosts' names: 403."""

    async def healthz(request: web.Request) -> web.Response:
        wrong = await asyncio.to_thread(_wrong, tools, store)
        return web.json_response({"wrong": wrong}, status=503 if wrong else 200)

    async def show(request: web.Request) -> web.Response:
        await asyncio.to_thread(_measure, store, metrics, tools.clock.now())
        return web.Response(body=metrics.text(), content_type="text/plain", charset="utf-8")

    app = web.Application(middlewares=[_only_from_here])
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", show)
    return app


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page in somebody's browser that was pointed at this machine comes under another host's name."""
    if request.host.rsplit(":", 1)[0] not in NAMES and request.host not in NAMES:
        return web.Response(status=403)
    return await handler(request)


def _wrong(tools: Tools, store: Store) -> list[str]:
    """The names of what is wrong; a database that cannot be read is all that is told then."""
    try:
        with store.look() as tx:
            now = tools.clock.now()
            return sorted(problems(Turn(tx, tools, now), now))
    except Exception:
        return ["database"]


def _measure(store: Store, metrics: Metrics, now: datetime) -> None:
    with store.look() as tx:
        found = {
            "inbox": depths.updates(tx),
            "outbox": depths.messages(tx),
            "late_reminders": depths.overdue(tx, now, "reminder"),
            "dispatcher": depths.overdue(tx, now),
        }
        for what, waiting in found.items():
            metrics.waits(what, waiting.count, waiting.seconds(now))
        metrics.kept("parked", depths.parked(tx))
        metrics.kept("dropped", depths.dropped(tx))


async def serve(app: web.Application, port: int) -> web.AppRunner:
    """Listen on this machine's own address; the runner's `cleanup` ends it. Raises OSError when the port is taken."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    return runner
