"""A user's way from the first message to a request in the coordinators' queue."""

import pytest

from bot.store import queries
from bot.store.tables import Request
from bot.texts import LANGUAGES
from tests.conftest import Chatter, Service
from tests.stories.cast import WORDS, approved_peer, consented, coordinator, user
from tests.stories.texts import Words


async def intake(person: Chatter) -> None:
    await person.start()
    await person.press("Okej, gå vidare", "Sverige", "Ja, och jag är minst 18")
    await person.press("Hitta en peer", "Hoppa över", "Ensamhet", "Klart", "Samtal på tu man hand")
    await person.press("Ons kväll", "Klart", "Stockholm")
    await person.send("Kim <b>&")
    await person.press("Skicka")


@pytest.mark.both_databases
async def test_twelve_taps_from_start_to_sent(service: Service) -> None:
    kim = service.person("Kim")
    await intake(kim)
    assert "nu är det skickat" in kim.last, kim.texts
    with service.store.transaction() as tx:
        request = queries.first(tx, Request)
    assert request is not None
    assert request.wish == {
        "form": "individual",
        "called": "Kim <b>&",
        "topics": ["loneliness"],
        "times": ["wed_eve"],
        "region": "stockholm",
    }


WISHES = {
    "sv": (
        "jag vill dra tillbaka min förfrågan",
        "kan jag ändra mina svar?",
        "Jag mår inte så bra i dag faktiskt",
    ),
    "da": (
        "jeg fortryder, slet min forespørgsel",
        "kan jeg ændre mine svar?",
        "Jeg har det ikke så godt i dag",
    ),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_request_is_changed_and_taken_back(service: Service, language: str) -> None:
    """Asked for in one's own words; the peer who was asked hears that it is over, and nothing of it is kept."""
    words, (take_back, change, feeling) = Words(language), WISHES[language]
    eva = await coordinator(service, "Eva", "sv")
    alex = await approved_peer(service, eva, "Alex", "sv")
    kim = await user(service, "Kim", language)
    await eva.press("Visa kön", "Kim · i dag")
    await eva.press("1. Alex <b>&", "Ja, fråga")
    await kim.send(change)
    assert words("intake.review.done") in kim.labels
    assert kim.last.startswith(
        {"sv": "Så här ser din förfrågan ut", "da": "Sådan ser din forespørgsel ud"}[language]
    )
    await kim.send(feeling)
    assert words("engine.told") == kim.texts[-2]
    assert words("intake.review.done") in kim.labels
    await kim.press(words("engine.pause"))
    await kim.send(take_back)
    await service.restart()
    await kim.press(words("withdraw.sure.no"))
    assert kim.last == words("withdraw.kept")
    await kim.send("/status")
    await kim.press(words("offer.withdraw"), words("withdraw.sure.yes"))
    assert words("withdraw.done") in kim.texts[-2:]
    assert Words("sv")("matching.over_peer") in alex.texts
    with service.store.transaction() as tx:
        request = queries.first(tx, Request)
        assert request is not None
        assert (request.status, request.wish) == ("closed", {})
        assert not queries.open_conversations(tx, request.person_id), "what was half changed is gone as well"
    assert kim.row.name is None
    await kim.send("/withdraw", "/status")
    assert kim.last == words("status.none")


TYPED = {
    "sv": ("kvällar på vardagar", "Ons kväll", "inte fredagar", "lördag fm när barnen sover", "Lör fm"),
    "da": ("hverdagsaftener", "Ons aften", "ikke om fredagen", "lørdag form. når børnene sover", "Lør form."),
}


@pytest.mark.parametrize("language", TYPED)
async def test_times_typed_in_own_words_are_ticked_and_matched(service: Service, language: str) -> None:
    words, (evenings, wednesday, but, saturday, forenoon) = WORDS[language], TYPED[language]
    eva = await coordinator(service, "Eva", "sv")
    await approved_peer(service, eva, "Robin", language)
    kim = await service.person("Kim", language).start()
    await consented(kim, language)
    await kim.press(words["find"], words["skip"], words["loneliness"], words["done"], words["individual"])
    await kim.send(evenings)
    assert [label for label in kim.labels if label.startswith("✓")][2] == f"✓ {wednesday}"
    assert sum(label.startswith("✓") for label in kim.labels) == 5
    await service.restart()
    await kim.send(but, saturday)
    shown = [label.removeprefix("✓ ") for label in kim.labels if label.startswith("✓")]
    assert shown[-2:] == [forenoon, saturday]
    assert len(shown) == 6
    await kim.press(words["done"], words["region"])
    await kim.send("Kim")
    await kim.press(words["send"])
    with service.store.transaction() as tx:
        request = queries.first(tx, Request)
    assert request is not None
    assert request.wish["times"] == ["mon_eve", "tue_eve", "wed_eve", "thu_eve", "sat_am"]
    assert request.wish["times_own"] == saturday
    await eva.press("Visa kön", "Kim · i dag")
    wish, ranked = eva.texts[-2:]
    assert saturday in wish
    assert "tider som passar båda: Ons kväll" in ranked
