"""What somebody has said yes to, by purpose: shown, given and withdrawn in the chat."""

from collections.abc import Mapping
from typing import Any

from bot.commands import AllowFeedback, ChangeConsent, WithdrawSupport
from bot.dialog import Option
from bot.services import rights
from bot.services.access import consent_to, has_consented, version_of
from bot.services.registry import facts, handles, options
from bot.services.turn import Turn
from bot.store.tables import Consent, Person

SUPPORT, FEEDBACK, STATISTICS, ALERT = "support", "feedback", "statistics", "alert"


def purposes(turn: Turn, person: Person) -> tuple[str, ...]:
    """The purposes that concern a person: without the first there is no other."""
    if not has_consented(turn, person):
        return (SUPPORT,)
    feedback = (FEEDBACK,) if person.peer != "no" else ()
    alert = (ALERT,) if has_consented(turn, person, ALERT) else ()
    return (SUPPORT, *feedback, STATISTICS, *alert)


def give(turn: Turn, person: Person, purpose: str) -> None:
    """A yes to the present words; nothing happens when it is given already."""
    if has_consented(turn, person, purpose):
        return
    version = version_of(purpose)
    turn.tx.add(Consent(person_id=person.id or 0, purpose=purpose, version=version, given_at=turn.now))
    turn.tx.flush()


def withdraw(turn: Turn, person: Person, purpose: str) -> None:
    """Take a yes back: from now on nothing is done for this purpose."""
    given = consent_to(turn.tx, person.id, purpose)
    if given is not None:
        given.withdrawn_at = turn.now
        turn.tx.add(given)
        turn.audit(person, "consent.withdrawn", about=person.id)
        turn.tx.flush()


@options("purposes")
def acts(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    """For each purpose the other of yes and no."""
    leave = Option("leave", turn.plain(person, "consents.leave"))
    if not has_consented(turn, person):
        return [Option("begin", turn.plain(person, "consents.read")), leave]
    offered = []
    for purpose in purposes(turn, person):
        act = "withdraw" if has_consented(turn, person, purpose) else "give"
        name = turn.plain(person, f"my_data.purpose.{purpose}")
        offered.append(Option(f"{act}_{purpose}", turn.plain(person, f"consents.{act}", name=name)))
    return [*offered, leave]


@facts("consents")
def as_it_is(turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    shown = []
    for purpose in purposes(turn, person):
        given = consent_to(turn.tx, person.id, purpose)
        name = turn.plain(person, f"my_data.purpose.{purpose}")
        about = turn.plain(person, f"consents.about.{purpose}")
        shown.append({"name": name[:1].upper() + name[1:], "about": about, "given": given})
    return {"purposes": shown}


@handles(ChangeConsent)
def change(turn: Turn, person: Person, command: ChangeConsent) -> None:
    act, _, purpose = command.purpose.partition("_")
    (give if act == "give" else withdraw)(turn, person, purpose)


@handles(AllowFeedback)
def allow_feedback(turn: Turn, person: Person, command: AllowFeedback) -> None:
    give(turn, person, FEEDBACK)


@handles(WithdrawSupport)
def withdraw_support(turn: Turn, person: Person, command: WithdrawSupport) -> None:
    """Without this yes nothing may be kept but the chat and the no: all else is erased."""
    rights.plan_erasure(turn, person, how=rights.KEEP_REFUSAL)
