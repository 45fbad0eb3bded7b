"""Language, country, age and consent."""

from collections.abc import Mapping
from typing import Any

from bot.commands import GiveConsent, RefuseConsent, SwitchLanguage, TooYoung
from bot.dialog import Option
from bot.services import consents, conversing, menus
from bot.services.help_lines import lines
from bot.services.registry import action, facts, handles, options, prefills
from bot.services.turn import Turn
from bot.store.tables import Person


@options("countries")
def countries(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    served = turn.settings.organisation.countries
    return [Option(country, turn.plain(person, f"country.{country}")) for country in served]


@prefills("welcome")
def whether_minors_come(turn: Turn, person: Person, subject: int | None) -> Mapping[str, Any] | None:
    """With a youth programme the age is asked, else only whether somebody is old enough."""
    organisation = turn.settings.organisation
    return {"youth": True} if organisation.youth_programme and organisation.min_age < 18 else None


@facts("welcome")
def welcome_facts(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    organisation = turn.settings.organisation
    return {
        "welcome": organisation.welcome.text(person.language),
        "secrecy": organisation.secrecy.text(person.language),
        "min_age": organisation.min_age,
        "alert_always": turn.settings.safety.alert == "always",
        **lines(turn, person),
    }


@handles(SwitchLanguage)
def switch_language(turn: Turn, person: Person, command: SwitchLanguage) -> None:
    person.language = "da" if person.language == "sv" else "sv"
    person.language_chosen = True
    turn.tx.add(person)
    menus.refresh(turn, person)


@handles(GiveConsent)
def give_consent(turn: Turn, person: Person, command: GiveConsent) -> None:
    person.country = command.country or person.country
    person.minor = command.age == "minor"
    person.of_age = not person.minor
    if person.minor and person.peer == "invited":
        person.peer = "no"
    turn.tx.add(person)
    consents.give(turn, person, consents.SUPPORT)
    if turn.settings.safety.alert == "always":
        consents.give(turn, person, consents.ALERT)  # the text that was shown says so
    menus.refresh(turn, person)
    turn.afterwards.append(lambda: menus.show(turn, person))


@handles(RefuseConsent)
def refuse_consent(turn: Turn, person: Person, command: RefuseConsent) -> None:
    """Nothing is kept beyond the chat and the refusal."""
    _forget_wishes(turn, person)
    turn.audit(person, "consent.refused", about=person.id)


def _forget_wishes(turn: Turn, person: Person) -> None:
    """What waited for the yes does not begin without it."""
    conversing.forget(turn, person.id or 0, lambda _, dialog: dialog is None or dialog.consent)


@handles(TooYoung)
def too_young(turn: Turn, person: Person, command: TooYoung) -> None:
    person.country = command.country or person.country
    person.of_age = False
    turn.tx.add(person)
    _forget_wishes(turn, person)


@action("language")
def change_language(turn: Turn, person: Person, argument: str) -> None:
    """A button outside dialogs: go on in this language."""
    if argument in ("sv", "da"):
        person.language, person.language_chosen = argument, True
        turn.tx.add(person)
        menus.refresh(turn, person)
    turn.say(person, "engine.language_changed")
