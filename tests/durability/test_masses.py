"""Many at once: one who writes a thousand messages, many who write within a minute, and a mass of reminders.

`--histories 10000` makes them ten thousand people.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.store import depths, queries
from bot.store.tables import Due, Inbox, Match, Meeting, Outbox, Person, Request
from bot.telegram.sender import Sender
from tests.conftest import Service
from tests.durability.test_counts import counted

FLOOD = 1000
PER_SECOND = 30
REMINDERS = 1000


async def fetched(service: Service) -> None:
    """Everything that Telegram has is in the inbox."""
    while await service.app.poller.poll(0):
        pass


def waiting(service: Service) -> int:
    with service.store.transaction() as tx:
        return depths.messages(tx).count


def paced(service: Service) -> Sender:
    """A sender that keeps to Telegram's own limits."""
    limits = service.settings.telegram.model_copy(update={"per_second": PER_SECOND, "per_chat_seconds": 1})
    return Sender(service.app.bot, service.store, service.clock, limits, lambda chat_id, since: None)


async def test_a_thousand_messages_of_one_delay_nobody_else(service: Service) -> None:
    """Another's turn comes with the next one of theirs, and they are told once that it is too much."""
    kim, alex = [await service.person(name).start() for name in ("Kim", "Alex")]
    tools = service.app.tools
    telegram = tools.settings.telegram.model_copy(update={"per_person_minute": 20})
    service.app.tools = replace(tools, settings=tools.settings.model_copy(update={"telegram": telegram}))
    service.clock.advance(timedelta(minutes=2))
    sender, before = paced(service), (len(kim.texts), len(alex.texts))
    for number in range(FLOOD):
        await kim.account.send(f"/hjalp {number}")
    await fetched(service)
    with service.store.transaction() as tx:
        assert depths.updates(tx).count == FLOOD
    for turn in range(1, 31):
        if turn % 10 == 0:
            await alex.account.send("/hjalp")
            await fetched(service)
            assert await service.app.work() == 2, "one of each"
            await sender.send_due()
            assert len(alex.texts) == before[1] + turn // 10
            service.clock.advance(timedelta(seconds=1.01))
        else:
            assert await service.app.work() == 1, "one person's are handled one after the other"
    while await sender.send_due():
        service.clock.advance(timedelta(seconds=1.01))
    assert len(kim.texts) - before[0] <= 2 * 20 + 1


async def test_many_write_within_a_minute(service: Service, request: pytest.FixtureRequest) -> None:
    """All are stored before any is answered, each is answered once at the pace that Telegram allows."""
    many = max(150, request.config.getoption("--histories"))
    people = [service.person(f"P{number}") for number in range(many)]
    for person in people:
        await person.account.start()
    await fetched(service)
    with service.store.transaction() as tx:
        assert depths.updates(tx).count == many
    memory, most = resident(), 0
    while done := await service.app.work():
        most = max(most, done)
    assert most <= 50, "no more are in hand at once"
    began, sender, sent = service.clock.now(), paced(service), 0
    while waiting(service):
        within = 0
        while count := await sender.send_due():
            within += count
        assert 0 < within <= PER_SECOND
        sent += within
        service.clock.advance(timedelta(seconds=1.001))
        service.server.calls.clear()
    assert (service.clock.now() - began).total_seconds() == pytest.approx(sent / PER_SECOND, rel=0.1, abs=2)
    assert {len(person.texts) for person in people} == {1}
    with service.store.transaction() as tx:
        assert not tx.exec(select(Inbox).where(col(Inbox.handled_at).is_(None))).all()
    grown = resident() - memory
    print(f"{many} people; {grown / 1e6:.0f} MB more, with what Telegram's stand-in keeps of them")
    assert grown < 50e6 + many * 30_000


def resident() -> int:
    """The memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.both_databases
async def test_a_mass_of_reminders_takes_one_query_for_a_hundred(service: Service) -> None:
    """Due in the same minute, all into the outbox at once, each to the right person."""
    now = service.clock.now()
    with service.store.transaction() as tx:
        people = [Person(chat_id=1000 + number, of_age=True, created_at=now) for number in range(2)]
        tx.add_all(people)
        tx.flush()
        user, peer = (person.id or 0 for person in people)
        wish = Request(person_id=user, status="matched", created_at=now)
        tx.add(wish)
        tx.flush()
        match = Match(
            request_id=wish.id or 0, user_id=user, peer_id=peer, status="connected", proposed_at=now
        )
        tx.add(match)
        tx.flush()
        ahead = {
            "match_id": match.id,
            "proposed_by": user,
            "status": "booked",
            "form": "individual",
            "created_at": now,
        }
        start = now + timedelta(hours=3)
        meetings = [
            Meeting(**ahead, starts_at=start + timedelta(seconds=number)) for number in range(REMINDERS // 2)
        ]
        tx.add_all(meetings)
        tx.flush()
        for meeting in meetings:
            for person in (user, peer):
                row = Due(
                    key=f"meeting:{meeting.id}:{person}:hours", kind="reminder", due_at=now, until=start
                )
                row.person_id, row.subject = person, meeting.id
                tx.add(row)
    with counted(service.store) as counts:
        assert await service.app.dispatch() == REMINDERS
    print(f"{REMINDERS} reminders: {counts}")
    assert counts["statements"] <= REMINDERS / 100
    with service.store.transaction() as tx:
        chats = [row.chat_id for row in queries.rows(tx, Outbox, outcome="waiting")]
        assert (chats.count(1000), chats.count(1001), len(chats)) == (
            REMINDERS // 2,
            REMINDERS // 2,
            REMINDERS,
        )
        assert {row.status for row in queries.rows(tx, Due, kind="reminder")} == {"done"}
    assert await service.app.dispatch() == 0
