"""Processes are killed at random moments while people talk to the bot and reminders fall due.

Afterwards each update has had exactly one effect, each reminder went out, and at most one message for each kill twice.
`--kills 200` makes it long.
"""

import asyncio
import multiprocessing
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from bot import config
from bot.app import open_store
from bot.clock import SystemClock
from bot.store import Store
from bot.store.tables import Consent, Due, Inbox, Match, Meeting, Outbox, Person, Request
from bot.tryout import Account, BotApiServer
from tests.conftest import KEY
from tests.durability import child

PEOPLE = 6
WELCOME = ("Okej, gå vidare", "Sverige", "Ja, och jag är minst 18")
COMMANDS = ("/hjalp", "/status", "/moten", "/minadata")
PATIENCE = 120
"""Seconds until something that was to come counts as lost."""

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload([child.__name__])


class Herd:
    """Some processes on one database. On PostgreSQL one of them receives, all work, send and dispatch."""

    def __init__(self, server: BotApiServer, url: str, folder: Path, size: int) -> None:
        self._server = server
        self._sections = [
            {
                "telegram": {
                    "api_url": server.url,
                    "per_second": 30,
                    "per_chat_seconds": 0,
                    "per_person_minute": 10_000,
                    "updates": "none" if number else "polling",
                },
                "store": {"url": url, "key_file": f"{folder}/key"},
            }
            for number in range(size)
        ]
        self._running = [self._start(each) for each in self._sections]
        self.size, self.killed = size, 0

    def _start(self, sections: dict[str, Any]) -> Any:
        process = processes.Process(target=child.live, args=(KEY, self._server.token, sections), daemon=True)
        process.start()
        return process

    def kill(self, number: int) -> None:
        """At once, in the midst of whatever it does; then start another in its place."""
        self.killed += 1
        self.end(number)
        self._running[number] = self._start(self._sections[number])

    def end(self, number: int) -> None:
        self._running[number].kill()
        self._running[number].join()

    def end_all(self) -> None:
        for number in range(len(self._running)):
            self.end(number)


async def kill_at_random(herd: Herd, kills: int, dice: random.Random, people: list[Account]) -> None:
    """One or another, soon after the last; now and then once somebody was answered, so that slow machines get on."""
    while herd.killed < kills:
        heard = sum(len(each.received) for each in people)
        await asyncio.sleep(dice.uniform(0.05, 1.2))
        if herd.killed % 4 == 3:
            await until(lambda heard=heard: sum(len(each.received) for each in people) > heard)
        await asyncio.to_thread(herd.kill, dice.randrange(herd.size))


async def until(true: Any) -> None:
    for _ in range(PATIENCE * 50):
        if true():
            return
        await asyncio.sleep(0.02)  # other processes are waited for
    raise AssertionError("what was to come has not come")


async def talk(account: Account, more: Any, calm: Any = lambda: True) -> list[str]:
    """Through the welcome, then one command after the other for as long as `more()`; gives the commands.

    The next is sent as soon as something has come, or when it is `calm()`.
    """
    await account.start()
    for label in WELCOME:
        await until(lambda label=label: any(label in each.labels for each in account.received))
        await account.press(label)
    await until(lambda: any("Hitta en peer" in each.labels for each in account.received) and calm())
    sent: list[str] = []
    while len(sent) < len(COMMANDS) or more():
        before = len(account.received)
        sent.append(COMMANDS[len(sent) % len(COMMANDS)])
        await account.send(sent[-1])
        await until(lambda before=before: len(account.received) > before and calm())
    return sent


def pair(store: Store, chats: tuple[int, int], many: int) -> None:
    """Two who are connected, with meetings ahead of which they are reminded during the next seconds."""
    now = datetime.now(UTC)
    with store.transaction() as tx:
        people = [
            Person(chat_id=chat, name="Bo", of_age=True, country="SE", created_at=now) for chat in chats
        ]
        people[1].peer = "approved"
        tx.add_all(people)
        tx.flush()
        user, peer = (person.id or 0 for person in people)
        request = Request(person_id=user, status="matched", wish={}, created_at=now)
        tx.add(request)
        tx.flush()
        match = Match(request_id=request.id or 0, user_id=user, peer_id=peer, status="connected")
        match.proposed_at = match.connected_at = now
        tx.add(match)
        tx.flush()
        for number in range(many):
            at = now + timedelta(hours=3, minutes=number)
            meeting = Meeting(match_id=match.id or 0, proposed_by=user, status="booked", starts_at=at)
            meeting.created_at, meeting.form = now, "individual"
            tx.add(meeting)
            tx.flush()
            due = now + timedelta(seconds=1 + number * 0.2)
            for person in (user, peer):
                key = f"meeting:{meeting.id}:{person}:hours"
                planned = Due(key=key, kind="reminder", person_id=person, subject=meeting.id, due_at=due)
                planned.until = at
                tx.add(planned)


def waiting(store: Store, chat: int | None = None) -> int:
    """How much is still to be handled, sent or carried out; or handled and sent in one chat."""
    with store.transaction() as tx:
        if chat is not None:
            inbox = tx.exec(select(Inbox).where(Inbox.chat_id == chat, col(Inbox.handled_at).is_(None))).all()
            outbox = tx.exec(select(Outbox).where(Outbox.chat_id == chat, Outbox.outcome == "waiting")).all()
            return len(inbox) + len(outbox)
        unhandled = tx.exec(select(func.count()).where(col(Inbox.handled_at).is_(None))).one()
        unsent = tx.exec(select(func.count()).where(Outbox.outcome == "waiting")).one()
        planned = tx.exec(select(func.count()).where(Due.kind == "reminder", Due.status == "planned")).one()
    return unhandled + unsent + planned


def seen(account: Account) -> Counter[tuple[str, ...]]:
    """What stands in a chat, without times of day, which go on while they talk."""
    return Counter((each.text, *each.labels) for each in account.received)


def effects(store: Store, account: Account) -> tuple[int, int, int]:
    """How many updates, consents and calls to the Bot API there are of somebody; all in order."""
    with store.transaction() as tx:
        person = tx.exec(select(Person).where(Person.chat_id == account.id)).one()
        inbox = tx.exec(select(Inbox).where(Inbox.chat_id == account.id)).all()
        outbox = tx.exec(select(Outbox).where(Outbox.chat_id == account.id)).all()
        consents = tx.exec(select(Consent).where(Consent.person_id == person.id)).all()
    assert not any(row.failed for row in inbox)
    assert {row.outcome for row in outbox} == {"sent"}
    return len(inbox), len(consents), len(outbox)


@pytest.mark.parametrize("size", [1, 3])
async def test_nothing_is_lost_when_processes_are_killed(
    size: int, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills, seed = request.config.getoption("--kills"), request.config.getoption("--seed")
    dice = random.Random(seed)
    monkeypatch.setenv("PEERBOT_KEY", KEY)
    url = f"sqlite:///{tmp_path}/p.db"
    if size > 1:
        url = request.getfixturevalue("postgresql_server").migrated()
    settings = config.load(store={"url": url, "key_file": f"{tmp_path}/key"})
    server = BotApiServer(SystemClock())
    await server.start()
    store = open_store(settings)
    reminded = [server.user(number, "Bo", "sv") for number in (11, 12)]
    for account in reminded:
        account.chat.access = "open"
    reminders = 10 + 2 * kills
    pair(store, (11, 12), reminders)
    herd = Herd(server, url, tmp_path, size)
    try:
        alone = server.user(20, "Kim", "sv")
        await talk(alone, lambda: False, lambda: not waiting(store, alone.id))
        people = [server.user(number, "Kim", "sv") for number in range(21, 21 + PEOPLE)]
        talking = [asyncio.create_task(talk(each, lambda: herd.killed < kills)) for each in people]
        await kill_at_random(herd, kills, dice, people)
        sent = await asyncio.gather(*talking)
        for _ in range(PATIENCE * 5):
            if not await asyncio.to_thread(waiting, store):
                break
            await asyncio.sleep(0.2)  # what was held by the killed is taken up
        else:
            raise AssertionError("something is never done")
    finally:
        await asyncio.to_thread(herd.end_all)
    undisturbed, one = seen(alone), effects(store, alone)
    doubled = 0
    per_command = await _per_command(server, alone)
    for account, commands in zip(people, sent, strict=True):
        times = Counter(commands)
        expected = Counter({text: n for text, n in undisturbed.items()})
        for command, texts in per_command.items():
            for text, number in texts.items():
                expected[text] += number * (times[command] - 1)
        assert not expected - seen(account), "something is missing"
        doubled += (seen(account) - expected).total()
        extra = sum(sum(texts.values()) * (times[name] - 1) for name, texts in per_command.items())
        updates = len(commands) - len(COMMANDS)
        assert effects(store, account) == (one[0] + updates, one[1], one[2] + extra)
    for account in reminded:
        told = seen(account)
        assert len(told) == reminders, "a reminder is missing"
        doubled += told.total() - reminders
    with store.transaction() as tx:
        assert set(tx.exec(select(Due.status).where(Due.kind == "reminder")).all()) == {"done"}
    store.close()
    await server.stop()
    print(
        f"{kills} kills, {sum(map(len, sent))} commands, {2 * reminders} reminders, {doubled} messages doubled"
    )
    assert doubled <= kills


async def _per_command(server: BotApiServer, account: Account) -> dict[str, Counter[tuple[str, ...]]]:
    """What answers each command, as it stands in an undisturbed chat."""
    found: dict[str, Counter[tuple[str, ...]]] = {}
    command = None
    for message in account.chat.messages:
        if message.text in COMMANDS:
            command = message.text
            found[command] = Counter()
        elif command is not None:
            found[command][(message.text, *message.labels)] += 1
    return found
