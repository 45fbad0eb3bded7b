"""Somebody in danger and the coordinator who took the alert on write to each other: nothing is kept once it is sent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.commands import AnnounceHelp, WriteAboutAlert
from bot.services import conversing
from bot.services.buttons import Link, StartData
from bot.services.registry import Refusal, facts, handles, owns, prefills
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Alert, Audit, Person

DIALOG = "alert_talk"
OPEN = timedelta(days=7)
"""So long after an alert was taken on the two can write; then there are the usual ways."""
PRESENT = timedelta(minutes=30)
"""Who has written so lately is taken to be there."""


@owns("alert")
def is_one_of(turn: Turn, person: Person, alert_id: int) -> bool:
    """Only the one in danger and the coordinator who took the alert on."""
    alert = turn.tx.get(Alert, alert_id)
    if alert is None or not is_open(turn, alert):
        return False
    return person.id == alert.person_id or _helps(alert, person)


def is_open(turn: Turn, alert: Alert) -> bool:
    """Whether somebody has taken it on, and so lately that the two can write."""
    return alert.acknowledged_at is not None and turn.now - alert.acknowledged_at <= OPEN


def is_in_hand(turn: Turn, alert: Alert) -> bool:
    """Whether it is still with whoever has taken it on, so that a colleague may take it over."""
    return alert.status == "acknowledged" and is_open(turn, alert)


def helper(turn: Turn, alert: Alert) -> Person | None:
    """The coordinator who has taken it on; None when that one is no coordinator any more."""
    found = turn.tx.get(Person, alert.acknowledged_by) if alert.acknowledged_by else None
    return found if found is not None and found.coordinator else None


def _helps(alert: Alert, person: Person) -> bool:
    return person.coordinator and person.id == alert.acknowledged_by


def _two(turn: Turn, person: Person, alert_id: int) -> tuple[Alert, Person]:
    """The alert and the other of the two; Refusal when they cannot be reached."""
    alert = turn.tx.get(Alert, alert_id)
    helping = alert is not None and _helps(alert, person)
    other = _other(turn, person, alert, helping=helping) if alert else None
    if alert is None or other is None or other.status == "gone":
        raise Refusal("alert_talk.unreachable", helping=helping)
    return alert, other


def _other(turn: Turn, person: Person, alert: Alert, *, helping: bool) -> Person | None:
    if helping:
        return turn.tx.get(Person, alert.person_id)
    return helper(turn, alert) if person.id == alert.person_id else None


def offer(turn: Turn, person: Person, alert: Alert, label: str) -> list[list[Link]]:
    """A button to write: "alert_talk.write" first, "alert_talk.answer" under what came."""
    return [[turn.link(person, label, StartData(DIALOG, alert.id))]]


@prefills(DIALOG)
def name_known(turn: Turn, person: Person, subject: int | None) -> Mapping[str, Any] | None:
    """Only a coordinator who has told no name is asked for one."""
    alert, _ = _two(turn, person, subject or 0)
    return None if _helps(alert, person) and not person.name else {"called": person.name}


@facts(DIALOG)
def facts_of_two(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    alert, other = _two(turn, person, subject or 0)
    return {"other": other.name, "helping": _helps(alert, person)}


@handles(AnnounceHelp)
def announce(turn: Turn, person: Person, command: AnnounceHelp) -> None:
    """The one in danger hears that a human has seen it, who it is, and that they are writing."""
    alert, other = _two(turn, person, command.subject)
    if not _helps(alert, person):
        return
    person.name = person.name or command.called
    turn.tx.add(person)
    turn.audit(person, "alert.writes", about=other.id, subject=alert.id)
    turn.say(other, "alert_talk.on_its_way", urgent=True, called=person.name)


@handles(WriteAboutAlert)
def write(turn: Turn, person: Person, command: WriteAboutAlert) -> None:
    """Pass the words on before all else; the one in danger can answer without pressing anything."""
    alert, other = _two(turn, person, command.subject)
    helping = _helps(alert, person)
    turn.audit(
        person, "alert.wrote" if helping else "alert.answered", about=alert.person_id, subject=alert.id
    )
    turn.pass_on(
        person, other, "alert_talk.from_coordinator" if helping else "alert_talk.from_person",
        offer(turn, other, alert, "alert_talk.answer"), urgent=True, called=person.name, text=command.text_own,
    )  # fmt: skip
    turn.say(person, "alert_talk.sent")
    if helping and _about(turn, other) != alert.id:
        conversing.start(turn, other, DIALOG, alert.id)


def _about(turn: Turn, person: Person) -> int | None:
    """The alert that a person's next words are about."""
    row = conversing.active(turn, person)
    return row.subject if row is not None and row.dialog == DIALOG else None


def is_helping(turn: Turn, person: Person) -> bool:
    """Whether what this coordinator writes now goes to somebody in danger, whose danger it speaks of."""
    alert = turn.tx.get(Alert, _about(turn, person) or 0)
    return alert is not None and _helps(alert, person)


def is_heard(turn: Turn, person: Person) -> bool:
    """Whether what this person writes now goes to a coordinator who is there."""
    alert = turn.tx.get(Alert, _about(turn, person) or 0)
    if alert is None:
        return False
    by = {"actor_id": alert.acknowledged_by, "subject": alert.id}
    last = queries.first(turn.tx, Audit, action="alert.wrote", **by)
    return last is not None and turn.now - last.at < PRESENT


def is_reached(turn: Turn, person: Person) -> bool:
    """Whether what this person writes now goes to the coordinator who took their alert on."""
    return _about(turn, person) is not None
