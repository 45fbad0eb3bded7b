"""Reminders: planned with a meeting, asked again when due, never sent for a time that no longer holds."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.services import agenda, pairs
from bot.services.registry import due, foresees
from bot.services.turn import Turn
from bot.store import due as due_rows
from bot.store.tables import Due, Meeting, Person
from bot.times import DAY_BEFORE, Lead, QuietHours, outside_quiet, reminder_time

WANTED = {"both": ("day", "hours"), "day": ("day",), "hours": ("hours",), "none": ()}


def plan(turn: Turn, meeting: Meeting, person: Person) -> None:
    """Plan a person's reminders of a booked meeting, and the questions afterwards, in place of earlier ones."""
    due_rows.cancel(turn.tx, _prefix(meeting, person), subject=meeting.id)
    starts_at = meeting.starts_at
    if starts_at is None or meeting.id is None:
        return
    for kind, lead in _leads(turn).items():
        at = reminder_time(starts_at, lead, turn.zone(person), quiet_hours(turn, person))
        if kind in WANTED[person.reminders] and at > turn.now:
            key = f"{_prefix(meeting, person)}{kind}"
            due_rows.plan(
                turn.tx, key, "reminder", at, person_id=person.id, subject=meeting.id, until=starts_at
            )
    _plan_reflection(turn, meeting, person, starts_at)


def _plan_reflection(turn: Turn, meeting: Meeting, person: Person, starts_at: datetime) -> None:
    over = starts_at + timedelta(minutes=meeting.minutes + turn.settings.meetings.reflect_after_minutes)
    at = outside_quiet(over, quiet_hours(turn, person), turn.zone(person), over + timedelta(days=1))
    key = f"{_prefix(meeting, person)}reflection"
    due_rows.plan(turn.tx, key, "reflection", at, person_id=person.id, subject=meeting.id)


def _leads(turn: Turn) -> dict[str, Lead]:
    settings = turn.settings.meetings
    hours = {"hours": Lead(hours=settings.remind_hours_before)}
    return {"day": DAY_BEFORE, **hours} if settings.remind_day_before else hours


def replan(turn: Turn, person: Person) -> None:
    """After a person has changed what they want to be reminded of, or when."""
    for meeting in agenda.of_person(turn, person):
        plan(turn, meeting, person)


def forget(turn: Turn, meeting: Meeting) -> None:
    """Nothing is left planned for a meeting that is cancelled."""
    due_rows.cancel(turn.tx, f"meeting:{meeting.id}:", subject=meeting.id)


def _prefix(meeting: Meeting, person: Person) -> str:
    return f"meeting:{meeting.id}:{person.id}:"


def quiet_hours(turn: Turn, person: Person) -> QuietHours:
    """When a person is not to be written to: their own hours, or the organisation's."""
    settings = turn.settings.meetings
    start = time.fromisoformat(person.quiet_from) if person.quiet_from else settings.quiet_from
    end = time.fromisoformat(person.quiet_until) if person.quiet_until else settings.quiet_until
    return QuietHours(start, end)


@foresees("reminder")
def foresee(turn: Turn, rows: Sequence[Due]) -> object:
    """Everybody, every meeting and match of many reminders, in one query."""
    return due_rows.meetings_of(turn.tx, [row.id for row in rows]) if rows else ()


@due("reminder")
def remind(turn: Turn, row: Due) -> None:
    """Still booked, still ahead? Then a neutral line in the person's present language."""
    person = turn.tx.get(Person, row.person_id)
    meeting = turn.tx.get(Meeting, row.subject)
    if person is None or meeting is None or meeting.status != "booked" or meeting.starts_at is None:
        return
    match = pairs.get(turn, meeting.match_id)
    if person.status != "active" or not pairs.belongs(match, person) or meeting.starts_at <= turn.now:
        return
    today = (
        meeting.starts_at.astimezone(turn.zone(person)).date()
        == turn.now.astimezone(turn.zone(person)).date()
    )
    turn.say(
        person, "reminders.today" if today else "reminders.ahead",
        agenda.change_buttons(turn, person, meeting), starts_at=meeting.starts_at,
        link=turn.plain(person, f"reminders.form.{meeting.form}"),
    )  # fmt: skip
