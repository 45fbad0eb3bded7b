"""The crisis path after the first answer: who is told what and when, and what is said to the person all along."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from bot.config import Safety
from bot.store import queries
from bot.store.tables import Alert, Audit, Conversation, Due
from tests.conftest import MONDAY, Chatter, Service
from tests.evidence import found_out
from tests.stories.cast import consented, coordinator
from tests.stories.texts import Words

both_languages = pytest.mark.parametrize("language", ["sv", "da"])

DANGER = {"sv": "jag tänker ta livet av mig", "da": "jeg vil tage livet af mig selv"}
HEAVY = {"sv": "allt är meningslöst", "da": "det hele er håbløst"}
ALARM = {"sv": ("Någon kan vara i fara", "Påminnelse"), "da": ("Nogen kan være i fare", "Påmindelse")}
MINUTE = timedelta(minutes=1)
SLOWEST = 5
"""Seconds of real time: an answer takes a fraction of one, but the tests may share the machine with much else."""


def set_safety(service: Service, **more: object) -> None:
    """What config.toml says, from the next start on."""
    service.settings = service.settings.model_copy(update={"safety": Safety.model_validate(more)})


async def on_duty(service: Service, name: str, language: str, hours: str = "always") -> Chatter:
    """A coordinator who has set their hours in the chat."""
    words = Words(language)
    person = await coordinator(service, name, language)
    await person.send("/settings")
    await person.press(words("settings.what.duty"))
    if hours == "always":
        await person.press(words("settings.duty.always"))
    else:
        await person.send(hours)
    await person.press(words("settings.what.leave"))
    return person


async def somebody(service: Service, language: str) -> Chatter:
    kim = await service.person("Kim", language).start()
    await consented(kim, language)
    return kim


def alarms(person: Chatter, language: str) -> list[str]:
    return [text for text in person.texts if text.startswith(ALARM[language])]


def alert(service: Service) -> Alert:
    with service.store.transaction() as tx:
        found = queries.first(tx, Alert)
    assert found is not None
    return found


@both_languages
async def test_yes_alerts_at_once_again_and_then_the_next_on_duty(
    service: Service, language: str, request: pytest.FixtureRequest
) -> None:
    words = Words(language)
    eva, robin = await on_duty(service, "Eva", language), await on_duty(service, "Robin", language)
    kim = await somebody(service, language)
    service.app.tools.language.crisis("Hej")  # loaded, as it is at the start of the service
    began = perf_counter()
    await kim.send(DANGER[language])
    answered = perf_counter()
    assert "112" in kim.last
    await kim.press(words("safety.choice.tell"))
    told = perf_counter()
    found_out(request, "seconds from a crisis message to its answer, at most", answered - began)
    found_out(request, "seconds from the yes to the alert, at most", told - answered)
    assert max(answered - began, told - answered) < SLOWEST
    assert [len(alarms(each, language)) for each in (eva, robin)] == [1, 0]
    assert DANGER[language] not in "".join(eva.texts)
    assert words("safety.told", somebody=True, reading=True, shown=False, next_duty=None) == kim.last
    await service.restart()
    await service.move(5 * MINUTE)
    assert [len(alarms(each, language)) for each in (eva, robin)] == [2, 0]
    await service.move(5 * MINUTE)
    await service.restart()
    await service.move(5 * MINUTE)
    assert [len(alarms(each, language)) for each in (eva, robin)] == [3, 1], (
        "after 15 minutes it is the next one's"
    )
    await robin.press(words("safety.acknowledge"))
    assert words("safety.somebody_knows", called=None) in kim.texts
    assert alert(service).status == "acknowledged"
    for what in ("told", "rang", "acknowledged"):
        assert words(f"safety.record.{what}", called=words("safety.somebody")) in robin.last
    assert words("safety.taken", called=None) in eva.texts
    await eva.press(words("safety.acknowledge"))
    not_hers = {
        "mine": False,
        "over": True,
        "status": "acknowledged",
        "there": True,
        "called": None,
        "record": [],
    }
    assert words("safety.acknowledged", **not_hers) in eva.last
    await service.move(timedelta(hours=2))
    assert [len(alarms(each, language)) for each in (eva, robin)] == [3, 1]
    with service.store.transaction() as tx:
        told = [row.action for row in queries.rows(tx, Audit, person_id=kim.row.id)]
    assert told == ["alert.told", *["alert.rang"] * 4, "alert.acknowledged", "alert.looked_at"]


ASKS = {"sv": "Har du tankar på att ta ditt liv?", "da": "Har du tanker om at tage dit liv?"}


@both_languages
async def test_whoever_takes_it_on_and_the_person_write_to_each_other(
    service: Service, language: str
) -> None:
    """With a name, at once, and with no word of it kept; what either says of the danger reaches the other."""
    words = Words(language)
    eva, robin = await on_duty(service, "Eva", language), await on_duty(service, "Robin", language)
    kim = await somebody(service, language)
    await kim.send("/request", DANGER[language])
    await kim.press(words("safety.choice.tell"))
    await eva.press(words("safety.acknowledge"))
    assert words("safety.somebody_knows", called=None) == kim.last, "nobody has said yet that they write"
    await service.restart()
    await eva.press(words("alert_talk.write"))
    await eva.send("Eva Ek")
    assert words("alert_talk.on_its_way", called="Eva Ek") == kim.last
    assert eva.last == words("alert_talk.text", helping=True, other=None)
    await eva.send(f"<& {ASKS[language]}")
    assert (
        plain(words("alert_talk.from_coordinator", called="Eva Ek", text=f"<& {ASKS[language]}")) in kim.texts
    )
    assert words("alert_talk.sent") in eva.texts
    assert "112" not in "".join(eva.texts[-2:]), "Eva asks about another's danger, and is in none"
    assert kim.last == words("alert_talk.text", helping=False, other="Eva Ek"), "an answer needs no button"
    await service.restart()
    await kim.send(DANGER[language], "men jag vill leva")
    for said in (DANGER[language], "men jag vill leva"):
        assert plain(words("alert_talk.from_person", called=None, text=said)) in eva.texts
    assert kim.texts.count(words("alert_talk.heard")) == 1
    assert len(alarms(eva, language)) == 1
    assert not alarms(robin, language), "no new alarm while Eva is there"
    await service.move(timedelta(minutes=31))
    await kim.send(DANGER[language])
    assert words("safety.choice.tell") in [label for m in kim.account.received[-3:] for label in m.labels]
    assert eva.texts.count(plain(words("alert_talk.from_person", called=None, text=DANGER[language]))) == 2
    await service.move(10 * MINUTE)
    assert len(alarms(eva, language)) == 2, "Eva may have left: whoever is on duty hears of it"
    await kim.press(words("alert_talk.text.done"))
    assert words("intake.topics").split("\n")[0] in kim.last or words("engine.resumed") in kim.texts
    first = record_of(service, kim)
    assert first == ["told", "rang", "acknowledged", "writes", "wrote", "answered", "answered", "answered"]
    with service.store.transaction() as tx:
        held = [f"{row.memory}" for row in queries.rows(tx, Conversation)]
    assert not any(said in each for said in (ASKS[language], "vill leva") for each in held), "nothing is kept"


@both_languages
async def test_a_colleague_takes_over_and_the_record_says_who_acted_when(
    service: Service, language: str
) -> None:
    """From the digest; what is written goes to the one who has it now; a third comes too late for the same button."""
    words = Words(language)
    eva, robin, sam = [await on_duty(service, name, language) for name in ("Eva", "Robin", "Sam")]
    kim = await somebody(service, language)
    await kim.send(DANGER[language])
    await kim.press(words("safety.choice.tell"))
    await eva.press(words("safety.acknowledge"), words("alert_talk.write"))
    await eva.send("Eva Ek", "Hej")
    for each in (robin, sam):
        await each.send("/oversikt")
        await each.press(words("digest.act.in_hand"), words("safety.one", at=MONDAY))
    assert words("safety.record.wrote", called="Eva Ek") in robin.last
    await service.move(2 * MINUTE)
    await robin.press(words("safety.take_over"))
    assert words("safety.now_with", called=None, talking=True) == kim.last
    assert words("safety.taken_over", called=None) in eva.texts
    await service.restart()
    await sam.press(words("safety.take_over"))
    assert alert(service).acknowledged_by == robin.row.id, "Sam wanted to take over from Eva, not from Robin"
    for writer, text in ((eva, "Är du kvar?"), (kim, "Ja, jag är kvar")):
        await writer.send(text)
    assert "Är du kvar?" not in "".join(kim.texts + robin.texts)
    assert "Ja, jag är kvar" in robin.last
    assert "Ja, jag är kvar" not in "".join(eva.texts)
    await kim.send(DANGER[language])
    assert "112" in "".join(kim.texts[-3:]), "Robin has not written yet and may not be there"
    await robin.press(words("alert_talk.answer"))
    await robin.send("Robin", "Jag är här")
    assert "Jag är här" in "".join(kim.texts[-2:])
    await sam.send("/oversikt")
    await sam.press(words("digest.act.in_hand"), words("safety.one", at=MONDAY))
    record = [line.replace(".", ":", 1) for line in sam.last.splitlines()]
    for at, did, name in (
        ("10:00", "acknowledged", "Eva Ek"), ("10:00", "wrote", "Eva Ek"), ("10:02", "taken_over", "Robin"),
        ("10:02", "answered", "Kim"), ("10:02", "wrote", "Robin"),
    ):  # fmt: skip
        assert f"{at} {words(f'safety.record.{did}', called=name)}" in record, record
    await kim.send("/mydata")
    await kim.press(words("offer.trail"))
    for action in ("taken_over", "looked_at"):
        assert any(words(f"my_data.action.alert.{action}") in text for text in kim.texts[-2:])


@both_languages
async def test_whoever_is_no_coordinator_any_more_gets_no_word_of_it(service: Service, language: str) -> None:
    """Their role is withdrawn in the middle: the other hears of it, and the person is told that nobody is there."""
    words = Words(language)
    eva, robin = await on_duty(service, "Eva", language), await on_duty(service, "Robin", language)
    kim = await somebody(service, language)
    await kim.send(DANGER[language])
    await kim.press(words("safety.choice.tell"))
    await eva.press(words("safety.acknowledge"), words("alert_talk.write"))
    await eva.send("Eva", "Hej")
    await robin.send("/personer")
    await robin.press(words("people.group.coordinators", count=2))
    await robin.press(next(label for label in robin.labels if label.startswith("Eva")))
    await robin.press(words("people.act.withdraw_coordinator"), words("people.sure.yes"))
    assert words("safety.left", at=MONDAY) in robin.texts
    await kim.send("Är du där?")
    assert words("alert_talk.unreachable", helping=False) in kim.texts
    assert "Är du där?" not in "".join(eva.texts + robin.texts)
    await robin.press(words("safety.take_over"))
    assert words("safety.now_with", called=None, talking=False) == kim.last
    await robin.press(words("alert_talk.write"))
    await robin.send("Robin", "Nu är jag här")
    assert "Nu är jag här" in "".join(kim.texts[-2:])


def plain(text: str) -> str:
    """As it is seen in the chat: the tags that are ours are gone."""
    return text.replace("<b>", "", 1).replace("</b>", "", 1)


def record_of(service: Service, kim: Chatter) -> list[str]:
    """Who did what about somebody's first alert."""
    person = kim.row.id
    with service.store.transaction() as tx:
        first = queries.rows(tx, Alert, person_id=person)[0].id
        return [row.action.removeprefix("alert.") for row in queries.rows(tx, Audit, subject=first)
                if row.action.startswith("alert.")]  # fmt: skip


@both_languages
async def test_the_words_go_along_only_when_the_person_agrees(service: Service, language: str) -> None:
    words = Words(language)
    eva = await on_duty(service, "Eva", language)
    kim = await somebody(service, language)
    await kim.send(f"{DANGER[language]} <b>&")
    await service.restart()
    await kim.press(words("safety.choice.tell_show"))
    assert f"{DANGER[language]} <b>&" in alarms(eva, language)[0]
    await eva.press(words("safety.acknowledge"))
    assert alert(service).text is None, "kept no longer than it has to be"
    stranger = service.person("Lo", language)
    await stranger.send(DANGER[language])
    assert words("safety.choice.tell_show") not in stranger.labels
    assert alert(service).text is None, "nothing is kept before consent"


@both_languages
async def test_without_an_answer_an_alert_without_words_after_ten_minutes(
    service: Service, language: str
) -> None:
    words = Words(language)
    eva = await on_duty(service, "Eva", language)
    kim = await somebody(service, language)
    await kim.send(DANGER[language])
    await service.move(5 * MINUTE)
    await kim.send(DANGER[language])
    await service.restart()
    await service.move(4 * MINUTE)
    assert not alarms(eva, language)
    await service.move(MINUTE)
    assert len(alarms(eva, language)) == 1, "ten minutes after the first message, once for both"
    assert DANGER[language] not in "".join(eva.texts)
    assert words("safety.told_silently", somebody=True, reading=True, next_duty=None) == kim.last
    assert alert(service).text is None
    await kim.send(DANGER[language])
    assert kim.labels == [words("safety.choice.mistaken")], "told already: nothing is asked twice"
    await kim.press(words("safety.choice.mistaken"))
    assert words("safety.dismissed", known=True) == kim.last
    assert any(words("safety.withdrawn", at=MONDAY).split()[0] in text for text in eva.texts[-1:])
    await service.move(timedelta(hours=1))
    assert len(alarms(eva, language)) == 1


@both_languages
async def test_no_is_no_unless_the_rule_stood_in_the_consent(service: Service, language: str) -> None:
    words = Words(language)
    eva = await on_duty(service, "Eva", language)
    kim = await somebody(service, language)
    await kim.send(DANGER[language])
    await kim.press(words("safety.choice.dont"))
    assert words("safety.not_told") == kim.last
    await service.move(timedelta(hours=1))
    assert not alarms(eva, language)
    set_safety(service, alert="always")
    await service.restart()
    await kim.send(DANGER[language])
    await kim.press(words("safety.choice.dont"))
    assert words("safety.not_told") == kim.last, "what Kim agreed to said nothing of it"
    lo = service.person("Lo", language)
    await lo.start()
    await lo.press("Okej, gå vidare" if language == "sv" else "Okay, lad os fortsætte")
    await lo.press("Sverige" if language == "sv" else "Danmark")
    assert {"sv": "också om du säger nej", "da": "også hvis du siger nej"}[language] in lo.last
    await lo.press("Ja, och jag är minst 18" if language == "sv" else "Ja, og jeg er fyldt 18")
    await lo.send(DANGER[language])
    assert {"sv": "får veta att det kan vara fara", "da": "får at vide"}[language] in lo.last
    await service.restart()
    await lo.press(words("safety.choice.dont"))
    assert lo.last == words("safety.told_anyway", somebody=True, reading=True)
    assert len(alarms(eva, language)) == 1
    assert DANGER[language] not in "".join(eva.texts)


@both_languages
async def test_outside_duty_hours_it_is_said_that_nobody_reads(service: Service, language: str) -> None:
    """A Friday night: everybody is written to once, and again when duty begins on Monday morning."""
    words = Words(language)
    set_safety(service, duty="mon-fri 08:00-17:00")
    await service.restart()
    eva = await coordinator(service, "Eva", language)
    robin = await on_duty(service, "Robin", language, "fre 8-12" if language == "sv" else "fredag 8-12")
    await service.move(datetime(2026, 11, 27, 20, 0, tzinfo=UTC))
    kim = await somebody(service, language)
    await kim.send(DANGER[language])
    monday = words("safety.told", somebody=True, reading=False, shown=False, next_duty=MONDAY)
    opens = {"sv": "måndag 30 november kl. 08:00", "da": "mandag den 30. november kl. 08.00"}[language]
    assert opens in kim.last
    await kim.press(words("safety.choice.tell"))
    assert kim.last.split(",")[0] == monday.split(",")[0]
    assert opens in kim.last
    assert [len(alarms(each, language)) for each in (eva, robin)] == [1, 1]
    await service.restart()
    await service.move(datetime(2026, 11, 30, 6, 59, tzinfo=UTC))
    assert [len(alarms(each, language)) for each in (eva, robin)] == [1, 1]
    await service.move(datetime(2026, 11, 30, 7, 0, tzinfo=UTC))
    assert [len(alarms(each, language)) for each in (eva, robin)] == [2, 1]


@both_languages
async def test_the_unclear_zone_is_asked_about_gently(service: Service, language: str) -> None:
    words = Words(language)
    eva = await on_duty(service, "Eva", language)
    kim = await somebody(service, language)
    await kim.send(HEAVY[language])
    assert {"sv": "90101", "da": "70 201 201"}[language] in kim.last
    assert kim.labels == [
        words(f"safety.choice.{each}") for each in ("thoughts", "heavy", "tell", "mistaken")
    ]
    await service.move(timedelta(hours=1))
    assert not alarms(eva, language), "silence is no alarm here"
    await service.restart()
    await kim.press(words("safety.choice.heavy"))
    assert words("safety.heavy") == kim.last
    await kim.send(HEAVY[language])
    await kim.press(words("safety.choice.thoughts"))
    assert words("safety.choice.tell") in kim.labels
    assert "112" in kim.last
    await service.move(10 * MINUTE)
    assert len(alarms(eva, language)) == 1, "from here on it is as grave as any"


@both_languages
async def test_a_message_read_late_says_so(service: Service, language: str) -> None:
    kim = await somebody(service, language)
    await kim.account.send(DANGER[language])
    service.clock.advance(timedelta(hours=3))
    await service.restart()
    await service.settle()
    assert {
        "sv": "Du skrev det här måndag 23 november kl. 10:",
        "da": "Du skrev det her mandag den 23. november kl. 10.",
    }[language] in kim.last
    await kim.send(DANGER[language])
    assert {"sv": "Du skrev det här", "da": "Du skrev det her"}[language] not in kim.last


@both_languages
async def test_the_soft_check_comes_once_the_next_day_if_wished(service: Service, language: str) -> None:
    words = Words(language)
    kim, lo = await somebody(service, language), service.person("Lo", language)
    await lo.send(DANGER[language])
    await lo.press(words("safety.choice.dont"))
    await kim.send(DANGER[language])
    await kim.press(words("safety.choice.dont"), words("safety.check_wanted"))
    assert {"sv": "tisdag 24 november kl. 10:", "da": "tirsdag den 24. november kl. 10."}[
        language
    ] in kim.last
    await kim.press(words("safety.check_wanted"))
    await service.restart()
    await service.move(timedelta(hours=23, minutes=50))
    assert words("safety.check") not in kim.texts
    await service.move(10 * MINUTE)
    assert kim.last == words("safety.check")
    await service.move(timedelta(days=3))
    assert kim.texts.count(words("safety.check")) == 1
    assert words("safety.check") not in lo.texts, "only for whoever wishes it"
    await kim.press(words("safety.how.worse"))
    assert words("safety.choice.thoughts") in kim.labels
    assert "112" in kim.last
    await kim.press(words("safety.choice.mistaken"))
    with service.store.transaction() as tx:
        assert [row.kind for row in queries.rows(tx, Due, person_id=kim.row.id, status="planned")] == []


MET = [
    ("sv", "Jag förlorade min son i självmord för ett år sedan", "bereaved", "SPES"),
    ("da", "Jeg mistede min far til selvmord", "bereaved", "Livslinien"),
    ("da", "min ven begik selvmord i sommer", "bereaved", "Livslinien"),
    ("sv", "För tio år sedan försökte jag ta livet av mig, i dag mår jag bra", "past", "Självmordslinjen"),
    ("da", "Jeg havde selvmordstanker som ung, men det er længe siden", "past", "Livslinien"),
    ("sv", "jag skrattade så jag höll på att dö, haha", "", ""),
    ("da", "jeg er ved at dø af grin, haha", "", ""),
]
SORROW = {"sv": "Jag beklagar sorgen", "da": "Jeg er ked af at høre om dit tab"}
THANKS = {
    "sv": "Tack för att du berättar om det du har tagit dig igenom",
    "da": "Tak, fordi du fortæller om det",
}


@pytest.mark.parametrize(("language", "text", "kind", "line"), MET)
async def test_grief_the_past_and_figures_of_speech(
    service: Service, language: str, text: str, kind: str, line: str
) -> None:
    kim = await somebody(service, language)
    await kim.send(text)
    with service.store.transaction() as tx:
        assert bool(queries.first(tx, Alert)) == (kind == "unclear"), "no alarm is made of it"
    if not kind:
        assert not any(number in kim.last for number in ("112", "90101", "70 201 201"))
        return
    assert (THANKS if kind == "past" else SORROW)[language] in kim.last
    assert line in kim.last
    await kim.press(Words(language)("offer.intake"))
    await service.restart()
    await kim.send(text)
    if kind != "unclear":
        assert Words(language)(f"safety.{kind}_briefly") in kim.texts, (
            "in a dialog a line, and the dialog goes on"
        )
        assert kim.last.startswith(Words(language)("intake.topics").split("\n")[0][:10])
