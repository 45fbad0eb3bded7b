"""The coordinator's digest, and the nightly clean-up."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.services import housekeeping
from bot.store import Transaction, outbox, queries
from bot.store.tables import (
    Alert,
    Conversation,
    Due,
    Inbox,
    Invitation,
    Match,
    Meeting,
    Note,
    Outbox,
    PeerProfile,
    Person,
    Request,
)
from tests.conftest import MONDAY, Chatter, Service
from tests.stories.cast import consented, coordinator, user
from tests.stories.test_meetings import connected
from tests.stories.texts import Words

SV = Words("sv")

both_languages = pytest.mark.parametrize("language", ["sv", "da"])


def digests(person: Chatter) -> list[str]:
    starts = tuple(Words(each)("digest.title", now=MONDAY).removeprefix("<b>")[:6] for each in ("sv", "da"))
    return [text for text in person.texts if text.startswith(starts)]


def local(day: datetime, hour: int) -> datetime:
    """An hour of a winter day in Stockholm and Copenhagen."""
    return day.replace(hour=hour - 1, minute=0, second=0, microsecond=0)


@pytest.mark.both_databases
@both_languages
async def test_every_morning_also_after_a_restart(service: Service, language: str) -> None:
    words = Words(language)
    eva = await coordinator(service, "Eva", language)
    tuesday = MONDAY + timedelta(days=1)
    await service.move(local(tuesday, 8) - timedelta(minutes=1))
    assert not digests(eva)
    await service.restart()
    await service.move(local(tuesday, 8))
    assert words("digest.nothing") in eva.last
    await service.move(local(tuesday, 20))
    assert len(digests(eva)) == 1
    await service.move(local(tuesday + timedelta(days=1), 8))
    assert len(digests(eva)) == 2


@both_languages
async def test_who_waits_with_a_button_and_without_names(service: Service, language: str) -> None:
    words = Words(language)
    eva = await coordinator(service, "Eva", language)
    await user(service, "Kimberley", language)
    await eva.send("/digest")
    assert words("digest.waiting", count=1, days=0) in eva.last
    assert words("digest.nothing") not in eva.last
    assert "Kimberley" not in eva.last
    await service.move(timedelta(days=2, hours=3))
    await eva.send("/digest")
    assert words("digest.waiting", count=1, days=2) in eva.last
    await eva.press(words("digest.act.waiting"))
    assert any("Kimberley" in label for label in eva.labels)


@both_languages
async def test_nobody_else_sees_it(service: Service, language: str) -> None:
    kim = await service.person("Kim", language).start()
    await consented(kim, language)
    await kim.send("/digest")
    assert not digests(kim)
    assert Words(language)("refused.role") in kim.texts


async def test_weekly_and_off(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    await eva.send("/installningar")
    await eva.press(SV("settings.what.digest"), SV("settings.digest.weekly"), SV("settings.what.leave"))
    await service.move(local(MONDAY + timedelta(days=6), 20))
    assert not digests(eva)
    await service.move(local(MONDAY + timedelta(days=7), 8))
    assert len(digests(eva)) == 1
    await eva.send("/installningar")
    await eva.press(SV("settings.what.digest"), SV("settings.digest.off"), SV("settings.what.leave"))
    await service.move(timedelta(days=20))
    assert len(digests(eva)) == 1


async def test_in_quiet_hours_it_waits(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    await eva.send("/installningar")
    await eva.press(SV("settings.what.quiet"))
    await eva.send("21-9")
    await service.move(local(MONDAY + timedelta(days=1), 8) + timedelta(minutes=30))
    assert not digests(eva)
    await service.move(local(MONDAY + timedelta(days=1), 9))
    assert len(digests(eva)) == 1


async def test_who_rests_gets_the_next_one(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    await eva.send("/paus")
    await service.move(local(MONDAY + timedelta(days=1), 8))
    assert not digests(eva)
    await eva.send("/start")
    await service.move(local(MONDAY + timedelta(days=2), 8))
    assert len(digests(eva)) == 1


async def test_local_hour_over_daylight_saving(service: Service) -> None:
    service.clock.set(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    eva = await coordinator(service, "Eva", "sv")
    await service.move(datetime(2026, 10, 25, 6, 59, tzinfo=UTC))
    assert not digests(eva)
    await service.move(datetime(2026, 10, 25, 7, 0, tzinfo=UTC))
    assert len(digests(eva)) == 1


async def test_every_line_in_its_place(service: Service) -> None:
    """What needs somebody first, the danger before all; counts, no words."""
    eva = await coordinator(service, "Eva", "sv")
    kim, alex = await connected(service, "sv")
    ids = kim.row.id or 0, alex.row.id or 0
    with service.store.transaction() as tx:
        plant(tx, *ids, service.clock.now())
    await eva.send("/oversikt")
    assert eva.last.splitlines()[1:] == [
        "• 1 larm har ingen tagit hand om än.",
        "• 1 förslag utan svar, det äldsta är 2 dagar gammalt.",
        "• 1 meddelande till er väntar, längsta väntetid 5 dagar.",
        "• 1 peer har 3 kontakter eller fler.",
        "• 1 peer att höra av sig till.",
        "• 2 kontakter där någon inte går att nå i Telegram längre.",
        "• Möten: 1 blev av, 1 blev inte av, 1 är bokat de närmaste sju dagarna.",
        "• 1 peer har plats för 1 till.",
    ]
    assert eva.labels == [
        "Jag tar hand om larmet",
        "Visa peers",
        "Läs meddelanden",
        "Se vilka vi kan höra av oss till",
        "Se vilka som har plats",
    ]
    await eva.press("Jag tar hand om larmet")
    await eva.send("/oversikt")
    assert "Jag tar hand om larmet" not in eva.labels
    assert "• 1 larm den senaste veckan har någon tagit hand om." in eva.last.splitlines()


def plant(tx: Transaction, user_id: int, peer_id: int, now: datetime) -> None:
    """A peer with three people, one of them unreachable; an old question, an old proposal, three meetings."""
    user_row, long_ago = tx.get(Person, user_id), now - timedelta(days=40)
    assert user_row is not None
    user_row.status = "gone"
    told = {"called": "Alex", "presentation": "HEMLIGT"}
    tx.add(
        PeerProfile(person_id=peer_id, profile=told, capacity=4, created_at=long_ago, approved_at=long_ago)
    )
    tx.add(Alert(person_id=user_id, status="told", created_at=now))
    tx.add(Note(kind="contact", author_id=user_id, text="HEMLIGT", created_at=now - timedelta(days=5)))
    for status in ("asked_user", "connected"):
        request = Request(person_id=user_id, status="matched", wish={"called": "Kim"}, created_at=now)
        tx.add(request)
        tx.flush()
        match = Match(request_id=request.id or 0, user_id=user_id, peer_id=peer_id, status=status)
        match.proposed_at = now - timedelta(days=2, hours=1)
        tx.add(match)
    tx.flush()
    meetings = (
        ("held", timedelta(hours=-3)),
        ("missed", timedelta(hours=-20)),
        ("booked", timedelta(days=3)),
    )
    for status, away in (*meetings, ("held", timedelta(days=-2)), ("booked", timedelta(days=8))):
        meeting = Meeting(match_id=match.id or 0, proposed_by=peer_id, status=status, created_at=now)
        meeting.starts_at = now + away
        tx.add(meeting)


async def test_lines_of_help_grow_old(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    for days, stale in ((0, False), (149, False), (150, True)):
        await service.move(MONDAY + timedelta(days=days, hours=3))
        await eva.send("/oversikt")
        assert ("Hjälplinjer att kontrollera på nytt: SOS Alarm" in eva.last) == stale


async def test_the_start_plans_what_is_missing(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    with service.store.transaction() as tx:
        for row in queries.rows(tx, Due):
            tx.delete(row)
    for _ in range(2):
        housekeeping.ensure(service.app.tools, service.store)
    with service.store.transaction() as tx:
        rows = queries.rows(tx, Due, status="planned")
    assert sorted(row.kind for row in rows) == ["digest", "housekeeping", "watch"]
    assert next(row.due_at for row in rows if row.kind == "housekeeping") == datetime(
        2026, 11, 24, 3, 30, tzinfo=UTC
    )
    await service.move(local(MONDAY + timedelta(days=1), 8))
    assert len(digests(eva)) == 1


async def test_nothing_is_kept_longer_than_it_has_to_be(service: Service) -> None:
    kim = await service.person("Kim", "sv").start()
    await consented(kim, "sv")
    await kim.press(SV("offer.intake"))
    await kim.send("Något som ger hopp")
    service.invitation("peer")
    housekeeping.ensure(service.app.tools, service.store)
    before = counts(service, Inbox, Outbox, Invitation, Conversation)
    assert all(before)
    await service.move(timedelta(days=6))
    assert counts(service, Inbox, Outbox, Invitation, Conversation) == before
    await service.move(timedelta(days=2))
    assert counts(service, Inbox, Outbox, Invitation, Conversation) == [0, 0, 1, 2]
    await service.move(timedelta(days=8))
    assert counts(service, Invitation, Conversation) == [0, 2]
    await service.move(timedelta(days=45))
    assert counts(service, Conversation) == [0]
    with service.store.transaction() as tx:
        planned = [row.kind for row in queries.rows(tx, Due, status="planned")]
    assert sorted(planned) == ["housekeeping", "watch"]


async def test_what_waits_is_kept(service: Service) -> None:
    """An unsent message survives every clean-up, and answers of ended conversations do not."""
    kim = await service.person("Kim", "sv").start()
    later = service.clock.now() + timedelta(days=100)
    with service.store.transaction() as tx:
        outbox.put(tx, 777, "leave", {}, later)
        ended = queries.rows(tx, Conversation)[0]
        ended.status, ended.memory = "ended", {"answers": {"hope": "HEMLIGT"}}
        tx.add(ended)
    housekeeping.ensure(service.app.tools, service.store)
    await service.move(timedelta(days=1))
    with service.store.transaction() as tx:
        assert [row.chat_id for row in queries.rows(tx, Outbox, outcome="waiting")] == [777]
        assert [row.memory for row in queries.rows(tx, Conversation)] == [None]
    assert kim.row.status == "active"


def counts(service: Service, *tables: type) -> list[int]:
    with service.store.transaction() as tx:
        return [len(tx.exec(select(table)).all()) for table in tables]
