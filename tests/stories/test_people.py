"""Roles are withdrawn and people kept out; whoever is blocked keeps help and rights; somebody stays in charge."""

import pytest

from bot.store import queries
from bot.store.tables import Audit, Invitation, Match, Request
from bot.texts import LANGUAGES
from tests.conftest import Chatter, Service
from tests.stories.cast import approved_peer, coordinator, user
from tests.stories.test_rights import shown
from tests.stories.texts import Words

both_languages = pytest.mark.parametrize("language", LANGUAGES)
SV = Words("sv")


async def change(eva: Chatter, group: str, called: str, act: str) -> None:
    """What a coordinator (who reads Swedish) presses to change somebody's standing."""
    await eva.send("/personer")
    await eva.press(
        next(label for label in eva.labels if label.startswith(SV(f"people.group.{group}", count=0)[:5]))
    )
    await eva.press(next(label for label in eva.labels if label.startswith(called)))
    await eva.press(SV(f"people.act.{act}"), SV("people.sure.yes"))


@both_languages
async def test_somebody_blocked_keeps_help_and_rights(service: Service, language: str) -> None:
    words = Words(language)
    eva = await coordinator(service, "Eva", "sv")
    alex = await approved_peer(service, eva, "Alex", language)
    kim = await user(service, "Kim", language)
    await eva.press("Visa kön", "Kim · i dag")
    await eva.press("1. Alex <b>&", "Ja, fråga")
    await alex.press(words("offer.proposal"), words("proposal.answer.yes"))
    await kim.press(words("offer.presentation"), words("presentation.answer.yes"))
    await change(eva, "users", "Kim", "block")
    assert words("people.told.block") in kim.texts
    assert eva.last == SV("people.done")
    blocked = kim.row.id
    with service.store.transaction() as tx:
        assert queries.first(tx, Match).status == "ended"
        assert queries.first(tx, Request).status == "closed"
        assert queries.first(tx, Audit, action="person.block", person_id=blocked) is not None
    for text in ("/sok", "/skriv", "/boka", "/paus", "/start"):
        await kim.send(text)
        assert kim.row.status == "blocked", text
    await kim.send("/intake", "/request")
    assert kim.last == words("refused.blocked")
    await kim.send({"sv": "Jag vill ta mitt liv", "da": "Jeg vil tage mit liv"}[language])
    assert "112" in kim.last
    await kim.send("/contact", "/coordinator")
    await kim.press(words("contact.about.complaint"))
    await kim.send("Varför?")
    assert kim.last == words("contact.sent", somebody=True, without_words=False)
    assert "Kim" in await shown(kim)
    await change(eva, "blocked", "Kim", "unblock")
    assert words("people.told.unblock") in kim.texts
    await kim.send("/request")
    assert words("refused.blocked") not in kim.last
    await change(eva, "users", "Kim", "block")
    await kim.send("/delete")
    await kim.press(words("delete.sure.yes"))
    assert kim.last == words("rights.erased")


async def test_roles_are_withdrawn_and_somebody_stays_in_charge(service: Service) -> None:
    eva = await coordinator(service, "Eva", "sv")
    await change(eva, "coordinators", "Utan namn", "withdraw_coordinator")
    assert SV("people.last") in eva.texts
    assert eva.row.coordinator
    robin = await coordinator(service, "Robin", "da")
    alex = await approved_peer(service, eva, "Alex", "sv")
    await robin.send("/inviter")
    await robin.press(Words("da")("invite.role.coordinator"))
    with service.store.transaction() as tx:
        row = tx.get(type(robin.row), robin.row.id)
        assert row is not None
        row.name = "Robin"
        tx.add(row)
    await robin.send("/ko")
    await change(eva, "coordinators", "Robin", "withdraw_coordinator")
    assert not robin.row.coordinator
    with service.store.transaction() as tx:
        assert queries.rows(tx, Invitation, created_by=robin.row.id, used_at=None) == []
    await robin.send("/start", "/ko")
    assert Words("da")("refused.role") in robin.texts[-3:]
    await change(eva, "peers", "Alex", "withdraw_peer")
    assert alex.row.peer == "no"
    await alex.send("/kolla")
    assert alex.last == SV("refused.role")
    await eva.send("/radera")
    assert "enda samordnaren" in eva.last
