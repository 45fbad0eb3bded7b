"""Danger to life: answered at once, in every state, before everything else."""

from datetime import UTC, datetime

import pytest

from bot.store import queries
from bot.store.tables import Alert
from tests.conftest import Service

ACUTE = [
    ("sv", "Jag vill inte leva längre, jag tänker ta livet av mig ikväll", "90101"),
    ("da", "jeg kan ikke mere og vil tage livet af mig selv", "70 201 201"),
    ("sv", "i want to kill myself", "90101"),
]


@pytest.mark.parametrize(("language", "text", "number"), ACUTE)
async def test_the_very_first_message(service: Service, language: str, text: str, number: str) -> None:
    """Nothing is known of the person, not even a country: the lines of both countries are shown."""
    person = service.person("Kim", language)
    await person.send(text)
    assert number in person.last
    assert "112" in person.last
    assert len(person.labels) == 3


async def test_a_dialog_waits_and_goes_on(service: Service) -> None:
    kim, robin = service.person("Kim"), service.person("Robin")
    await robin.start(service.invitation("coordinator"))
    await robin.press("Okej, gå vidare", "Sverige", "Ja, och jag är minst 18")
    await kim.start()
    await kim.press("Okej, gå vidare", "Sverige", "Ja, och jag är minst 18", "Hitta en peer")
    await kim.send("jag tänker ta livet av mig")
    assert "112" in kim.last
    assert "Livslinien" not in kim.last
    await service.restart()
    await kim.press("Ja, berätta för en samordnare")
    alert = next(text for text in robin.texts if "fara" in text)
    assert "livet av mig" not in alert
    await robin.press("Jag tar hand om det")
    assert "har sett det" in kim.last
    await kim.start()
    assert "kraft eller hopp" in kim.last


async def test_a_false_alarm_is_dismissed_kindly(service: Service) -> None:
    kim = service.person("Kim", "da")
    await kim.start()
    await kim.send("jeg vil dø")
    await kim.press("Sådan mente jeg det ikke")
    assert "misforstod" in kim.last
    with service.store.transaction() as tx:
        alert = queries.first(tx, Alert)
    assert alert is not None
    assert alert.status == "dismissed"


async def test_by_night_only_open_lines_are_shown_as_open(service: Service) -> None:
    """At six in the morning Livslinien is closed: it is shown with the hour when it opens."""
    await service.move(datetime(2026, 11, 24, 5, 30, tzinfo=UTC))
    kim = service.person("Kim", "da")
    await kim.start()
    await kim.press("Okay, lad os fortsætte", "Danmark", "Ja, og jeg er fyldt 18")
    await kim.send("jeg vil ikke leve mere")
    assert "åbner kl. 09.00" in kim.last
    assert "112" in kim.last


async def test_somebody_elses_alert_is_refused(service: Service) -> None:
    kim, alex = service.person("Kim"), service.person("Alex")
    await kim.start()
    await kim.send("jag vill dö")
    await alex.start()
    await alex.account.press("x:tell:1", message=alex.account.last)
    await service.settle()
    with service.store.transaction() as tx:
        alert = queries.first(tx, Alert)
    assert alert is not None
    assert alert.status == "asked"
