"""Who looked at what, and what a person agreed to: seen and changed in the chat."""

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot import config, watch
from bot.services import housekeeping, rights
from bot.services.access import CONSENT_VERSION
from bot.services.event import Event
from bot.services.turn import Turn
from bot.store import holdings, inbox, keys, outbox, queries, retention
from bot.store.tables import Audit, Consent, Due, Note, Outbox, Person, Reflection, Request
from bot.texts import LANGUAGES, read
from tests.conftest import MONDAY, Chatter, Service
from tests.evidence import found_out
from tests.stories.cast import WORDS, approved_peer, consented, coordinator, invited_peer, present, user
from tests.stories.test_asides import SAID
from tests.stories.test_rights import MINE, everything, pair, raw_bytes, shown
from tests.stories.texts import Words

both_languages = pytest.mark.parametrize("language", LANGUAGES)


@both_languages
async def test_who_looked_at_what_is_read_in_the_chat(service: Service, language: str) -> None:
    """A request is read by a coordinator and its summary shown to a peer; the user, and the peer, can see that."""
    words = Words(language)
    eva = await coordinator(service, "Eva", "sv")
    alex = await approved_peer(service, eva, "Alex", language)
    kim = await user(service, "Kim", language)
    await kim.send("/mydata")
    await kim.press(words("offer.trail"))
    nothing = kim.last
    await eva.press("Visa kön", "Kim · i dag")
    await eva.press("1. Alex <b>&", "Ja, fråga")
    await alex.press(words("offer.proposal"))
    await kim.send("/ko", "/mydata")
    await kim.press(words("offer.trail"))
    assert kim.last != nothing
    for action in ("request.looked_at", "request.shown", "refused"):
        assert words(f"my_data.action.{action}") in kim.last
    assert "Eva" not in kim.last
    assert "Alex" not in kim.last
    await alex.send("/mydata")
    await alex.press(words("offer.trail"))
    told = next(text for text in reversed(alex.texts) if words("my_data.action.peer.compared") in text)
    assert words("my_data.action.peer.looked_at") in told
    await kim.send("/mydata")
    await kim.press(words("offer.my_data"))
    assert words("my_data.action.request.shown") in kim.files[-1].decode()
    with service.store.transaction() as tx:
        assert queries.first(tx, Audit, action="refused.queue", actor_id=kim.row.id) is not None
    assert WORDS[language]["read"] not in kim.labels


def test_everything_in_the_audit_has_words() -> None:
    """An entry that nobody can read is none."""
    services = Path(__file__).parents[2] / "bot" / "services"
    code = "".join(file.read_text("utf-8") for file in services.glob("*.py"))
    noted = set(re.findall(r'audit\([^"()]*(?:\([^)]*\))?[^"()]*f?"([a-z_.{}]+)"', code))
    assert len(noted) > 20
    for language in LANGUAGES:
        known = {each.removeprefix("my_data.action.") for each in read(language)}
        for name in noted:
            made = re.compile(re.sub(r"\{.*?\}?$", ".+", name.replace(".", r"\.")))
            assert name.startswith("refused.") or any(made.fullmatch(each) for each in known), name


@both_languages
async def test_consent_by_purpose_is_shown_given_and_taken_back(service: Service, language: str) -> None:
    """One tap each way; without the yes to support nothing is kept but the chat and the no."""
    words = Words(language)
    names = {purpose: words(f"my_data.purpose.{purpose}") for purpose in ("support", "statistics")}
    give, withdraw = (words(f"consents.{act}", name=names["statistics"]) for act in ("give", "withdraw"))
    kim = await user(service, "Kim", language)
    await kim.send("/consent")
    assert names["statistics"] in kim.last.casefold()
    assert f"(version {CONSENT_VERSION})" in kim.last
    await kim.press(give)
    assert given(service, kim) == {"support", "statistics"}
    await kim.press(withdraw)
    assert given(service, kim) == {"support"}
    assert give in kim.labels
    await kim.press(words("consents.withdraw", name=names["support"]), words("consents.sure.no"))
    assert kim.row.name == "Kim"
    await kim.press(words("consents.withdraw", name=names["support"]), words("consents.sure.yes"))
    assert kim.last == words("rights.withdrawn")
    assert kim.row.name is None
    with service.store.transaction() as tx:
        held = holdings.of_person(tx, kim.row)
    kept = {
        table: len(rows) for table, rows in held.items() if rows and table not in ("inbox", "outbox", "due")
    }
    assert kept == {"person": 1, "audit": 1}
    await kim.send("/samtycke")
    await kim.press(words("consents.read"), words("offer.welcome"))
    assert words("welcome.hello.go_on") in kim.labels


@both_languages
async def test_without_a_yes_nothing_is_kept_but_the_chat_and_the_no(service: Service, language: str) -> None:
    """Nor is what somebody wrote before they were asked: it is blanked in the transaction that answers it."""
    words, kim, lo = Words(language), service.person("Kim", language), service.person("Lo", language)
    for person, answer in ((lo, "younger"), (kim, "no")):
        await person.send(SAID[language]["wish"])
        await person.press(words("welcome.hello.go_on"))
        await person.send(f"{CANARY} {MINE}")
        await person.press(WORDS[language]["country"], words(f"welcome.consent.{answer}"))
        assert not any(SAID[language]["hope"] in text for text in person.texts), (
            "the wish is not gone on with"
        )
    with service.store.transaction() as tx:
        person = queries.first(tx, Person)
        assert person is not None
        held = holdings.of_person(tx, person)
        assert (person.chat_id, person.name, person.country) == (kim.account.id, None, None)
    assert {row["action"] for row in held["audit"]} == {"consent.refused"}
    assert all((row["memory"], row["status"]) == (None, "ended") for row in held["conversation"])
    assert all(row["content"] is None for row in held["inbox"])
    assert all(row["payload"] is None for row in held["outbox"])
    rest = {table for table, rows in held.items() if rows}
    assert rest == {"person", "audit", "conversation", "inbox", "outbox"}
    assert not [column for column, value in opened(service) if CANARY in value or MINE in value]


@both_languages
async def test_new_words_of_the_consent_are_asked_about_before_anything_goes_on(
    service: Service, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amid a dialog, too: nothing more is taken before the yes, and then it goes on where it was."""
    words, kim = Words(language), service.person("Kim", language)
    await kim.start()
    await consented(kim, language)
    await kim.press(words("offer.intake"), words("engine.skip"))
    question = kim.last
    monkeypatch.setattr("bot.services.access.CONSENT_VERSION", CONSENT_VERSION + 1)
    await kim.press(WORDS[language]["loneliness"])
    assert words("welcome.hello.go_on") in kim.labels
    await consented(kim, language)
    assert kim.last == question


def given(service: Service, person: Chatter) -> set[str]:
    with service.store.transaction() as tx:
        rows = queries.rows(tx, Consent, person_id=person.row.id, withdrawn_at=None)
        return {row.purpose for row in rows}


@both_languages
async def test_a_peer_who_says_no_to_feedback_is_not_read(service: Service, language: str) -> None:
    """Asked before the first sentence is tried; nothing is looked at without a yes, and a later yes is enough."""
    words, asked = Words(language), []
    engine = service.app.tools.language
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "check", lambda text, *rest: asked.append(text) or [])
        robin = await invited_peer(service, "Robin", language)
        await present(robin, language, "Robin", until="reading")
        await robin.press(words("peer_welcome.reading.no"), WORDS[language]["try"])
        await robin.send("Du borde")
        assert robin.texts[-2] == words("feedback_view.off")
        await robin.press(*([WORDS[language]["next"]] * 6), WORDS[language]["right"])
        await robin.send("/check", "Du borde")
        assert asked == []
        await robin.send("/samtykke")
        await robin.press(words("consents.give", name=words("my_data.purpose.feedback")))
        await robin.send("/check", "Du borde")
        assert asked == ["Du borde"]


@both_languages
async def test_what_was_written_about_meetings_is_put_right(service: Service, language: str) -> None:
    """The line about a meeting, which the other sees; and reflections, page by page, also when the meeting is gone."""
    words = Words(language)
    two = await pair(service, language)
    own = [two.kim.row.id, two.alex.row.id]
    with service.store.transaction() as tx:
        for row in queries.rows(tx, Reflection, person_id=own[0]):
            row.meeting_id = None
            tx.add(row)
        for _ in range(5):
            tx.add(Reflection(meeting_id=None, person_id=own[0], words={"takeaway": "x"}, created_at=MONDAY))
    await two.kim.send("/mydata")
    await two.kim.press(words("offer.correct"), words("correct.link.topic", at=MONDAY + timedelta(days=2)))
    await two.kim.send("Båtar")
    assert words("meetings.topic_changed", other=f"{MINE} namn", topic="Båtar") == two.alex.last
    await two.kim.send("/mydata")
    await two.kim.press(words("offer.correct"), words("correct.link.older"))
    await two.kim.press(words("correct.link.reflection", at=MONDAY))
    assert f"{MINE} tanke" in two.kim.last
    await two.kim.send("Något annat")
    await two.kim.press(words("engine.skip"))
    with service.store.transaction() as tx:
        kept = [row.words for row in queries.rows(tx, Reflection, person_id=own[0])]
        others = [row.words["takeaway"] for row in queries.rows(tx, Reflection, person_id=own[1])]
    assert {"takeaway": "Något annat", "change": None} in kept
    assert len(kept) == 7
    assert set(others) == {"GRÅSPARV tanke"}


CANARY = "Kanariefågelsång"


async def test_no_canary_is_left_after_an_erasure(
    service: Service, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    """Words in every free text, some still on their way to others: after "delete" they are nowhere that we hold.

    Nowhere: every table, what waits for others and what they had pressed, logs, metrics, digest, exports, the names of
    files, the file and its log. In the file and its log they were not to be read before either.
    """
    with caplog.at_level(logging.INFO), caplog.at_level(logging.DEBUG, "bot"):
        eva = await coordinator(service, "Eva", "sv")
        two = await pair(service)
        plant(service, two.kim)
        # Alex and Eva cannot be reached for a while: what Kim says waits for them.
        await two.kim.send("/skriv")
        await two.kim.account.send(f"Hej hej, {CANARY} {MINE} & <i>tack</i>")
        await eva.account.send("/ko")
        await service.app.poller.poll(0)
        await service.app.work()
        with service.store.transaction() as tx:
            now = service.clock.now()
            for chat, said in (
                (two.alex, f"Kontakt med {CANARY} i morgon"),
                (eva, f"<b>{CANARY}</b>, väntar"),
            ):
                outbox.put(tx, chat.account.id, "message", {"text": said, "rows": []}, now)
            for row in queries.rows(tx, Outbox, outcome="waiting"):
                outbox.postpone(tx, row.id or 0, now, timedelta(hours=1))
            # And Alex had pressed a button under something that Kim wrote, which is not handled yet.
            pressed = Event(99_999, two.alex.account.id, "other", about=CANARY)
            inbox.put(tx, pressed.update_id, pressed.chat_id, pressed.to_json(), now)
        planted = {column for column, value in opened(service) if CANARY in value or MINE in value}
        assert {str(column) for _, column in keys.sealed_columns()} <= planted
        assert CANARY in "".join(str(each.payload) for each in waiting(service))
        assert not service.store.is_file or (service.folder / "peerbot.db-wal").stat().st_size > 0
        assert readable(service) == []
        with service.store.transaction() as tx:
            person = tx.get(Person, two.kim.row.id)
            assert person is not None
            rights.plan_erasure(Turn(tx, service.app.tools, service.clock.now()), person)
        await service.app.dispatch()
        left = {column: value for column, value in opened(service) if CANARY in value or MINE in value}
        assert left == {}
        await service.move(timedelta(hours=25))
        await eva.send("/oversikt")
        exports = [await shown(two.alex), await shown(eva)]
    raw_bytes(service)
    assert readable(service) == []
    for name, text in {
        "log": caplog.text, "exports": "".join(exports), "digest": eva.last, "metrics": await metrics(service),
        "names of files": names_of_files(two.kim, two.alex, eva),
        "list of erasures": service.settings.erased_file.read_text(),
    }.items():  # fmt: skip
        assert CANARY not in text, name
        assert MINE not in text, name
        chat = re.search(rf"\b{two.kim.account.id}\b", text)  # not the same digits within a random id
        assert chat is None or name == "log", name
    after = "".join(two.alex.texts[-6:] + eva.texts[-6:])
    assert CANARY not in after
    assert f"Kontakt med {BLANK} i morgon" in after
    found_out(request, "canaries planted (columns)", len(planted))
    found_out(request, "canaries found after an erasure", len(left))


def readable(service: Service) -> list[bytes]:
    """The canaries that stand readable in the database's files as they are: by the letters that every encoding has."""
    files = [service.folder / f"peerbot.db{end}" for end in ("", "-wal")]
    raw = b"".join(file.read_bytes() for file in files if file.exists()).replace(b"\0", b"").lower()
    return [stem for stem in (b"kanarief", b"gelsa", b"gels\xc3\xa5") if stem in raw]


async def metrics(service: Service) -> str:
    app = service.app
    async with TestClient(TestServer(watch.application(app.tools, app.store, app.metrics))) as client:
        answers = [await (await client.get(path)).text() for path in ("/metrics", "/healthz")]
    assert "peerbot_sends_total" in answers[0]
    return "".join(answers)


def names_of_files(*people: Chatter) -> str:
    names = {
        each.json["document"]["file_name"]
        for person in people
        for each in person.account.received
        if each.kind == "document"
    }
    assert names
    return "".join(names)


BLANK = "…"


def plant(service: Service, person: Chatter) -> None:
    """A name and a wish of one's own, beside the words that stand in everything else."""
    with service.store.transaction() as tx:
        row = tx.get(Person, person.row.id)
        assert row is not None
        row.name = CANARY
        tx.add(row)
        for each in queries.rows(tx, Request, person_id=row.id):
            each.wish = {**each.wish, "hope": f"{CANARY} och mycket annat", "called": CANARY}
            tx.add(each)


def opened(service: Service) -> list[tuple[str, str]]:
    with service.store.transaction() as tx:
        return list(everything(tx))


def waiting(service: Service) -> list[Outbox]:
    with service.store.transaction() as tx:
        return list(queries.rows(tx, Outbox, outcome="waiting"))


UNASKED = {
    "reminders.today": {"starts_at": MONDAY, "link": ""},
    "reminders.ahead": {"starts_at": MONDAY, "link": ""},
    "reflection.took_place": {"starts_at": MONDAY},
    "proposal.reminder": {},
    "presentation.reminder": {},
    "safety.check": {},
    "digest.title": {"now": MONDAY},
}
"""What the bot sends of its own accord at a time of its own, as it may stand on a locked screen."""
TELLING = (
    "peer|stöd|støtte|självmord|selvmord|kris|sorg|sjuk|syg|psyk|hälsa|helbred|ensam|fara|fare|angst|ångest"
)


@both_languages
def test_what_is_sent_unasked_is_neutral_on_a_locked_screen(language: str) -> None:
    words = Words(language)
    told = {text_id: words(text_id, **args) for text_id, args in UNASKED.items()}
    assert {text_id: text for text_id, text in told.items() if re.search(TELLING, text.casefold())} == {}


@both_languages
async def test_every_kind_of_data_has_a_time_that_the_person_can_read(
    service: Service, language: str
) -> None:
    words = Words(language)
    kim = await service.person("Kim", language).start()
    await kim.send("/mydata")
    await kim.press(words("offer.kept"))
    told = next(text for text in reversed(kim.texts) if words("kept.kind.audit") in text)
    kinds = set(config.Retention.model_fields)
    assert all(words(f"kept.kind.{kind}") in told for kind in kinds)
    assert set(retention.TIMERS) == kinds - {"refusals", "unused_accounts", "backups"}
    assert words("kept.months", count=6) in told


async def test_what_has_had_its_time_is_removed_and_nothing_before(service: Service) -> None:
    """Kim and Alex part. Kind by kind their data go when their time has come, and in the end they themselves."""
    two = await pair(service)
    words = Words("sv")
    await two.kim.send("/avsluta")
    await two.kim.press(words("end_match.what.end"))
    with service.store.transaction() as tx:
        for note in queries.rows(tx, Note):
            note.settled_at = service.clock.now()
            tx.add(note)
        for person in queries.rows(tx, Person):
            person.coordinator, person.peer = False, "no"
            tx.add(person)
    await service.person("Noa").start()
    gone: dict[str, int] = {}
    for days in (8, 31, 61, 179, 182, 366, 729, 732):
        await service.move(MONDAY + timedelta(days=days))
        with service.store.transaction() as tx:
            housekeeping.clean(Turn(tx, service.app.tools, service.clock.now()), Due(key="x", kind="x"))
        await service.settle()
        with service.store.transaction() as tx:
            for table in holdings.tables():
                if not tx.connection().exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar():  # noqa: S608
                    gone.setdefault(table.name, days)
            left = [person.chat_id for person in queries.rows(tx, Person)]
        if days == 31:
            assert sorted(left) == sorted([two.kim.account.id, two.alex.account.id])
    assert {name: gone[name] for name in ("conversation", "match", "meeting", "agreement", "relay", "note")} == {
        "conversation": 61, "match": 182, "meeting": 182, "agreement": 182, "relay": 182, "note": 182,
    }  # fmt: skip
    assert (gone["reflection"], gone["alert"], gone["person"]) == (366, 366, 732)
    assert left == []
    assert two.kim.last == words("rights.erased")


@both_languages
async def test_what_was_told_is_put_right_from_one_place(service: Service, language: str) -> None:
    """A name everywhere it stands; and the wish, which comes with all that was told and is changed line by line."""
    words = Words(language)
    kim = await user(service, "Kim", language)
    await kim.send("/mydata")
    await kim.press(words("offer.correct"), words("correct.link.correct"), words("correct.what.called"))
    await kim.send("Kim Maria")
    assert "Kim Maria" in kim.last
    await kim.press(words("correct.what.leave"))
    assert kim.row.name == "Kim Maria"
    await kim.send("/mydata")
    await kim.press(words("offer.correct"), words("correct.link.intake"))
    assert "Kim Maria" in kim.last
    await kim.press("✎ " + words("intake.hope.label"))
    await kim.send("Lite sällskap")
    assert "Lite sällskap" in kim.last
    await kim.press(words("intake.review.done"))
    with service.store.transaction() as tx:
        (request,) = queries.rows(tx, Request)
    assert request.wish["called"] == "Kim Maria"
    assert request.wish["hope"] == "Lite sällskap"
    assert request.wish["topics"] == ["loneliness"]
    await kim.send("/request")
    await kim.press("✎ " + words("intake.hope.label"), words("engine.skip"), words("intake.review.done"))
    with service.store.transaction() as tx:
        (request,) = queries.rows(tx, Request)
    assert "hope" not in request.wish
