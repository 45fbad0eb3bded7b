"""A peer's welcome, a coordinator's yes, and what comes after."""

from datetime import timedelta

import pytest

from bot.language.findings import Explanation, Finding
from bot.store import queries
from bot.store.tables import Audit, Conversation, PeerProfile
from tests.conftest import Chatter, Service
from tests.stories.cast import WORDS, approved_peer, coordinator, invited_peer, present, user, welcomed_peer


def profile(service: Service, person: Chatter) -> PeerProfile:
    with service.store.transaction() as tx:
        row = queries.first(tx, PeerProfile, person_id=person.row.id)
    assert row is not None
    return row


@pytest.mark.both_databases
@pytest.mark.parametrize("language", ["sv", "da"])
async def test_from_an_invitation_to_a_coordinators_yes(service: Service, language: str) -> None:
    words = WORDS[language]
    eva = await coordinator(service, "Eva", language)
    robin = await welcomed_peer(service, "Robin", language)
    assert robin.row.peer == "waiting"
    assert words["told"] in robin.last
    assert eva.labels == [words["see_waiting"]]
    await eva.press(words["see_waiting"], f"Robin <b>& (0 {words['of']} 2)")
    shown = eva.texts[-2]
    for told in ("Robin <b>&", words["about"], words["loneliness"], words["comes_and_goes"], words["friend"]):
        assert told in shown
    await eva.press(words["approve"])
    assert robin.row.peer == "approved"
    assert words["welcome"] in robin.last
    assert words["is_peer"] in eva.last
    with service.store.transaction() as tx:
        noted = [each.action for each in queries.rows(tx, Audit, actor_id=eva.row.id, person_id=robin.row.id)]
    assert noted == ["peer.looked_at", "peer.approved"]


async def test_the_profile_is_complete_and_sealed(service: Service) -> None:
    robin = await welcomed_peer(service, "Robin", "sv")
    row = profile(service, robin)
    assert row.capacity == 2
    assert row.profile == {
        "called": "Robin <b>&",
        "topics": ["loneliness", "grief"],
        "presentation": WORDS["sv"]["about"],
        "distance": "now_and_then",
        "lean": "yes",
        "roles": ["friend"],
        "paid": "volunteer",
        "capacity": "two",
        "forms": ["individual"],
        "languages": ["sv"],
        "regions": ["stockholm"],
        "times": ["wed_eve"],
    }
    with service.store.transaction() as tx:
        raw = tx.connection().exec_driver_sql("select profile from peerprofile").scalar_one()
    assert b"Robin" not in raw
    assert b"loneliness" not in raw


async def test_somebody_who_needs_no_place_is_not_asked_for_one(service: Service) -> None:
    robin = await invited_peer(service, "Robin", "sv")
    await robin.press("Okej, vi börjar")
    await robin.send("Robin", "bara sorg efter min hund", "Hoppa över", "Hej, jag heter inget särskilt.")
    await robin.press("Det mesta ligger bakom mig", "Ja", "Vän", "Klart", "Ideellt")
    await robin.press("Telefon", "Klart", "Svenska")
    await robin.send("lite finska")
    assert robin.last.startswith("Hur många")
    await robin.send("3")
    await robin.press("Ons kväll", "Klart", "Hoppa över", "Nej tack", *(["Gå vidare"] * 6), "Det stämmer")
    row = profile(service, robin)
    assert row.capacity == 3
    assert row.profile["topics_own"] == "bara sorg efter min hund"
    assert row.profile["languages"] == ["sv"]
    assert row.profile["languages_own"] == "lite finska"
    assert "regions" not in row.profile


@pytest.mark.parametrize("language", ["sv", "da"])
async def test_a_sentence_is_tried_at_a_principle(
    service: Service, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = WORDS[language]
    engine = service.app.tools.language
    found = Finding("directive", 0, 8, "Du borde", "directive.modal", 0.9, "P1", "ili")
    explained = Explanation(
        "Här styr texten.", "Dela ditt eget.", "Om peer-counselling", ("För mig hjälpte det att …",)
    )
    monkeypatch.setattr(engine, "check", lambda text, *rest: [found] if text.startswith("Du borde") else [])
    monkeypatch.setattr(engine, "explain", lambda *asked: explained)
    robin = await invited_peer(service, "Robin", language)
    await to_the_principles(robin, language)
    await robin.press(words["try"])
    await robin.send("Du borde <i>ringa</i>")
    shown = robin.texts[-2]
    for part in ("Du borde", "Dela ditt eget.", "Om peer-counselling", "För mig hjälpte det att …"):
        assert part in shown
    assert robin.last.startswith("1. ")
    assert words["next"] in robin.labels
    before = len(robin.texts)
    await robin.press(words["try"])
    await robin.send("Jag ringde till slut.")
    assert "Du borde" not in "".join(robin.texts[before:])
    await robin.press(*([words["next"]] * 6), words["right"])
    assert words["told"] in robin.last
    with service.store.transaction() as tx:
        assert all(each.memory is None for each in queries.rows(tx, Conversation, dialog="peer_welcome"))


async def to_the_principles(robin: Chatter, language: str) -> None:
    words = WORDS[language]
    await present(robin, language, "Robin", until="principles")
    assert robin.last.startswith("1. ")
    assert words["try"] in robin.labels


async def test_a_restart_and_a_pause_in_the_middle_lose_nothing(service: Service) -> None:
    robin = await invited_peer(service, "Robin", "sv")
    await robin.press("Okej, vi börjar")
    await robin.send("Robin")
    await service.restart()
    await robin.press("Ensamhet")
    await service.restart()
    await robin.press("Klart", "Pausa")
    await service.move(timedelta(days=3))
    await robin.send("/start")
    assert robin.last.startswith("Ni kan ha varit med om olika saker")
    await service.restart()
    await robin.press("Hoppa över")
    assert robin.last.startswith("Vill du berätta om dig själv")


async def test_an_approved_peer_changes_a_line_and_stays_approved(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    robin = await approved_peer(service, eva, "Robin", "sv")
    told = len(eva.texts)
    await robin.send("/profil")
    assert robin.last.startswith("Så här har jag förstått det")
    await robin.press("✎ Som mest", "4")
    await robin.press("✎ Presentation")
    await robin.send("Nu med nya ord.")
    await robin.press("Det stämmer")
    assert "precis som förut" in robin.last
    assert robin.row.peer == "approved"
    row = profile(service, robin)
    assert row.capacity == 4
    assert row.profile["presentation"] == "Nu med nya ord."
    assert row.profile["topics"] == ["loneliness", "grief"]
    assert len(eva.texts) == told


async def test_a_new_form_asks_for_the_place_that_it_needs(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    robin = await approved_peer(service, eva, "Robin", "sv")
    await robin.send("/profil")
    await robin.press("✎ Former", "✓ Samtal på tu man hand", "Telefon", "Klart", "Det stämmer")
    assert "regions" not in profile(service, robin).profile
    await robin.send("/profil")
    await robin.press("✎ Former", "En grupp", "Klart")
    assert robin.last.startswith("Var passar det dig att ses?")
    await robin.press("Skåne", "Klart", "Det stämmer")
    assert profile(service, robin).profile["regions"] == ["skane"]


async def test_a_talk_first_then_a_yes(service: Service) -> None:
    eva = await coordinator(service, "Eva", "da")
    robin = await welcomed_peer(service, "Robin", "sv")
    await eva.press("Se, hvem der venter", "Robin <b>& (0 af 2)", "Ikke endnu, vi taler sammen først")
    assert "prata en stund med dig innan du börjar" in robin.last
    assert robin.row.peer == "waiting"
    await eva.press("Peers", "Venter på dit ja (1)", "Robin <b>& (0 af 2)", "Sige ja")
    assert robin.row.peer == "approved"


async def test_two_coordinators_say_yes_at_once(service: Service) -> None:
    eva, ida = await coordinator(service, "Eva", "sv"), await coordinator(service, "Ida", "sv")
    robin = await welcomed_peer(service, "Robin", "sv")
    for each in (eva, ida):
        await each.press("Se vem som väntar", "Robin <b>& (0 av 2)")
    heard = len(robin.texts)
    await eva.press("Säga ja")
    await ida.press("Säga ja")
    assert "redan besvarad" in ida.texts[-2]
    assert ida.labels == ["Vi har hörts", "Inga nya förslag just nu", "Se andra peers", "Pausa"]
    assert len(robin.texts) == heard + 1


async def test_a_follow_up_comes_due_and_is_done(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    robin = await approved_peer(service, eva, "Robin", "sv")
    heard = len(robin.texts)
    await service.move(timedelta(days=29))
    await eva.press("Peers")
    assert eva.labels == ["Har plats (1)", "Klart för nu", "Pausa"]
    await eva.press("Klart för nu")
    await service.move(timedelta(days=1))
    await eva.send("/start")
    await eva.press("Peers", "Dags att höra av sig (1)", "Robin <b>& (0 av 2)", "Vi har hörts")
    assert profile(service, robin).followed_up_at is not None
    assert len(robin.texts) == heard
    await eva.press("Peers")
    assert "Dags att höra av sig (1)" not in eva.labels


async def test_a_suspended_peer_hears_it_kindly_and_comes_back(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    robin = await approved_peer(service, eva, "Robin", "da")
    await eva.press("Peers", "Har plats (1)", "Robin <b>& (0 av 2)", "Inga nya förslag just nu")
    assert "får du ikke nye forslag" in robin.last
    await robin.send("/profil")
    assert "rolle" in robin.last
    await eva.press("Peers", "Vilar (1)", "Robin <b>& (0 av 2)", "Säga ja")
    assert "Velkommen tilbage" in robin.last


async def test_the_welcome_and_the_desk_are_closed_to_others(service: Service) -> None:
    kim = await user(service, "Kim", "sv")
    robin = await welcomed_peer(service, "Robin", "sv")
    for command in ("/profil", "/ko", "/bjudin"):
        await kim.send(command)
        assert "andra roller" in kim.last
    for forged in ("s:peers::", "s:queue::", "s:invite::coordinator", f"s:peers::{robin.row.id}"):
        await forge(robin, forged)
        assert "andra roller" in robin.last
    assert not robin.row.coordinator


async def forge(person: Chatter, data: str) -> None:
    """Press a button that the person was never shown."""
    await person.do(lambda account: account.press(data, account.last))


@pytest.mark.parametrize("language", ["sv", "da"])
async def test_an_invitation_works_once(service: Service, language: str) -> None:
    eva = await coordinator(service, "Eva", language)
    await eva.press(WORDS[language]["invite"], WORDS[language]["a_peer"])
    code = eva.texts[-2].split("/start ")[-1].split("start=")[-1].split()[0]
    robin = service.person("Robin", language)
    await robin.start(code)
    assert robin.row.peer == "invited"
    sly = service.person("Sly", language)
    await sly.start(code)
    assert sly.row.peer == "no"
    with service.store.transaction() as tx:
        stored = tx.connection().exec_driver_sql("select code_hash from invitation").scalars().all()
    assert code not in stored


async def test_an_old_invitation_has_gone_stale(service: Service) -> None:
    code = service.invitation("peer")
    await service.move(timedelta(days=15))
    robin = await service.person("Robin", "da").start(code)
    assert any("Linket gælder ikke længere" in text for text in robin.texts)
    assert robin.row.peer == "no"


async def test_a_user_who_is_invited_goes_straight_to_the_welcome(service: Service) -> None:
    kim = await user(service, "Kim", "sv")
    await kim.start(service.invitation("peer"))
    assert kim.last.startswith("Välkommen! Fint att du vill dela")
