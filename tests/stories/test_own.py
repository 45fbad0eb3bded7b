"""What belongs to everybody: language, settings, a human to talk to, an offer of support."""

import pytest

from bot.services.access import consent_to
from bot.services.preferences import read_hours
from bot.store import queries
from bot.store.tables import Audit, Consent, Dismissal, Due, Note
from tests.conftest import Chatter, Service
from tests.stories.cast import consented, coordinator
from tests.stories.test_meetings import connected
from tests.stories.texts import Words

SV = Words("sv")
SHOW = SV("offer.notes")

both_languages = pytest.mark.parametrize("language", ["sv", "da"])


def note(words: Words, kind: str) -> str:
    """The label of a note of today."""
    return words("notes.line", kind=words(f"notes.kind.{kind}"), days=0)


async def consenting(service: Service, name: str, language: str) -> Chatter:
    person = await service.person(name, language).start()
    await consented(person, language)
    return person


def planned(service: Service, prefix: str) -> list[Due]:
    with service.store.transaction() as tx:
        return [row for row in queries.rows(tx, Due, status="planned") if row.key.startswith(prefix)]


async def test_language_in_one_tap_and_the_question_again(service: Service) -> None:
    kim = await consenting(service, "Kim", "sv")
    await kim.press(SV("offer.intake"))
    question = kim.last
    await kim.send("/sprak")
    await kim.press("Dansk")
    assert kim.row.language == "da"
    assert kim.texts[-2] == Words("da")("engine.resumed")
    assert kim.last != question
    await kim.send("/sprog", "1")
    assert kim.last == question
    assert kim.row.language_chosen


async def test_language_before_consent(service: Service) -> None:
    kim = await service.person("Kim", "sv").start()
    await kim.send("/language")
    await service.restart()
    await kim.press("Dansk")
    assert "velkommen" in kim.last


@both_languages
async def test_reminders_are_planned_anew(service: Service, language: str) -> None:
    words = Words(language)
    kim, alex = await connected(service, language)
    await kim.send("/boka", "torsdag 15.30")
    await kim.press(words("engine.when.done"), words("engine.skip"))
    await alex.press(words("offer.answer_times"))
    await alex.send("1")
    prefix = f"meeting:1:{kim.row.id}:"
    assert {row.kind for row in planned(service, prefix)} == {"reminder", "reflection"}
    await kim.send("/settings")
    await kim.press(words("settings.what.reminders"), words("settings.reminders.none"))
    assert kim.row.reminders == "none"
    assert {row.kind for row in planned(service, prefix)} == {"reflection"}
    assert words("settings.reminders.none") in kim.last
    await kim.press(words("settings.what.leave"))


@both_languages
async def test_quiet_hours_in_own_words(service: Service, language: str) -> None:
    words = Words(language)
    kim = await consenting(service, "Kim", language)
    await kim.send("/settings")
    await kim.press(words("settings.what.quiet"))
    await kim.send("ugglan <b>&")
    assert words("settings.quiet.unclear") in kim.texts[-2]
    assert words("settings.quiet.never") in kim.labels
    await service.restart()
    await kim.send("22.30-7")
    assert (kim.row.quiet_from, kim.row.quiet_until) == ("22:30", "07:00")
    assert "22:30–07:00" in kim.last
    await kim.press(words("settings.what.quiet"), words("settings.quiet.never"))
    assert kim.row.quiet_from == kim.row.quiet_until == "00:00"
    await kim.press(words("settings.what.quiet"))
    await kim.send("1")
    assert kim.row.quiet_from is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("22-7", ("22:00", "07:00")),
        ("kl. 22.30 till 07:15", ("22:30", "07:15")),
        ("fra 2130 til 24", ("21:30", "00:00")),
    ],
)
def test_hours_are_read(text: str, hours: tuple[str, str]) -> None:
    found = read_hours(text)
    assert found is not None
    assert (f"{found.start:%H:%M}", f"{found.end:%H:%M}") == hours


@pytest.mark.parametrize("text", ["", "22", "32-7", "22-22", "22.75-7", "22-7-9", "25-99", "aldrig"])
def test_what_is_no_hours(text: str) -> None:
    assert read_hours(text) is None


def allowed(service: Service, person_id: int | None) -> Consent | None:
    """The person's yes to language feedback."""
    with service.store.transaction() as tx:
        return consent_to(tx, person_id, "feedback")


@both_languages
async def test_feedback_off_and_rules_on_again(service: Service, language: str) -> None:
    words = Words(language)
    _, alex = await connected(service, language)
    peer = alex.row.id
    with service.store.transaction() as tx:
        tx.add(Dismissal(person_id=peer, rule="any", always=True, created_at=service.clock.now()))
    await alex.send("/settings")
    await alex.press(words("settings.what.feedback"), words("settings.feedback.off"))
    assert allowed(service, peer) is None
    await alex.press(words("settings.what.feedback"), words("settings.feedback.again"))
    assert allowed(service, peer) is not None
    with service.store.transaction() as tx:
        assert queries.first(tx, Dismissal, person_id=peer) is None
    await alex.press(words("settings.what.feedback"))
    assert words("settings.feedback.again") not in alex.labels


async def test_a_user_has_no_settings_of_others(service: Service) -> None:
    kim = await consenting(service, "Kim", "sv")
    await kim.send("/settings")
    assert kim.labels[:3] == [SV(f"settings.what.{each}") for each in ("reminders", "quiet", "leave")]


@both_languages
async def test_a_question_is_answered_through_the_bot(service: Service, language: str) -> None:
    words = Words(language)
    eva = await coordinator(service, "Eva", language)
    kim = await consenting(service, "Kim", language)
    await kim.send("/coordinator")
    await kim.press(words("contact.about.question"))
    await service.restart()
    await kim.send("Hur går det? <b>&")
    assert words("notes.new.contact") in eva.last
    assert "Hur går det?" not in eva.last
    await eva.press(words("offer.notes"), note(words, "contact"))
    assert "Hur går det? <b>&" in eva.texts[-2]
    await eva.press(words("notes.act.answer"))
    await eva.send("Bra, <i>tack</i> & hej")
    assert kim.last.endswith("Bra, <i>tack</i> & hej")
    reader, writer = eva.row.id, kim.row.id
    with service.store.transaction() as tx:
        kept = queries.first(tx, Note)
        assert kept is not None
        assert kept.settled_at is not None
        assert kept.settled_by == reader
        assert queries.first(tx, Audit, action="note.read", person_id=writer, actor_id=reader)
    await eva.press(words("offer.notes"))
    assert eva.last == words("notes.note", count=0)


@both_languages
async def test_blocked_and_alone_with_a_complaint(service: Service, language: str) -> None:
    """It works for somebody who is blocked, and says so when nobody is there to read."""
    words = Words(language)
    kim = await consenting(service, "Kim", language)
    with service.store.transaction() as tx:
        person = queries.person_by_chat(tx, kim.account.id)
        assert person is not None
        person.status = "blocked"
        tx.add(person)
    await kim.send("/coordinator")
    await kim.press(words("contact.about.complaint"), words("engine.skip"))
    assert kim.last == words("contact.sent", somebody=False, without_words=False)
    with service.store.transaction() as tx:
        kept = queries.first(tx, Note, kind="complaint")
    assert kept is not None
    assert kept.text is None


async def test_before_consent_no_words_are_kept(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    kim = await service.person("Kim", "sv").start()
    await kim.send("/samordnare")
    await kim.press(SV("contact.about.question"))
    assert SV("contact.sent", somebody=True, without_words=True) in kim.texts
    await eva.press(SHOW, note(SV, "contact"))
    assert "Inga ord" in eva.texts[-2]


@both_languages
async def test_an_offer_of_support_becomes_an_invitation(service: Service, language: str) -> None:
    words = Words(language)
    eva = await coordinator(service, "Eva", language)
    kim = await consenting(service, "Kim", language)
    await kim.send({"sv": "Jag vill bli peer", "da": "Jeg vil gerne være peer"}[language])
    await kim.press(words("offer_support.intro.tell"), words("engine.skip"))
    await eva.press(words("offer.notes"), note(words, "offer"), words("notes.act.invite"))
    assert kim.row.peer == "invited"
    assert kim.labels == [words("offer.peer_welcome")]
    await kim.press(words("offer.peer_welcome"))
    assert kim.labels[0] == words("peer_welcome.intro.go_on")


async def test_two_coordinators_and_one_note(service: Service) -> None:
    eva, ole = await coordinator(service, "Eva", "sv"), await coordinator(service, "Ole", "sv")
    kim = await consenting(service, "Kim", "sv")
    await kim.send("/samordnare")
    await kim.press(SV("contact.about.other"), SV("engine.skip"))
    await eva.press(SHOW, note(SV, "contact"))
    await ole.press(SHOW, note(SV, "contact"), SV("notes.act.settle"))
    await eva.press(SV("notes.act.answer"))
    await eva.send("Hej")
    assert eva.last == SV("notes.settled_already")
    assert "Hej" not in kim.last
