"""The same intake in several programs over HTTP, on one local Bot API server: how many, how fast, what is lost."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.store.sealing import new_key
from bot.tryout import BotApiServer
from tests.bench.contenders import Contender, Running, all_of_them
from tests.bench.crowd import FLOW, STATUS, Crowd, doubled

AT_ONCE = 32
"""People who write at the same time, each again as soon as they are answered."""
CALM = 20
"""People who think for a second before each act: about as much as Telegram's limit allows."""
KILLED = 30
AROUND_A_KILL = 75.0
"""Seconds that people wait: on PostgreSQL what a dead process held is free after a minute."""


@dataclass(frozen=True)
class Pace:
    """Answered updates a second; seconds until half and 99 of a hundred are answered."""

    a_second: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Loss:
    """Of a kill among people who were answering: what did not get through, or came twice."""

    unanswered: int
    begun_anew: int
    doubled: int
    forgotten: int
    """Of `finished` people whose request was sent before the kill: of how many it is known no more."""
    finished: int


@dataclass(frozen=True)
class Result:
    """CPU in seconds an update: the program's (with its database's), and the local server's; memory in bytes."""

    name: str
    fast: Pace
    calm: Pace
    cpu: float
    cpu_of_server: float
    calls: float
    memory: int
    loss: Loss


def pace(crowd: Crowd, seconds: float) -> Pace:
    times = sorted(crowd.told.seconds)
    return Pace(len(times) / seconds, times[len(times) // 2], times[int(len(times) * 0.99)])


async def walked(server: BotApiServer, ids: range, at_once: int, pause: float = 0) -> Pace:
    crowd, began = Crowd(server, at_once, pause=pause), time.perf_counter()
    done = await crowd.walk(ids)
    if len(done) != len(ids):
        raise RuntimeError(f"only {len(done)} of {len(ids)} people got to the end")
    return pace(crowd, time.perf_counter() - began)


async def measured(contender: Contender, key: str, people: int) -> Result:
    """One contender through all that is measured."""
    server = BotApiServer(SystemClock())
    await server.start()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        running = Running(contender, server, Path(folder), key)
        running.start()
        try:
            await walked(server, range(1, 4), 3)
            before = (running.cpu(), time.process_time(), calls(server))
            fast = await walked(server, range(1000, 1000 + people), AT_ONCE)
            updates = people * len(FLOW)
            spent = (running.cpu() - before[0], time.process_time() - before[1], calls(server) - before[2])
            memory = running.memory()
            calm = await walked(server, range(100_000, 100_000 + CALM), CALM, pause=1)
            loss = await killed(running, server)
        finally:
            running.kill()
            await server.stop()
    cpu, cpu_of_server, called = (each / updates for each in spent)
    return Result(contender.name, fast, calm, cpu, cpu_of_server, called, memory, loss)


def calls(server: BotApiServer) -> int:
    return sum(call.method != "getUpdates" for call in server.calls)


async def killed(running: Running, server: BotApiServer) -> Loss:
    """Some finish; then the process is killed in the midst of others, started again, and asked what it knows."""
    finished = await Crowd(server, AT_ONCE).walk(range(200_000, 200_000 + KILLED // 3))
    crowd = Crowd(server, KILLED, patience=AROUND_A_KILL, half=KILLED * len(FLOW) // 2)
    walking = asyncio.create_task(crowd.walk(range(300_000, 300_000 + KILLED)))
    await crowd.half_way.wait()
    running.kill()
    running.start()
    done = await walking
    asking = Crowd(server, KILLED, patience=AROUND_A_KILL)
    known = await asyncio.gather(*(asking.do(account, *STATUS) for account in finished))
    return Loss(
        crowd.told.unanswered, KILLED - len(done), doubled(done), len(finished) - sum(known), len(finished)
    )


async def ceiling() -> float:
    """How many messages a second a bare client gets through to the local server: nobody can do more."""
    server, many = BotApiServer(SystemClock()), 1500
    await server.start()
    server.user(1, "Kim", "sv").chat.access = "open"
    async with aiohttp.ClientSession() as session:

        async def send(number: int) -> None:
            for _ in range(many // 8):
                await session.post(
                    f"{server.base_url}{server.token}/sendMessage", json={"chat_id": 1, "text": "Hej"}
                )

        began = time.perf_counter()
        await asyncio.gather(*map(send, range(8)))
        seconds = time.perf_counter() - began
    await server.stop()
    return many / seconds


async def composition(contender: Contender, key: str, people: int) -> dict[str, float]:
    """Per update of a metered Peerbot: statements, commits, and milliseconds by what they go to."""
    server = BotApiServer(SystemClock())
    await server.start()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        running = Running(contender, server, Path(folder), key)
        running.start("metered")
        try:
            await walked(server, range(500_001, 500_004), 3)
            before = await running.counted()
            await walked(server, range(600_000, 600_000 + people), AT_ONCE)
            after = await running.counted()
        finally:
            running.kill()
            await server.stop()
    updates = people * len(FLOW)
    return {name: (number - before.get(name, 0)) / updates for name, number in after.items()}


def table(results: Sequence[Result]) -> Iterator[str]:
    yield f"{'':22}{'a second':>9}{'p50':>8}{'p99':>8}   calm {'p50':>5}{'p99':>8}{'CPU':>9}{'calls':>7}{'memory':>9}"
    for each in results:
        fast, calm = each.fast, each.calm
        yield (
            f"{each.name:22}{fast.a_second:9.0f}{fast.p50 * 1e3:5.0f} ms{fast.p99 * 1e3:5.0f} ms"
            f"   {calm.p50 * 1e3:7.0f} ms{calm.p99 * 1e3:5.0f} ms"
            f"{each.cpu * 1e3:6.1f} ms{each.calls:7.1f}{each.memory / 1e6:6.0f} MB"
        )


def ratios(results: Sequence[Result]) -> Iterator[str]:
    ours = results[0]
    for each in results[1:]:
        yield (
            f"{ours.name} / {each.name}: {ours.fast.a_second / each.fast.a_second:.2f} in answered updates a second, "
            f"{ours.cpu / each.cpu:.2f} in CPU an update"
        )


def losses(results: Sequence[Result]) -> Iterator[str]:
    yield f"killed once among {KILLED} people in the midst of it:"
    for each in results:
        loss = each.loss
        yield (
            f"  {each.name:22}{loss.begun_anew:3} must begin anew, {loss.unanswered:3} acts unanswered, "
            f"{loss.doubled} messages doubled, {loss.forgotten} of {loss.finished} sent requests forgotten"
        )


def composed(name: str, told: dict[str, float]) -> Iterator[str]:
    """Where the CPU of an update goes; what is left is the ORM, the engine and the services."""
    parts = {part: told[part] * 1e3 for part in ("edge", "database", "rendering", "sealing")}
    rest = told["cpu"] * 1e3 - sum(parts.values())
    yield (
        f"{name}: an update takes {told['statements']:.1f} statements and {told['commits']:.2f} commits that reach "
        f"the disk ({told['committing'] * 1e3:.1f} ms waited for)"
    )
    shares = {**parts, "objects and dialogs": rest}
    yield "  CPU: " + ", ".join(f"{part} {share:.1f} ms" for part, share in shares.items())


async def report(people: int) -> None:
    """Print everything, as it comes."""
    key = new_key()
    print(f"{people} people walk through the intake, {len(FLOW)} updates each, {AT_ONCE} at once", flush=True)
    print(f"the local server takes {await ceiling():.0f} calls a second from a bare client", flush=True)
    with all_of_them(key) as contenders:
        if not any(each.name == "aiogram" for each in contenders):
            print("aiogram is NOT measured: it needs an environment of its own (--aiogram makes one)")
        results = []
        for contender in contenders:
            results.append(await measured(contender, key, people))
            print(*table(results[-1:]), sep="\n", flush=True)
        print("", *table(results), *ratios(results), *losses(results), sep="\n")
        for contender in contenders:
            if contender.is_peerbot:
                told = await composition(contender, key, max(people // 3, 10))
                print(*composed(contender.name, told), sep="\n", flush=True)
