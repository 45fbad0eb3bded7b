"""What people could send to do harm: floods, markup, calendars, file names, broken and hostile characters."""

import random

import aiohttp
import pytest
from icalendar import Calendar

from bot import watch
from bot.services.turn import Tools
from bot.store import queries
from bot.store.tables import Outbox
from bot.telegram.updates import clean
from bot.texts import LANGUAGES
from bot.tryout.page import Hooks, Page
from dialogs import DIALOGS
from tests.conftest import Service
from tests.evidence import found_out
from tests.generic.crawling import Walk, faults
from tests.generic.world import World
from tests.stories.test_meetings import connected
from tests.stories.texts import Words

CRISIS = {"sv": "Jag vill ta mitt liv", "da": "Jeg vil tage mit liv"}
HOSTILE = (
    "<script>alert(1)</script>", "<b>", "</b></i>&", "&lt;b&gt;&#0;", "<a href='tg://user?id=1'>x</a>",
    "{{ 7*7 }}{% for %}",
    "Fika\r\nATTENDEE:mailto:x@example.org\r\nEND:VEVENT", "\u2028BEGIN:VALARM", "../../etc/passwd\0.html",
    "=HYPERLINK(1)", "'; DROP TABLE person; --", "%s%n{0}", "\u202egnp.exe", "e\u0301" * 90,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\ufeff\u200b\u2060x", "ﷺ﷽𒐫" * 20, "a\ud800b", "\x07\x1b[31m", "ا" * 60, "x" * 1400,
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_flood_gets_one_kind_answer_and_a_crisis_overtakes_it(
    service: Service, language: str
) -> None:
    words = Words(language)
    telegram = service.settings.telegram.model_copy(update={"per_person_minute": 20})
    service.settings = service.settings.model_copy(update={"telegram": telegram})
    await service.restart()
    kim, noa = await service.person("Kim", language).start(), await service.person("Noa", language).start()
    for number in range(40):
        await kim.account.send(f"Hej {number}")
    await service.settle()
    assert kim.texts.count(words("engine.slow")) == 1
    answered = len(kim.texts)
    assert answered < 50
    await kim.send("Hallå")
    assert len(kim.texts) == answered
    await kim.send(CRISIS[language])
    assert "112" in kim.last
    await noa.send("Hej")
    assert words("engine.slow") not in noa.texts
    await service.move(service.clock.now().replace(minute=service.clock.now().minute + 2))
    await kim.send("/help")
    assert words("help.user")[:30] in "".join(kim.texts[-2:])


async def test_what_one_writes_reaches_the_other_as_it_is_and_does_nothing(service: Service) -> None:
    """Over the wire, to a server that parses markup as Telegram does; and into a calendar with a neutral title."""
    kim, alex = await connected(service, "sv", "sv")
    for text in (each for each in HOSTILE if "\ud800" not in each):
        await kim.send("/skriv", text)
        assert clean(text).strip() in alex.last, repr(text)
    await kim.send("/boka", "torsdag 15.30")
    await kim.press("Det blir bra så")
    await kim.send(HOSTILE[6])
    await alex.press("Välj en tid", "torsdag 26 november kl. 15:30")
    for file in (kim.files[-1], alex.files[-1]):
        (event,) = Calendar.from_ical(file).walk("VEVENT")
        assert "ATTENDEE" not in event
        assert b"Fika" not in file
        assert not Calendar.from_ical(file).walk("VALARM")
    names = [each.json["document"]["file_name"] for each in alex.account.received if each.kind == "document"]
    assert set(names) == {"kalender.ics"}
    with service.store.transaction() as tx:
        assert not queries.rows(tx, Outbox, outcome="parked")
    assert alex.row.id and kim.row.id


def test_by_chance_whatever_is_typed_anywhere(
    worlds: dict[str, World], shared: Tools, request: pytest.FixtureRequest
) -> None:
    """Mixed from all that is hostile, into every dialog that anybody can begin: always an answer that can be sent."""
    chance, tried = random.Random(4), 0
    pieces = [clean(each) for each in HOSTILE] + ["/start ", "/", "\n", " ", "32/13", "kl 25"]
    for world in worlds.values():
        for dialog in DIALOGS.values():
            person, subject = next(iter(world.beginnings(dialog)))
            walk = Walk(world.tx, shared, person, dialog)
            with walk.undone():
                walk.begin(subject)
                for _ in range(6):
                    text = "".join(chance.choices(pieces, k=chance.randint(1, 4)))[:4096]
                    data = chance.choice(("a:", "s:", "x:", "")) + text
                    sent = walk.event("text", text=text) + walk.event("button", data=data, about=text)
                    assert sent
                    found = [fault for each in sent for fault in faults(each)]
                    # Braces that somebody wrote for another are shown as they are.
                    shown = tuple(each for each in ("{{", "{%") if each in text)
                    assert not [fault for fault in found if not fault.startswith(shown)], (dialog.name, text)
                    tried += 2
    found_out(request, "fuzzed inputs answered", tried)
    assert tried > 600


async def test_the_try_outs_servers_are_known_by_loopback_names_only(service: Service) -> None:
    """Another name is a web site that has made itself resolve to this machine."""
    url = f"{service.server.url}/bot{service.server.token}/getMe"
    async with aiohttp.ClientSession() as session:
        for host, status in (
            ("evil.example", 403),
            ("127.0.0.1.evil.example:80", 403),
            ("localhost:80", 200),
        ):
            async with session.get(url, headers={"Host": host}) as answer:
                assert answer.status == status, host


async def test_what_serves_this_machine_listens_on_loopback_only(service: Service) -> None:
    page = Page(service.server, service.clock, [], Hooks(*[None] * 3))  # type: ignore[arg-type]
    await page.start()
    app = service.app
    metrics = await watch.serve(watch.application(app.tools, app.store, app.metrics), 0)
    for runner in (service.server._runner, page._runner, metrics):
        assert runner is not None
        assert {host for host, _ in runner.addresses} == {"127.0.0.1"}
    await metrics.cleanup()
    await page.stop()
