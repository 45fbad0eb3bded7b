"""The soft check: the day after, once, and only for whoever wishes it, the bot asks how it is."""

from datetime import timedelta

from bot.services import alerting
from bot.services.buttons import ActionData, Link, number
from bot.services.registry import action, due
from bot.services.reminders import quiet_hours
from bot.services.turn import Turn
from bot.store import due as due_rows
from bot.store import queries
from bot.store.tables import Alert, Due, Person
from bot.times import outside_quiet

DAY = timedelta(days=1)


def offer(turn: Turn, person: Person, alert: Alert) -> list[list[Link]]:
    return [[turn.link(person, "safety.check_wanted", ActionData("check", f"{alert.id}"))]]


@action("check")
def promise(turn: Turn, person: Person, argument: str) -> None:
    """Plan it for this time tomorrow, outside the quiet hours; pressing twice plans it once."""
    alert = turn.tx.get(Alert, number(argument))
    if alert is None or alert.person_id != person.id:
        turn.audit(person, "refused.alert")
        return turn.say(person, "engine.stale")
    name = f"{alerting.key(alert)}check"
    planned = queries.first(turn.tx, Due, key=name)
    if planned is None:
        zone = turn.zone(person)
        at = outside_quiet(turn.now + DAY, quiet_hours(turn, person), zone, turn.now + 2 * DAY)
        due_rows.plan(turn.tx, name, "soft_check", at, person_id=person.id, subject=alert.id, until=at + DAY)
    at = planned.due_at if planned else at
    turn.say(person, "safety.check_promised", at=at, over=at <= turn.now)


@due("soft_check")
def carry_out(turn: Turn, row: Due) -> None:
    """Ask how it is, with an answer of one tap. Whoever has blocked the bot is not written to."""
    person = turn.tx.get(Person, row.person_id)
    if person is None or person.status == "gone":
        return
    rows = [
        [turn.link(person, f"safety.how.{how}", ActionData("how", f"{row.subject}-{how}"))]
        for how in ("better", "same", "worse")
    ]
    turn.say(person, "safety.check", rows)
