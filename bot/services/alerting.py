"""Telling coordinators of a danger: whoever is on duty, again, then the next, until somebody takes it on."""

from datetime import timedelta
from typing import Any

from bot.services import alert_talk, duty
from bot.services.buttons import ActionData, Link, number
from bot.services.registry import action, due
from bot.services.turn import Turn
from bot.store import due as due_rows
from bot.store import queries
from bot.store.tables import Alert, Audit, Due, Person

SILENCE = timedelta(minutes=10)
"""So long a person has to answer whether a coordinator may know; then one is told without their words."""
NOBODY_SAID = timedelta(hours=1)
"""Between two alerts to everybody, where nobody has said when they read."""
MOST_RINGS = 60
"""After so many the alert rests in the digest, where it stands first."""


def key(alert: Alert) -> str:
    """What everything planned about an alert begins with."""
    return f"alert:{alert.id}:"


def wait_for_answer(turn: Turn, alert: Alert) -> None:
    """Give the person their time, counted from the first message of danger."""
    if queries.first(turn.tx, Due, key=f"{key(alert)}ring", status="planned") is None:
        _plan(turn, alert, SILENCE)


def _plan(turn: Turn, alert: Alert, wait: timedelta) -> None:
    due_rows.plan(
        turn.tx,
        f"{key(alert)}ring",
        "alert",
        turn.now + wait,
        person_id=alert.person_id,
        subject=alert.id,
    )


@due("alert")
def carry_out(turn: Turn, row: Due) -> None:
    """No answer came from the person, or none from a coordinator."""
    alert = turn.tx.get(Alert, row.subject)
    person = turn.tx.get(Person, alert.person_id) if alert else None
    if alert is None or person is None:
        return
    if alert.status == "asked":
        tell(turn, person, alert, "silent")
        mistaken = turn.link(person, "safety.choice.mistaken", ActionData("mistaken", f"{alert.id}"))
        turn.say(person, "safety.told_silently", [[mistaken]], urgent=True, **readers(turn, person))
    elif alert.status == "told":
        _ring(turn, person, alert)


def readers(turn: Turn, person: Person) -> dict[str, Any]:
    """Who reads, as texts to the person say it honestly: somebody at all, now, and else from when."""
    return {
        "somebody": bool(duty.reachable(turn, person.id)),
        "reading": bool(duty.on_duty(turn, person.id)),
        "next_duty": duty.next_start(turn, person.id),
    }


def tell(turn: Turn, person: Person, alert: Alert, why: str) -> None:
    """Let coordinators know. `why`: wanted (by the person), silent or always; their words go only if they agreed."""
    alert.status, alert.why, alert.told_at = "told", why, turn.now
    if not alert.show_text:
        alert.text = None
    asked_by, recorded = (person, "alert.told") if why == "wanted" else (None, f"alert.{why}")
    turn.audit(asked_by, recorded, about=person.id, subject=alert.id)
    _ring(turn, person, alert)


def _ring(turn: Turn, person: Person, alert: Alert) -> None:
    """Send the alert to whoever has the turn, or to everybody when nobody is on duty, and plan the next."""
    on_duty = duty.on_duty(turn, person.id)
    passed = _whose_turn(turn, alert, on_duty)
    to = [each for each in on_duty if each.id == alert.reader_id] or duty.reachable(turn, person.id)
    for coordinator in to:
        _send(turn, person, alert, coordinator, passed=passed)
        turn.audit(coordinator, "alert.rang", about=person.id, subject=alert.id)
    alert.rings += 1
    turn.tx.add(alert)
    if alert.rings < MOST_RINGS:
        _plan(turn, alert, _pause(turn, person, on_duty))


def _whose_turn(turn: Turn, alert: Alert, on_duty: list[Person]) -> bool:
    """Settle who is to answer; gives whether it has gone on from somebody else."""
    before = alert.reader_id
    ids = [each.id or 0 for each in on_duty]
    waited = alert.reader_since is not None and turn.now - alert.reader_since >= timedelta(
        minutes=turn.settings.safety.next_minutes
    )
    if not ids:
        alert.reader_id, alert.reader_since = None, None
    elif before not in ids or waited:
        alert.reader_id = next((each for each in ids if each > (before or 0)), ids[0])
        alert.reader_since = turn.now
    return before is not None and alert.reader_id not in (None, before)


def _pause(turn: Turn, person: Person, on_duty: list[Person]) -> timedelta:
    if on_duty:
        return timedelta(minutes=turn.settings.safety.repeat_minutes)
    start = duty.next_start(turn, person.id)
    return NOBODY_SAID if start is None else start - turn.now


def _send(turn: Turn, person: Person, alert: Alert, coordinator: Person, *, passed: bool) -> None:
    seen = [[turn.link(coordinator, "safety.acknowledge", ActionData("seen", f"{alert.id}"))]]
    turn.say(
        coordinator, "safety.alert", seen, urgent=True, called=person.name, level=alert.level, why=alert.why,
        at=alert.written_at or alert.created_at, text=alert.text, again=alert.rings > 0, passed=passed,
    )  # fmt: skip


def stop(turn: Turn, alert: Alert) -> None:
    """Nothing more goes out, and no answer is waited for."""
    due_rows.cancel(turn.tx, f"{key(alert)}ring", subject=alert.id)


def withdraw(turn: Turn, alert: Alert) -> None:
    """The person says that it was a misunderstanding: whoever was told hears so, and nothing more goes out."""
    due_rows.cancel(turn.tx, key(alert), subject=alert.id)
    for coordinator in _told(turn, alert):
        turn.say(coordinator, "safety.withdrawn", urgent=True, at=alert.written_at or alert.created_at)


def _told(turn: Turn, alert: Alert) -> list[Person]:
    ids = dict.fromkeys(
        row.actor_id for row in queries.rows(turn.tx, Audit, action="alert.rang", subject=alert.id)
    )
    people = [turn.tx.get(Person, each) for each in ids if each is not None]
    return [each for each in people if each is not None and each.coordinator]


@action("seen")
def acknowledge(turn: Turn, person: Person, argument: str) -> None:
    """A coordinator takes it on; the first one does, and everybody else hears who."""
    alert = for_coordinator(turn, person, argument)
    if alert is None:
        return
    if queries.move_status(turn.tx, alert, "told", "acknowledged"):
        _take_on(turn, person, alert)
    else:
        turn.audit(person, "alert.looked_at", about=alert.person_id, subject=alert.id)
    show(turn, person, alert)


def for_coordinator(turn: Turn, person: Person, argument: str) -> Alert | None:
    """The alert of somebody else that a coordinator's button names, held until the turn ends; else a refusal."""
    alert = turn.tx.get(Alert, number(argument), with_for_update=True) if person.coordinator else None
    if alert is None or alert.person_id == person.id:
        turn.audit(person, "refused.alert")
        turn.say(person, "refused.role")
        return None
    return alert


def show(turn: Turn, person: Person, alert: Alert) -> None:
    """What has been done about an alert, and what this coordinator can do now: write, or take it over."""
    mine, holder = alert.acknowledged_by == person.id, alert_talk.helper(turn, alert)
    rows = alert_talk.offer(turn, person, alert, "alert_talk.write") if mine else []
    over = not mine and alert_talk.is_in_hand(turn, alert)
    if over:
        rows = [[take_over(turn, person, alert)]]
    turn.say(
        person, "safety.acknowledged", rows, mine=mine, over=over, status=alert.status, there=holder is not None,
        called=holder.name if holder else None, record=record(turn, person, alert),
    )  # fmt: skip


def take_over(turn: Turn, person: Person, alert: Alert) -> Link:
    """A button that takes an alert over from whoever has it now, and from nobody else."""
    now_with = f"{alert.id}-{alert.acknowledged_by or 0}"
    return turn.link(person, "safety.take_over", ActionData("take_over", now_with))


def _take_on(turn: Turn, person: Person, alert: Alert) -> None:
    alert.acknowledged_at, alert.acknowledged_by, alert.text = turn.now, person.id, None
    turn.tx.add(alert)
    turn.audit(person, "alert.acknowledged", about=alert.person_id, subject=alert.id)
    stop(turn, alert)
    concerned = turn.tx.get(Person, alert.person_id)
    if concerned is not None:
        turn.say(concerned, "safety.somebody_knows", urgent=True, called=person.name)
    for coordinator in _told(turn, alert):
        if coordinator.id != person.id:
            turn.say(coordinator, "safety.taken", called=person.name)


def record(turn: Turn, reader: Person, alert: Alert) -> list[dict[str, Any]]:
    """Who did what when, oldest first: for coordinators."""
    rows = [row for row in queries.rows(turn.tx, Audit, subject=alert.id) if row.action.startswith("alert.")]
    return [{"at": row.at, "what": _words(turn, reader, row)} for row in rows]


def _words(turn: Turn, reader: Person, row: Audit) -> str:
    actor = turn.tx.get(Person, row.actor_id) if row.actor_id else None
    name = (actor.name if actor else None) or turn.plain(reader, "safety.somebody")
    return turn.plain(reader, f"safety.record.{row.action.removeprefix('alert.')}", called=name)
