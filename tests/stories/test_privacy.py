"""Who looked at what, and what a person agreed to: seen and changed in the chat."""

import re
from pathlib import Path

import pytest

from bot.store import queries
from bot.store.tables import Audit
from bot.texts import LANGUAGES, read
from tests.conftest import Service
from tests.stories.cast import WORDS, approved_peer, coordinator, user
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
