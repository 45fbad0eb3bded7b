"""A youth programme: minors are matched only with peers who were checked, and are no peers themselves."""

from bot.store import queries
from bot.store.tables import Audit, Match, PeerProfile
from tests.conftest import Chatter, Service
from tests.stories.cast import WORDS, approved_peer, coordinator
from tests.stories.texts import Words

SV = Words("sv")
AGED = {"sv": "Ja, och jag är minst 15", "da": "Ja, og jeg er fyldt 15"}


async def programme(service: Service) -> None:
    """Switch it on, from 15, as an organisation in both countries would."""
    young = {"youth_programme": True, "min_age": 15}
    organisation = service.settings.organisation.model_copy(update=young)
    service.settings = service.settings.model_copy(update={"organisation": organisation})
    await service.restart()


async def greeted(service: Service, name: str, age: str, language: str = "sv") -> Chatter:
    """Up to and with the age: "adult", "minor" or "younger"."""
    words = WORDS[language]
    person = await service.person(name, language).start()
    await person.press(words["go_on"], words["country"])
    await person.press(person.labels[("adult", "minor", "younger").index(age)])
    return person


async def test_a_minor_is_matched_only_with_a_peer_who_was_checked(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    alex = await approved_peer(service, eva, "Alex", "sv")
    await programme(service)
    kim = await greeted(service, "Kim", "minor")
    await kim.press(AGED["sv"], SV("offer.intake"), SV("engine.skip"), "Ensamhet", "Klart")
    await kim.press("Samtal på tu man hand", "Ons kväll", "Klart", "Stockholm")
    await kim.send("Kim")
    await kim.press("Skicka")
    assert kim.row.minor
    assert not kim.row.of_age
    await eva.press("Visa kön", "Kim · i dag")
    assert "Under 18 år." in eva.texts[-2]
    assert "1 saknar noterad kontroll" in eva.last
    assert not any("Alex" in label for label in eva.labels)
    await eva.send("/start")
    await eva.press(SV("offer.peers"), "Har plats (1)", "Alex <b>& (0 av 2)", SV("peers.act.check"))
    checked = alex.row.id
    with service.store.transaction() as tx:
        assert queries.first(tx, PeerProfile).checked_at is not None
        assert queries.first(tx, Audit, action="peer.checked", person_id=checked) is not None
    await eva.press("1. Alex <b>&", "Ja, fråga")
    await alex.press(SV("offer.proposal"))
    await eva.send("/start")
    await eva.press(SV("offer.peers"), "Har plats (1)", "Alex <b>& (1 av 2)", SV("peers.act.uncheck"))
    with service.store.transaction() as tx:
        assert queries.first(tx, Match).status == "ended"
    await kim.start(service.invitation("peer"))
    assert SV("peers.adults_only") in kim.texts
    assert kim.row.peer == "no"


async def test_too_young_gets_a_kind_word_and_the_childrens_line(service: Service) -> None:
    await programme(service)
    for language, line in (("sv", "Bris"), ("da", "BørneTelefonen")):
        kim = await greeted(service, "Kim", "younger", language)
        assert line in kim.last
        assert "116 111" in kim.last
        assert kim.row.name is None
        await kim.send("/request")
        assert Words(language)("welcome.hello.go_on") in kim.labels
    adult = await greeted(service, "Noa", "adult")
    await adult.press(AGED["sv"])
    assert adult.row.of_age
    assert not adult.row.minor
