"""Lines of help: confirmed by the organisation before it takes a request, and marked when nobody has tried them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import config, crisis_lines, doctor, resources
from bot.clock import MovableClock
from bot.services import help_lines
from bot.store import queries
from bot.store.tables import Confirmation, Request
from bot.tryout.command import tryout
from tests.conftest import KEY, MONDAY, Chatter, Service
from tests.stories.cast import consented, coordinator
from tests.stories.texts import Words

both_languages = pytest.mark.parametrize("language", ["sv", "da"])


def requests(service: Service) -> int:
    with service.store.transaction() as tx:
        return len(queries.rows(tx, Request))


def unconfirm(service: Service) -> None:
    with service.store.transaction() as tx:
        for row in queries.rows(tx, Confirmation):
            tx.delete(row)


@both_languages
async def test_no_request_until_a_coordinator_has_confirmed_the_list(service: Service, language: str) -> None:
    words = Words(language)
    kim = service.person("Kim", language)
    eva = await coordinator(service, "Eva", language)
    await kim.start()
    await consented(kim, language)
    unconfirm(service)
    await kim.press(words("offer.intake"))
    assert words("lines.not_yet") in kim.texts
    assert eva.texts.count(words("lines.unconfirmed")) == 1
    await kim.press(words("offer.intake"))
    assert eva.texts.count(words("lines.unconfirmed")) == 1, "once a day at most"
    await kim.do(lambda account: account.press("x:confirm_lines:0", message=account.last))
    assert words("refused.role") in kim.texts
    await service.restart()
    await eva.press(words("lines.see"))
    for line in crisis_lines.all_lines():
        assert f"{line.name}: {line.number}" in eva.last
    await eva.do(lambda account: account.press("x:confirm_lines:0123", message=account.last))
    assert words("lines.changed") in eva.texts, "another list than the one that was shown"
    await eva.press(words("lines.confirm"))
    assert eva.last == words("lines.confirmed")
    await kim.press(words("offer.intake"))
    assert kim.last.startswith(words("intake.hope").splitlines()[0])


async def test_answers_given_meanwhile_are_kept(service: Service) -> None:
    """The list changes while somebody answers: nothing that they told is lost."""
    kim = await service.person("Kim").start()
    await consented(kim, "sv")
    await kim.press("Hitta en peer", "Hoppa över", "Ensamhet", "Klart", "Samtal på tu man hand")
    await kim.press("Ons kväll", "Klart", "Stockholm")
    await kim.send("Kim")
    unconfirm(service)
    await kim.press("Skicka")
    assert Words("sv")("lines.not_yet") in kim.texts
    assert requests(service) == 0
    eva = await coordinator(service, "Eva", "sv")
    await eva.send("/hjalplinjer")
    await eva.press(Words("sv")("lines.confirm"))
    await kim.press("Skicka")
    assert requests(service) == 1


async def test_the_try_out_needs_no_confirmation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEERBOT_KEY", raising=False)
    async with tryout(tmp_path, MovableClock(MONDAY)) as running:
        with running.app.store.transaction() as tx:
            assert help_lines.latest(tx, running.app.settings) is not None


@both_languages
async def test_a_line_that_nobody_has_tried_for_long_is_marked(service: Service, language: str) -> None:
    mark = {"sv": "kontrollerades senast 23 november 2026", "da": "sidst kontrolleret 23. november 2026"}
    kim = await service.person("Kim", language).start()
    await consented(kim, language)
    for days, marked in ((149, False), (150, True)):
        await service.move(MONDAY + timedelta(days=days, hours=3))
        await kim.send("jag vill dö" if language == "sv" else "jeg vil dø")
        assert "112" in kim.last
        assert (mark[language] in kim.last) == marked


def test_doctor_and_the_command_line(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERBOT_KEY", KEY)
    settings = config.load(store={"url": f"sqlite:///{tmp_path}/p.db", "key_file": f"{tmp_path}/key"})
    clock = MovableClock(MONDAY)

    def told() -> str:
        return doctor.lines_of_help(settings, clock.now().date())

    assert "peerbot resources confirm" in told()
    assert [*resources.listed(settings, confirm=False, clock=clock)][-1].startswith("Not confirmed")
    shown = [*resources.listed(settings, confirm=True, clock=clock)]
    assert shown[-1] == "Confirmed on 2026-11-23."
    assert any("90101" in line and "https://mind.se" in line and "certainty A" in line for line in shown)
    assert told() == ""
    clock.advance(timedelta(days=149))
    assert told() == ""
    clock.advance(timedelta(days=1))
    assert "not checked for 150 days: SOS Alarm" in told()


async def test_a_line_of_one_region_is_for_that_region(service: Service) -> None:
    async def lines_for(region: str) -> str:
        kim: Chatter = await service.person("Kim", "da").start()
        await consented(kim, "da")
        with service.store.transaction() as tx:
            tx.add(Request(person_id=kim.row.id or 0, wish={"region": region}, created_at=MONDAY))
        await kim.send("/hjaelpelinjer")
        return next(text for text in reversed(kim.texts) if "112" in text)

    assert "1813" in await lines_for("hovedstaden")
    assert "1813" not in await lines_for("nordjylland")
