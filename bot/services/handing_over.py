"""A coordinator takes an alert over from a colleague: another has the duty now, or the one who had it is gone."""

from collections.abc import Sequence

from bot.services import alert_talk, alerting, conversing, duty
from bot.services.buttons import ActionData, Link, number
from bot.services.registry import action
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Alert, Person


@action("take_over")
def take_over(turn: Turn, person: Person, argument: str) -> None:
    """From the one whom the button names. When somebody else has it by now, that is shown and nothing is done."""
    alert_id, _, before = argument.partition("-")
    alert = alerting.for_coordinator(turn, person, alert_id)
    if alert is None:
        return
    as_shown = alert.acknowledged_by in (None, number(before)) and alert.acknowledged_by != person.id
    if as_shown and alert_talk.is_in_hand(turn, alert):
        _move(turn, person, alert)
    alerting.show(turn, person, alert)


def _move(turn: Turn, person: Person, alert: Alert) -> None:
    former = turn.tx.get(Person, alert.acknowledged_by) if alert.acknowledged_by else None
    concerned = turn.tx.get(Person, alert.person_id)
    alert.acknowledged_by, alert.acknowledged_at = person.id, turn.now
    turn.tx.add(alert)
    turn.audit(person, "alert.taken_over", about=alert.person_id, subject=alert.id)
    if former is not None:
        _let_go(turn, former, alert, person)
    if concerned is not None:
        talking = alert_talk.is_reached(turn, concerned)
        turn.say(concerned, "safety.now_with", urgent=True, called=person.name, talking=talking)


def _let_go(turn: Turn, former: Person, alert: Alert, person: Person) -> None:
    """What the former one writes from now on does not go to the person any more, and they know it."""
    conversing.forget(
        turn, former.id or 0, lambda row, _: row.dialog == alert_talk.DIALOG and row.subject == alert.id
    )
    turn.tx.flush()
    if former.coordinator:
        turn.say(former, "safety.taken_over", urgent=True, called=person.name)
    if conversing.active(turn, former) is None:
        conversing.resume(turn, former, announce=True)


def leave(turn: Turn, person: Person) -> None:
    """Somebody is no coordinator any more: the others hear of the alerts that they had in hand, to take them over."""
    for alert in queries.rows(turn.tx, Alert, acknowledged_by=person.id, status="acknowledged"):
        if alert_talk.is_in_hand(turn, alert):
            for each in (one for one in duty.reachable(turn, alert.person_id) if one.id != person.id):
                turn.say(
                    each, "safety.left", [[alerting.take_over(turn, each, alert)]], urgent=True,
                    at=alert.written_at or alert.created_at,
                )  # fmt: skip


def in_hand(turn: Turn) -> Sequence[Alert]:
    """What somebody has taken on of late, the newest first."""
    taken = queries.rows(turn.tx, Alert, newest_first=True, status="acknowledged")
    return [alert for alert in taken if alert_talk.is_in_hand(turn, alert)]


@action("in_hand")
def show_in_hand(turn: Turn, person: Person, argument: str) -> None:
    """Each by its time, without a name; pressing one shows who did what, and lets it be taken over."""
    if not person.coordinator:
        turn.audit(person, "refused.alert")
        return turn.say(person, "refused.role")
    found = [alert for alert in in_hand(turn) if alert.person_id != person.id]
    rows = [[_open(turn, person, alert)] for alert in found]
    turn.say(person, "safety.in_hand", rows, some=bool(found))


def _open(turn: Turn, person: Person, alert: Alert) -> Link:
    at = alert.written_at or alert.created_at
    return turn.link(person, "safety.one", ActionData("seen", f"{alert.id}"), at=at)
