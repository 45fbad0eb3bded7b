"""A user's way from the first message to a request in the coordinators' queue."""

import pytest

from bot.store import queries
from bot.store.tables import Request
from tests.conftest import Chatter, Service


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
