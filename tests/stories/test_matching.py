"""From a coordinator's queue to two people who have both said yes, and every way in which it does not come to that."""

from datetime import timedelta

import pytest

from bot.store import Transaction, queries
from bot.store.tables import Due, Match, PeerProfile, Person, Request
from tests.conftest import MONDAY, Chatter, Service
from tests.stories.cast import WORDS, approved_peer, coordinator, user, welcomed_peer


def the_match(service: Service) -> Match:
    with service.store.transaction() as tx:
        match = queries.first(tx, Match)
    assert match is not None
    return match


def the_request(service: Service) -> Request:
    with service.store.transaction() as tx:
        request = queries.first(tx, Request)
    assert request is not None
    return request


async def proposed(service: Service, languages: str = "sv sv") -> tuple[Chatter, Chatter, Chatter]:
    """A user, a peer who is asked, and the coordinator."""
    user_language, peer_language = languages.split()
    eva = await coordinator(service, "Eva", "sv")
    robin = await approved_peer(service, eva, "Robin", peer_language)
    kim = await user(service, "Kim", user_language)
    await propose(eva, "Kim", "1. Robin <b>&")
    return kim, robin, eva


async def propose(eva: Chatter, name: str, peer: str) -> None:
    await eva.press("Visa kön")
    await eva.press(next(label for label in eva.labels if label.startswith(name)), peer, "Ja, fråga")


async def forge(person: Chatter, data: str) -> None:
    """Press a button that the person was never shown."""
    await person.do(lambda account: account.press(data, account.last))


@pytest.mark.both_databases
@pytest.mark.parametrize(("user_language", "peer_language"), [("sv", "da"), ("da", "sv"), ("da", "da")])
async def test_both_say_yes(service: Service, user_language: str, peer_language: str) -> None:
    theirs, others = WORDS[user_language], WORDS[peer_language]
    kim, robin, _ = await proposed(service, f"{user_language} {peer_language}")
    assert the_request(service).status == "proposed"
    before = len(kim.texts)
    await robin.press(others["read"])
    assert others["loneliness"] in robin.last
    assert others["evening"] in robin.last
    assert "Kim" not in robin.last
    assert len(kim.texts) == before
    await robin.press(others["gladly"])
    await kim.press(theirs["read"])
    assert others["about"] in kim.last
    assert theirs["friend"] in kim.last
    assert "Robin" not in kim.last
    await kim.press(theirs["gladly"])
    assert theirs["connected"] in kim.texts[-2]
    assert "Robin <b>&" in kim.texts[-2]
    assert others["connected"] in robin.last
    assert "Kim" in robin.last
    match = the_match(service)
    assert (match.status, match.connected_at is not None) == ("connected", True)
    assert the_request(service).status == "matched"
    await robin.press(others["agree"])
    assert others["individual"] in robin.labels


async def test_the_coordinator_sees_the_wish_and_the_reasons(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    await approved_peer(service, eva, "Robin", "sv")
    await approved_peer(service, eva, "Alex", "da")
    kim = service.person("Kim", "sv")
    await kim.start()
    await kim.press("Okej, gå vidare", "Sverige", "Ja, och jag är minst 18", "Hitta en peer")
    await kim.send("min trädgård ger mig hopp")
    await kim.press("Ensamhet")
    await kim.send("när barnen flyttat")
    await kim.press("Samtal på tu man hand", "Ons kväll", "Klart", "Stockholm")
    await kim.send("Kim")
    await kim.press("Skicka")
    await service.move(timedelta(days=2))
    await eva.press("Visa kön")
    assert eva.labels[0] == "Kim · 2 dagar"
    await eva.press("Kim · 2 dagar")
    wish, ranked = eva.texts[-2:]
    assert "har väntat i 2 dagar" in wish
    assert "Ensamhet, när barnen flyttat" in wish
    assert "trädgård" not in wish + ranked
    robin, alex = ranked.split("2. Alex")
    for reason in ("samma erfarenhet: Ensamhet", "språk: Svenska", "plats: Stockholm", "plats för 2 till"):
        assert reason in robin
    assert "tider som passar båda: Ons kväll" in robin
    assert "har inte nämnt språket: Svenska" in alex
    assert "ses på annat håll än: Stockholm" in alex


@pytest.mark.parametrize("language", ["sv", "da"])
async def test_a_peers_no_is_never_heard_of(service: Service, language: str) -> None:
    words = WORDS[language]
    kim, robin, eva = await proposed(service, f"sv {language}")
    before = len(kim.texts)
    await robin.press(words["read"], words["not_now"])
    assert len(kim.texts) == before
    assert the_request(service).status == "waiting"
    assert eva.last == "Ett förslag blev ingen match den här gången. Förfrågan ligger i kön igen."
    await kim.send("/status")
    assert "Vi letar efter någon som passar" in kim.last
    await eva.press("Visa kön", "Kim · i dag")
    assert "Just nu finns ingen peer att fråga för Kim." in eva.last
    assert "1 har redan varit på tal för Kim." in eva.last
    assert eva.labels == ["Se andra förfrågningar", "Klart för nu", "Pausa"]
    await eva.press("Se andra förfrågningar", "Klart för nu")
    assert "ligger kvar i kön" in eva.last


@pytest.mark.parametrize("language", ["sv", "da"])
async def test_a_users_no_looks_like_any_other_end(service: Service, language: str) -> None:
    words = WORDS[language]
    kim, robin, eva = await proposed(service, f"{language} {language}")
    await robin.press(words["read"], words["gladly"])
    await kim.press(words["read"], words["rather_not"])
    assert words["over"] in robin.last
    assert "Kim" not in robin.last
    assert "blev ingen match" in eva.last
    assert the_request(service).status == "waiting"
    assert the_match(service).status == "declined"


async def test_stale_presses_are_answered_kindly(service: Service) -> None:
    kim, robin, _ = await proposed(service)
    await robin.press("Läs förslaget")
    question = robin.account.last
    await robin.press("Ja, gärna")
    await robin.do(lambda account: account.press("Läs förslaget"))
    assert "redan besvarat" in robin.last
    no = next(button.data for button in question.buttons if button.label == "Nej, inte den här gången")
    await robin.do(lambda account: account.press(no, question))
    assert "redan besvarad" in robin.last
    match = the_match(service)
    await forge(robin, f"s:proposal:{match.id}:no")
    assert "redan besvarat" in robin.last
    assert the_match(service).status == "asked_user"
    await kim.press("Läs förslaget", "Ja, gärna")
    await forge(kim, f"s:presentation:{match.id}:no")
    assert "redan besvarat" in kim.last
    assert the_match(service).status == "connected"


async def test_nobody_else_can_answer(service: Service) -> None:
    kim, robin, eva = await proposed(service)
    alex = await approved_peer(service, eva, "Alex", "sv")
    match = the_match(service)
    for person, dialog in (
        (alex, "proposal"),
        (kim, "presentation"),
        (robin, "presentation"),
        (eva, "presentation"),
    ):
        await forge(person, f"s:{dialog}:{match.id}:yes")
        assert "hör till någon annan" in person.last
    await forge(kim, f"s:proposal:{match.id}:yes")
    assert "andra roller" in kim.last
    await forge(alex, f"s:message:{match.id}:")
    assert "hör till någon annan" in alex.last
    await robin.press("Läs förslaget")
    yes = next(button.data for button in robin.account.last.buttons if button.label == "Ja, gärna")
    await forge(alex, str(yes))
    assert the_match(service).status == "asked_peer"
    await forge(robin, f"s:message:{match.id}:")
    assert "hör till någon annan" in robin.texts[-2] + robin.last


async def test_two_coordinators_propose_at_the_same_time(service: Service) -> None:
    eva, ida = await coordinator(service, "Eva", "sv"), await coordinator(service, "Ida", "da")
    robin = await approved_peer(service, eva, "Robin", "sv")
    await user(service, "Kim", "sv")
    await eva.press("Visa kön", "Kim · i dag", "1. Robin <b>&")
    await ida.press("Vis køen", "Kim · i dag", "1. Robin <b>&")
    await eva.account.press("Ja, fråga")
    await ida.account.press("Ja, spørg")
    await service.settle()
    refused = [
        each for each in (eva, ida) if "väntar inte längre" in each.last or "venter ikke længere" in each.last
    ]
    assert len(refused) == 1
    with service.store.transaction() as tx:
        assert len(queries.rows(tx, Match)) == 1
    assert sum("Det finns ett förslag" in text for text in robin.texts) == 1


async def test_a_full_peer_is_not_offered_nor_taken(service: Service) -> None:
    eva, ida = await coordinator(service, "Eva", "sv"), await coordinator(service, "Ida", "sv")
    await approved_peer(service, eva, "Robin", "sv", capacity="1")
    await user(service, "Kim", "sv")
    await user(service, "Mio", "sv")
    await eva.press("Visa kön", "Kim · i dag", "1. Robin <b>&")
    await ida.press("Visa kön", "Mio · i dag", "1. Robin <b>&")
    await eva.press("Ja, fråga")
    await ida.press("Ja, fråga")
    assert "går tyvärr inte att fråga längre" in ida.last
    await ida.press("Visa kön", "Mio · i dag")
    assert "1 peer har fullt." in ida.last
    assert "1. Robin <b>&" not in ida.labels


async def test_who_is_not_shown(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    resting = await approved_peer(service, eva, "Resting", "sv")
    await resting.send("/paus")
    away = await approved_peer(service, eva, "Away", "sv")
    await eva.press("Peers", "Har plats (2)", "Away <b>& (0 av 2)", "Inga nya förslag just nu")
    await welcomed_peer(service, "New", "sv")
    both = await approved_peer(service, eva, "Both", "sv")
    await both.send("/sok")
    await both.press("Hoppa över", "Ensamhet", "Klart", "Telefon", "Ons kväll", "Klart")
    await both.send("Both")
    await both.press("Skicka")
    assert away.row.peer == "suspended"
    await eva.press("Visa kön", "Both · i dag")
    assert eva.labels == ["Se andra förfrågningar", "Klart för nu", "Pausa"]
    assert "1 tar en paus." in eva.last
    assert "1 väntar på ditt ja." in eva.last


async def test_nobody_fits_and_somebody_is_asked_all_the_same(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    robin = await approved_peer(service, eva, "Robin", "sv")
    kim = await service.person("Kim", "sv").start()
    await kim.press("Okej, gå vidare", "Sverige", "Ja, och jag är minst 18", "Hitta en peer", "Hoppa över")
    await kim.press("Beroende", "Klart", "Telefon", "Mån fm", "Klart")
    await kim.send("Kim")
    await kim.press("Skicka")
    await eva.press("Visa kön", "Kim · i dag")
    assert "Ingen med plats har valt samma erfarenheter eller känslor som Kim." in eva.last
    assert "har inte valt: Beroende" in eva.last
    await eva.press("1. Robin <b>&", "Nej, välj en annan", "1. Robin <b>&", "Ja, fråga")
    assert "Det finns ett förslag till dig" in robin.last


async def test_one_kind_reminder_for_each_who_is_asked(service: Service) -> None:
    kim, robin, _ = await proposed(service, "da sv")
    await service.move(timedelta(days=2, hours=23))
    assert "väntar på ditt svar" not in robin.last
    await service.move(timedelta(hours=1))
    assert robin.last == "Det ligger ett förslag här som väntar på ditt svar. Både ja och nej går lika bra."
    heard = len(robin.texts)
    await service.move(timedelta(days=10))
    assert len(robin.texts) == heard
    await robin.press("Läs förslaget", "Ja, gärna")
    await service.move(timedelta(days=3))
    assert "Ja og nej er lige gode svar" in kim.last
    await kim.press("Læs forslaget", "Ja, gerne")
    heard = len(kim.texts)
    await service.move(timedelta(days=10))
    assert len(kim.texts) == heard


async def test_a_reminder_keeps_out_of_the_quiet_hours(service: Service) -> None:
    kim, robin, _ = await proposed(service)
    await robin.press("Läs förslaget")
    await service.move(timedelta(hours=13))
    await robin.press("Ja, gärna")
    heard = len(kim.texts)
    await service.move(timedelta(days=3, minutes=5))
    assert len(kim.texts) == heard
    await service.move(timedelta(hours=9))
    assert "väntar på ditt svar" in kim.last


async def test_whoever_rests_is_asked_when_they_are_back(service: Service) -> None:
    kim, robin, _ = await proposed(service)
    await kim.send("/paus")
    heard = len(kim.texts)
    await robin.press("Läs förslaget", "Ja, gärna")
    await service.move(timedelta(days=5))
    assert len(kim.texts) == heard
    await kim.send("/status")
    await kim.press("Läs förslaget", "Ja, gärna")
    assert the_match(service).status == "connected"


async def test_status_leads_to_the_open_proposal(service: Service) -> None:
    kim, robin, _ = await proposed(service)
    await kim.send("/status")
    assert "vi väntar på svar" in kim.last
    await robin.press("Läs förslaget", "Ja, gärna")
    await kim.send("/status")
    assert kim.labels == ["Läs förslaget", "Ta tillbaka min förfrågan"]


@pytest.mark.parametrize("answered", [False, True])
async def test_a_suspension_ends_open_proposals_quietly(service: Service, answered: bool) -> None:
    kim, robin, eva = await proposed(service)
    if answered:
        await robin.press("Läs förslaget", "Ja, gärna")
    heard = len(kim.texts)
    await eva.press("Peers", "Har plats (1)", "Robin <b>& (1 av 2)", "Inga nya förslag just nu")
    assert the_match(service).status == "ended"
    assert the_request(service).status == "waiting"
    assert len(kim.texts) == heard + answered
    if answered:
        assert "Din förfrågan ligger kvar" in kim.last
    with service.store.transaction() as tx:
        assert not queries.rows(tx, Due, status="planned", kind="unanswered")
    await eva.press("Peers", "Vilar (1)", "Robin <b>& (0 av 2)", "Säga ja")
    await propose(eva, "Kim", "1. Robin <b>&")
    await robin.press("Läs förslaget", "Ja, gärna")
    assert the_match(service).status == "asked_user"


async def test_every_step_survives_a_restart(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    robin = await approved_peer(service, eva, "Robin", "sv")
    kim = await user(service, "Kim", "sv")
    for person, label in (
        (eva, "Visa kön"),
        (eva, "Kim · i dag"),
        (eva, "1. Robin <b>&"),
        (eva, "Ja, fråga"),
        (robin, "Läs förslaget"),
        (robin, "Ja, gärna"),
        (kim, "Läs förslaget"),
        (kim, "Ja, gärna"),
    ):
        await service.restart()
        await person.press(label)
    assert the_match(service).status == "connected"
    with service.store.transaction() as tx:
        assert len(queries.rows(tx, Match)) == 1


async def test_a_sticker_or_words_instead_of_an_answer(service: Service) -> None:
    _, robin, _ = await proposed(service, "sv da")
    await robin.press("Læs forslaget")
    await robin.do(lambda account: account.send_sticker())
    assert robin.last.startswith("Der er en, der gerne vil have kontakt")
    await robin.send("måske <b>&")
    assert robin.last.startswith("Der er en, der gerne vil have kontakt")
    await robin.send("ja gerne")
    assert the_match(service).status == "asked_user"


async def test_a_second_request_does_not_stand_in_the_queue_twice(service: Service) -> None:
    kim, _, _ = await proposed(service)
    await kim.send("/sok")
    assert kim.last.startswith("Så här ser din förfrågan ut nu")
    await kim.press("Skicka")
    with service.store.transaction() as tx:
        assert len(queries.rows(tx, Request)) == 1


async def test_the_longest_texts_fit_into_a_message(service: Service) -> None:
    kim, robin, eva = await proposed(service)
    await robin.send("/profil")
    for change, text in (("Erfarenheter", 400), ("Känslor", 300), ("Språk", 100), ("Passar", 200)):
        await robin.press(f"✎ {change}")
        await robin.send("<" * text)
    for change, text in (("Presentation", 1200), ("Tillgänglighet", 500)):
        await robin.press(f"✎ {change}")
        await robin.send("&" * text)
    await robin.press("Det stämmer")
    with service.store.transaction() as tx:
        request = queries.first(tx, Request)
        assert request is not None
        request.wish = {
            **request.wish,
            **dict.fromkeys(("topics_own", "feelings_own", "belonging", "breaks", "times_own"), "<" * 500),
            "access": "&" * 1000,
        }
        tx.add(request)
        match = queries.first(tx, Match)
        assert match is not None
        match.status, request.status = "ended", "waiting"
        tx.add(match)
        for number in range(30):
            crowd(tx, number)
    await propose(eva, "Kim", "1. Robin <b>&")
    await robin.press("Läs förslaget", "Ja, gärna")
    await kim.press("Läs förslaget", "Ja, gärna")
    assert the_match(service).status == "connected"


def crowd(tx: Transaction, number: int) -> None:
    """One more approved peer with long own words."""
    person = Person(chat_id=-number - 1, peer="approved", created_at=MONDAY)
    tx.add(person)
    tx.flush()
    told = {
        "called": "x" * 40,
        "topics_own": "<" * 400,
        "feelings_own": "&" * 300,
        "presentation": "&" * 1200,
    }
    tx.add(PeerProfile(person_id=person.id or 0, profile=told, created_at=MONDAY))
