"""Who looked at what, and what a person agreed to: seen and changed in the chat."""

import re
from pathlib import Path

import pytest

from bot.services.access import CONSENT_VERSION
from bot.store import holdings, queries
from bot.store.tables import Audit, Consent
from bot.texts import LANGUAGES, read
from tests.conftest import Chatter, Service
from tests.stories.cast import WORDS, approved_peer, coordinator, invited_peer, present, user
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
