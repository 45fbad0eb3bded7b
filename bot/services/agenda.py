"""What lies ahead of a person: their meetings, and what waits for an answer."""

from datetime import timedelta

from bot.services import pairs
from bot.services.buttons import Link
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Meeting, Person


def of_person(turn: Turn, person: Person) -> list[Meeting]:
    """The booked meetings that are ahead or going on, earliest first."""
    booked = queries.meetings_of(turn.tx, person.id or 0, "booked")
    return [each for each in booked if each.starts_at and not _over(turn, each)]


def _over(turn: Turn, meeting: Meeting) -> bool:
    return meeting.starts_at is None or meeting.starts_at + timedelta(minutes=meeting.minutes) <= turn.now


def change_buttons(turn: Turn, person: Person, meeting: Meeting) -> list[list[Link]]:
    """Move and cancel: under the confirmation and every reminder."""
    return [
        [turn.offer(person, "move_meeting", meeting.id), turn.offer(person, "cancel_meeting", meeting.id)]
    ]


def show(turn: Turn, person: Person) -> None:
    """When the next meetings are, each with its buttons; and what waits for an answer."""
    ahead = of_person(turn, person)
    for meeting in ahead[:5]:
        _one(turn, person, meeting)
    asked = [each for each in queries.meetings_of(turn.tx, person.id or 0, "proposed") if each.options]
    for meeting in asked[:3]:
        if meeting.proposed_by == person.id:
            turn.say(person, "meetings.waits_for_other")
        else:
            turn.say(person, "meetings.waits_for_you", [[turn.offer(person, "answer_times", meeting.id)]])
    if not ahead and not asked:
        matches = queries.matches_of(turn.tx, person.id or 0, "connected")
        turn.say(
            person, "meetings.none", [[turn.offer(person, "propose_times", each.id)] for each in matches[:1]]
        )


def _one(turn: Turn, person: Person, meeting: Meeting) -> None:
    turn.say(
        person,
        "meetings.one",
        change_buttons(turn, person, meeting),
        meeting=meeting,
        other=pairs.other(turn, pairs.get(turn, meeting.match_id), person).name,
        form=turn.plain(person, f"agreement.form.{meeting.form}"),
    )
