"""How the service takes it that there are many: what a message, a start, a digest and a mass of reminders cost then.

Texts are not analysed here, which costs the same at any size. Beside the times, which a busy machine makes longer,
stand counts: statements, and on SQLite the thousands of instructions of its virtual machine.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot import config
from bot.app import App
from bot.clock import MovableClock
from bot.services import digests, help_lines
from bot.services.event import Event
from bot.services.receive import handle
from bot.services.turn import Turn
from bot.store import Store, depths, inbox, outbox
from bot.store.sealing import new_key
from bot.store.tables import Due, Meeting, Person
from bot.tryout import BotApiServer
from tests.bench.contenders import CHECKOUT
from tests.bench.filling import Filling
from tests.durability.child import NoAnalysis

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MESSAGES = 400
TEXTS = ("/status", "/moten", "/hjalp", "/minadata")
REMINDERS = 10_000


class Costs:
    """Counts what a store's database is asked, and what that takes it."""

    def __init__(self, store: Store) -> None:
        self.numbers: Counter[str] = Counter()
        event.listen(store.engine, "before_cursor_execute", self._count)
        if store.is_file:
            event.listen(store.engine, "connect", self._watch)
            store.engine.dispose()

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.numbers["statements"] += not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))

    def _watch(self, connection: Any, _record: Any) -> None:
        def thousand() -> int:
            self.numbers["thousands"] += 1
            return 0

        connection.set_progress_handler(thousand, 1000)

    @contextmanager
    def of(self, name: str, into: dict[str, "Cost"]) -> Iterator[None]:
        before, began, cpu = Counter(self.numbers), time.perf_counter(), time.process_time()
        yield
        spent = self.numbers - before
        into[name] = Cost(
            time.perf_counter() - began, time.process_time() - cpu, spent["statements"], spent["thousands"]
        )


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of CPU, statements, thousands of the database's instructions."""

    seconds: float
    cpu: float
    statements: int
    thousands: int


@dataclass(frozen=True)
class Result:
    people: int
    messages: Sequence[Cost]
    start: float
    digest: Cost
    reminders: Cost


class Grown:
    """A service on a database of so many people."""

    def __init__(self, folder: Path, people: int, database: str) -> None:
        address = f"sqlite:///{folder}/peerbot.db" if database == "sqlite" else database
        self.settings = config.load(
            store={"url": address, "key_file": f"{folder}/key"},
            telegram={"per_person_minute": 10_000, "per_chat_seconds": 0, "bot_username": "bench"},
        )
        self.people = people
        self.app = App(self.settings, clock=MovableClock(NOW), language=NoAnalysis())
        with self.app.store.transaction() as tx:
            help_lines.confirm(tx, self.settings, NOW)
        Filling(self.app.store, people, NOW).fill()
        self.costs = Costs(self.app.store)

    def messages(self, many: int = MESSAGES) -> list[Cost]:
        """Somebody writes: stored, taken, answered, taken to be sent, noted as sent; then what comes next is asked."""
        dice, found = random.Random(1), []
        for number in range(many + 20):
            into: dict[str, Cost] = {}
            chat = dice.randint(1, self.people)
            with self.costs.of("message", into):
                self._message(10**8 + number, chat, TEXTS[number % len(TEXTS)])
            found.append(into["message"])
            self.app.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
        return found[20:]

    def _message(self, update_id: int, chat: int, text: str) -> None:
        app, now = self.app, self.app.clock.now()
        arrived = Event(update_id, chat, "text", text=text, language_code="sv", message_id=1, sent_at=now)
        app.store.serially(lambda tx: inbox.put(tx, update_id, chat, arrived.to_json(), now))
        (taken,) = app._take(1)
        assert taken.update_id == update_id
        handle(app.tools, app.store, taken)
        app._handling.discard(update_id)
        while found := app.sender.take(8):
            ids = [row.id for calls in found for row in calls]
            app.store.serially(lambda tx, ids=ids: outbox.settle(tx, ids, "sent", now))
            app.sender._sending.clear()
        app._until_message()
        app._until_due()

    def digest(self) -> Cost:
        into: dict[str, Cost] = {}
        with self.costs.of("digest", into):
            self.app.store.serially(self._send_digest)
        return into["digest"]

    def _send_digest(self, tx: Any) -> None:
        person = tx.get(Person, self.people + 1)
        assert person.coordinator
        digests.send(Turn(tx, self.app.tools, self.app.clock.now()), person)

    def reminders(self) -> Cost:
        """Ten thousand fall due in the same minute."""
        now = self.app.clock.now()
        pairs, due_at = self.people // 2, now + timedelta(minutes=1)
        with self.app.store.transaction() as tx:
            for number in range(REMINDERS // 2):
                user = number % pairs + 1
                meeting = Meeting(
                    match_id=user, proposed_by=user, status="booked", form="individual", created_at=now,
                    starts_at=due_at + timedelta(hours=3), uid=f"due-{number}",
                )  # fmt: skip
                tx.add(meeting)
                tx.flush()
                for person in (user, pairs + user):
                    key = f"meeting:{meeting.id}:{person}:hours"
                    row = Due(key=key, kind="reminder", due_at=due_at, until=meeting.starts_at)
                    row.person_id, row.subject = person, meeting.id
                    tx.add(row)
        before, into = self._waiting(), dict[str, Cost]()
        self.app.clock.set(due_at)  # type: ignore[attr-defined]
        with self.costs.of("reminders", into):
            while self.app._due(1):
                pass
        if self._waiting() - before < REMINDERS:
            raise RuntimeError(f"only {self._waiting() - before} of {REMINDERS} reminders are in the outbox")
        return into["reminders"]

    def _waiting(self) -> int:
        with self.app.store.transaction() as tx:
            return depths.messages(tx).count


async def started(folder: Path, key: str, database: str) -> float:
    """Seconds from starting a process until it asks Telegram for updates."""
    from bot.clock import SystemClock

    server = BotApiServer(SystemClock())
    await server.start()
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.peerbot", server.url, str(folder), database, cwd=CHECKOUT,
        env={**os.environ, "PEERBOT_TOKEN": server.token, "PEERBOT_KEY": key, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        await server.until(lambda: bool(server.calls_of("getUpdates")), 120)
        return time.perf_counter() - began
    finally:
        process.kill()
        await process.wait()
        await server.stop()


def measured(people: int, database: str = "sqlite") -> Result:
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        key = os.environ["PEERBOT_KEY"] = new_key()
        grown = Grown(Path(folder), people, database)
        messages, digest = grown.messages(), grown.digest()
        reminders = grown.reminders()
        grown.app.store.close()
        start = asyncio.run(started(Path(folder), key, database))
        return Result(people, messages, start, digest, reminders)


def p99(numbers: Iterator[float]) -> float:
    found = sorted(numbers)
    return found[int(len(found) * 0.99)]


def lines(result: Result) -> Iterator[str]:
    each, digest, mass = result.messages, result.digest, result.reminders
    cpu, clock = p99(one.cpu for one in each) * 1e3, p99(one.seconds for one in each) * 1e3
    yield f"{result.people} people"
    yield (
        f"  a message: p99 {cpu:.1f} ms of CPU, {clock:.1f} ms by the clock, "
        f"{p99(one.statements for one in each):.0f} statements, "
        f"{p99(one.thousands for one in each):.0f} thousand instructions"
    )
    yield f"  start: {result.start:.1f} s until the first updates are asked for"
    yield (
        f"  a digest: {digest.seconds:.2f} s ({digest.cpu:.2f} of CPU), {digest.statements} statements, "
        f"{digest.thousands} thousand instructions"
    )
    yield (
        f"  {REMINDERS} reminders: {mass.seconds:.1f} s ({mass.cpu:.1f} of CPU), {mass.statements} statements "
        f"({mass.statements / REMINDERS * 100:.2f} for a hundred), {mass.thousands} thousand instructions"
    )


def report(sizes: Sequence[int]) -> None:
    """Print everything, as it comes, and the ratio of the largest to the smallest."""
    results = []
    for people in sizes:
        results.append(measured(people))
        print(*lines(results[-1]), sep="\n", flush=True)
    if len(results) > 1:
        first, last = results[0].messages, results[-1].messages
        cpu = p99(one.cpu for one in last) / p99(one.cpu for one in first)
        work = p99(one.thousands for one in last) / max(1, p99(one.thousands for one in first))
        print(f"p99 of a message, most people / fewest: {cpu:.2f} in CPU, {work:.2f} in instructions")
