"""What passes between two people: messages with feedback, reports, reflections, and the end of a contact."""

from datetime import UTC, datetime

import pytest

from bot.store import queries
from bot.store.tables import Due, Match, Meeting, Note, Outbox, Reflection, Request, RuleUse
from tests.conftest import Service
from tests.stories.test_meetings import connected
from tests.stories.texts import Words

ADVICE = {"sv": "Du borde ringa din läkare i morgon.", "da": "Du skal ringe til din læge i morgen."}
SHARING = {"sv": "För mig hjälpte det att gå ut en stund.", "da": "For mig hjalp det at gå en tur."}


@pytest.mark.both_databases
@pytest.mark.parametrize("language", ["sv", "da"])
async def test_a_peers_message_gets_feedback_and_is_never_blocked(service: Service, language: str) -> None:
    kim, alex = await connected(service, language)
    words = Words(language)
    before = len(kim.texts)
    await alex.send(f"/{'skriv' if language == 'sv' else 'besked'}", ADVICE[language])
    assert ADVICE[language].rstrip(".") in alex.last
    assert len(kim.texts) == before, "nothing is sent before the peer has chosen"
    await alex.press(words("message.advice.why"))
    assert len(alex.last) > 200, "the principle and other ways to say it"
    await service.restart()
    await alex.press(words("message.why.change"))
    await alex.send(SHARING[language])
    assert SHARING[language] in kim.last
    await alex.send("/message", ADVICE[language])
    await alex.press(words("message.advice.send"))
    assert ADVICE[language] in kim.last


async def test_a_users_message_goes_straight_on_and_is_not_kept(service: Service) -> None:
    kim, alex = await connected(service, "sv", "da")
    await kim.send("/skriv", "Vill du ses på <b>torsdag</b> & fika?")
    assert "Vill du ses på <b>torsdag</b> & fika?" in alex.last
    with service.store.transaction() as tx:
        assert all(row.payload is None for row in queries.rows(tx, Outbox))


@pytest.mark.parametrize(("keep", "kept"), [("with_text", "Skärp dig nu"), ("without_text", None)])
async def test_a_message_is_reported_with_its_words_only_by_choice(
    service: Service, keep: str, kept: str | None
) -> None:
    kim, alex = await connected(service, "sv")
    words = Words("sv")
    await alex.send("/skriv", "Skärp dig nu")
    if words("message.advice.send") in alex.labels:
        await alex.press(words("message.advice.send"))
    before = len(alex.texts)
    await kim.press(words("offer.report"), words(f"report.keep.{keep}"))
    with service.store.transaction() as tx:
        note = queries.first(tx, Note)
    assert note is not None
    assert (kept in note.text) if kept else note.text is None
    assert len(alex.texts) == before, "the other does not hear of it"


async def test_a_contact_ends_in_two_taps_and_takes_its_meetings_along(service: Service) -> None:
    kim, alex = await connected(service, "sv", "da")
    await kim.send("/boka", "torsdag 15.30")
    await kim.press("Det blir bra så", "Hoppa över")
    await alex.press(Words("da")("offer.answer_times"), "torsdag den 26. november kl. 15.30")
    await kim.send("/avsluta")
    await kim.press(Words("sv")("end_match.what.another"))
    assert "Kim" in alex.last
    with service.store.transaction() as tx:
        match, meeting = queries.first(tx, Match), queries.first(tx, Meeting)
        waiting = queries.rows(tx, Request, status="waiting")
        planned = [row for row in queries.rows(tx, Due, status="planned") if row.key.startswith("meeting:")]
    assert match is not None and match.status == "ended"
    assert meeting is not None and meeting.status == "cancelled"
    assert len(waiting) == 1
    assert not planned


async def test_both_reflect_and_only_the_peer_gets_feedback(service: Service) -> None:
    kim, alex = await connected(service, "sv")
    await kim.send("/boka", "torsdag 15.30")
    await kim.press("Det blir bra så", "Hoppa över")
    await alex.press("Välj en tid", "torsdag 26 november kl. 15:30")
    await service.move(datetime(2026, 11, 26, 16, 31, tzinfo=UTC))
    for person in (kim, alex):
        assert "blev det av" in person.last
        await person.press("Ja, vi sågs")
    await kim.send("Det var skönt.")
    await kim.press("Vi sågs, och det räckte", "Hoppa över")
    await alex.send("Hon måste sluta isolera sig.")
    await alex.press("Ja", "Hoppa över")
    assert any("Hon måste sluta isolera sig" in text for text in alex.texts[-2:])
    assert not any("Hon måste" in text for text in kim.texts)
    await alex.press("Stämmer inte: ”Hon måste sluta isolera…”")
    with service.store.transaction() as tx:
        kept, meeting = queries.rows(tx, Reflection), queries.first(tx, Meeting)
        use = queries.first(tx, RuleUse)
    assert use is not None and (use.shown, use.dismissed) == (1, 1)
    assert {row.meaningful for row in kept} == {"enough", "yes"}
    assert meeting is not None and meeting.status == "held"


async def test_a_missed_meeting_is_met_kindly(service: Service) -> None:
    kim, alex = await connected(service, "sv")
    await kim.send("/boka", "torsdag 15.30")
    await kim.press("Det blir bra så", "Hoppa över")
    await alex.press("Välj en tid", "torsdag 26 november kl. 15:30")
    await service.move(datetime(2026, 11, 26, 16, 31, tzinfo=UTC))
    await kim.press("Nej, det blev inte av")
    assert "ingen fara" in kim.last
    with service.store.transaction() as tx:
        meeting = queries.first(tx, Meeting)
    assert meeting is not None and meeting.status == "missed"


async def test_a_series_keeps_its_local_time_over_the_change_of_the_clocks(service: Service) -> None:
    await service.move(datetime(2027, 3, 15, 9, 0, tzinfo=UTC))
    kim, alex = await connected(service, "sv")
    await kim.send("/boka", "torsdag 15.30")
    await kim.press("Det blir bra så", "Hoppa över")
    await alex.press("Välj en tid")
    await alex.press(next(label for label in alex.labels if "15:30" in label))
    await kim.press("Fler möten på samma tid", "Varje vecka", "Tre till")
    await alex.press("Ja, boka dem")
    with service.store.transaction() as tx:
        starts = sorted(
            each.starts_at for each in queries.rows(tx, Meeting, status="booked") if each.starts_at
        )
    assert [f"{each:%d %H:%M}" for each in starts] == ["18 14:30", "25 14:30", "01 13:30", "08 13:30"]
