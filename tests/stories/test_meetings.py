"""From an agreement to meetings: proposed, picked, moved, cancelled, repeated, reminded of."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from bot.store import Transaction, queries
from bot.store.tables import Consent, Conversation, Match, Person, Request
from tests.conftest import Chatter, Service


async def connected(service: Service, *languages: str) -> tuple[Chatter, Chatter]:
    """A user and a peer who have both said yes."""
    user, peer = service.person("Kim", languages[0]), service.person("Alex", languages[-1])
    for chatter in (user, peer):
        await chatter.start()
    ids = [user.row.id, peer.row.id]
    now = service.clock.now()
    with service.store.transaction() as tx:
        people = [_known(tx, row_id, name, now) for row_id, name in zip(ids, ("Kim", "Alex"), strict=True)]
        people[1].peer = "approved"
        wish = {"form": "individual"}
        request = Request(person_id=people[0].id or 0, status="matched", wish=wish, created_at=now)
        tx.add(request)
        tx.flush()
        match = Match(request_id=request.id or 0, user_id=people[0].id or 0, peer_id=people[1].id or 0)
        match.status, match.proposed_at, match.connected_at = "connected", now, now
        tx.add(match)
    return user, peer


def _known(tx: Transaction, row_id: int | None, name: str, now: datetime) -> Person:
    """Somebody who has said yes and told their name."""
    person = tx.get(Person, row_id)
    assert person is not None
    person.name, person.of_age, person.country = name, True, "SE" if person.language == "sv" else "DK"
    tx.add(person)
    for purpose in ("support", "feedback"):
        tx.add(Consent(person_id=person.id or 0, purpose=purpose, version=1, given_at=now))
    for conversation in queries.rows(tx, Conversation, person_id=person.id):
        tx.delete(conversation)
    return person


def starts(document: bytes) -> datetime:
    event = Calendar.from_ical(document).walk("VEVENT")[0]
    return event["DTSTART"].dt.astimezone(UTC)


@pytest.mark.both_databases
async def test_booking_by_typed_date(service: Service) -> None:
    kim, alex = await connected(service, "sv", "da")
    await kim.send("/boka")
    await kim.send("torsdag 15.30")
    await kim.press("Det blir bra så", "Hoppa över")
    assert "Kim foreslår, at I mødes" in alex.last
    await alex.press("Vælg et tidspunkt", "torsdag den 26. november kl. 15.30")
    assert "torsdag 26 november kl. 15:30" in kim.last
    assert starts(kim.files[-1]) == datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
    await service.move(datetime(2026, 11, 25, 14, 29, tzinfo=UTC))
    assert "Möte torsdag" not in kim.last
    await service.move(timedelta(minutes=2))
    assert "Möte torsdag 26 november kl. 15:30" in kim.last
    assert "Aftale torsdag den 26. november kl. 15.30" in alex.last
    await service.restart()
    await kim.press("Flytta")
    await kim.send("fredag kl 10")
    await kim.press("Det blir bra så")
    await alex.press("Vælg et tidspunkt", "fredag den 27. november kl. 10.00")
    assert "Mötet är flyttat" in kim.last
    await service.move(datetime(2026, 11, 26, 13, 0, tzinfo=UTC))
    assert "Möte fredag 27 november kl. 10:00" in kim.last
    await alex.press("Aflys", "Ja, aflys")
    assert "inställt" in kim.last
    before = len(kim.texts)
    await service.move(timedelta(days=3))
    assert len(kim.texts) == before


@pytest.mark.both_databases
async def test_free_text_says_which_meeting_and_when_instead(service: Service) -> None:
    kim, alex = await connected(service, "sv", "da")
    for day in ("torsdag 15.30", "tisdag den 1 december kl 11"):
        await kim.send("/boka")
        await kim.send(day)
        await kim.press("Det blir bra så", "Hoppa över")
        await alex.press("Vælg et tidspunkt")
        await alex.press(next(label for label in alex.labels if label.startswith(("torsdag", "tirsdag"))))
    await kim.send("kan vi flytta mötet på tisdag 1 december till fredag 4 december kl 10?")
    assert "fredag 4 december kl. 10:00" in kim.last
    await kim.press("Det blir bra så")
    assert "tirsdag den 1. december" in alex.last
    await alex.press("Vælg et tidspunkt", "fredag den 4. december kl. 10.00")
    assert "fredag 4 december kl. 10:00" in kim.last
