"""The first agreement of two people: proposed by either, agreed by the other, changed at any time."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.commands import AgreeTerms, ProposeTerms
from bot.dialog import Option
from bot.services import pairs, requests
from bot.services.registry import Refusal, facts, handles, options, owns, prefills
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Agreement, Match, Person

SHOWN = ("form", "length", "rhythm", "number", "place", "opening", "closing", "breaks")


@owns("agreement")
def to_answer(turn: Turn, person: Person, agreement_id: int) -> bool:
    """Only the other of the two answers a proposed agreement."""
    found = turn.tx.get(Agreement, agreement_id)
    match = turn.tx.get(Match, found.match_id) if found else None
    return found is not None and found.proposed_by != person.id and pairs.belongs(match, person)


@options("agreed_lengths")
def agreed_lengths(
    turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None
) -> list[Option]:
    """60 to 120 minutes in steps of 15 for peer counselling, also shorter for the other forms."""
    return requests.lengths_of(turn, person, answers.get("form"))


@facts("agreement")
def facts_of_match(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    match = pairs.get(turn, subject or 0)
    secrecy = turn.settings.organisation.secrecy.text(person.language)
    return {"other": pairs.other(turn, match, person).name, "secrecy": secrecy}


@facts("agreement_answer")
def facts_of_agreement(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    found = _get(turn, subject)
    match = pairs.get(turn, found.match_id)
    return {
        "other": pairs.other(turn, match, person).name,
        "terms": lines(turn, person, found.terms),
        "secrecy": turn.settings.organisation.secrecy.text(person.language),
    }


def lines(turn: Turn, person: Person, terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, words) of what was agreed, in the person's language."""
    shown = [(name, _words(turn, person, name, terms)) for name in SHOWN]
    return [(turn.plain(person, f"agreement.{name}.label"), words) for name, words in shown if words]


def _words(turn: Turn, person: Person, name: str, terms: Mapping[str, Any]) -> str:
    if terms.get(f"{name}_own"):
        return str(terms[f"{name}_own"])
    value = terms.get(name)
    if value is None or name in ("place", "breaks"):
        return value or ""
    if name == "length":
        return turn.plain(person, "engine.minutes", minutes=value)
    return turn.plain(person, f"agreement.{name}.{value}")


@handles(ProposeTerms)
def propose(turn: Turn, person: Person, command: ProposeTerms) -> None:
    match = pairs.get(turn, command.subject)
    terms = {key: value for key, value in asdict(command).items() if value and key != "subject"}
    for before in queries.rows(turn.tx, Agreement, match_id=match.id, status="proposed"):
        before.status = "replaced"
        turn.tx.add(before)
    found = Agreement(match_id=match.id or 0, proposed_by=person.id or 0, terms=terms, proposed_at=turn.now)
    turn.tx.add(found)
    turn.tx.flush()
    partner = pairs.other(turn, match, person)
    answers = [
        [turn.offer(partner, "agreement_answer", found.id, "yes")],
        [turn.offer(partner, "agreement", match.id)],
    ]
    secrecy = turn.settings.organisation.secrecy.text(partner.language)
    turn.say(
        partner, "agreements.proposed", answers,
        other=person.name, terms=lines(turn, partner, terms), secrecy=secrecy,
    )  # fmt: skip


@handles(AgreeTerms)
def agree(turn: Turn, person: Person, command: AgreeTerms) -> None:
    found = _get(turn, command.subject)
    if found.status != "proposed":
        raise Refusal("agreements.replaced")
    for before in queries.rows(turn.tx, Agreement, match_id=found.match_id, status="agreed"):
        before.status = "replaced"
        turn.tx.add(before)
    found.status, found.agreed_at = "agreed", turn.now
    turn.tx.add(found)
    match = pairs.get(turn, found.match_id)
    for each in pairs.both(turn, match):
        next_step = [[turn.offer(each, "propose_times", match.id)]]
        turn.say(each, "agreements.agreed", next_step, terms=lines(turn, each, found.terms))


@prefills("agreement")
def known_terms(turn: Turn, person: Person, match_id: int | None) -> dict[str, Any] | None:
    """The newest terms, proposed or agreed, so that only what is to change needs an answer."""
    newest = queries.first(turn.tx, Agreement, match_id=match_id, status=("proposed", "agreed"))
    return {name: newest.terms.get(name) for name in SHOWN} | newest.terms if newest else None


def _get(turn: Turn, agreement_id: int | None) -> Agreement:
    found = turn.tx.get(Agreement, agreement_id or 0)
    if found is None:
        raise Refusal("agreements.replaced")
    return found
