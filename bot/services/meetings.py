"""Meetings: proposed, booked, moved and cancelled, each with its reminders in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.calendar_file import FILE_NAME, Method, calendar_file
from bot.commands import CancelMeeting, DeclineTimes, MoveMeeting, PickTime, ProposeTimes
from bot.dialog import Option
from bot.services import agenda, pairs, reminders
from bot.services.registry import Refusal, facts, handles, options, owns
from bot.services.turn import Turn
from bot.store.tables import Match, Meeting, Person
from bot.texts import show_moment

DEFAULT_MINUTES = 60


@owns("meeting")
def has_meeting(turn: Turn, person: Person, meeting_id: int) -> bool:
    meeting = turn.tx.get(Meeting, meeting_id)
    return meeting is not None and pairs.belongs(turn.tx.get(Match, meeting.match_id), person)


@owns("open_meeting")
def is_asked(turn: Turn, person: Person, meeting_id: int) -> bool:
    """Only the other of the two picks from proposed moments."""
    meeting = turn.tx.get(Meeting, meeting_id)
    return has_meeting(turn, person, meeting_id) and meeting is not None and meeting.proposed_by != person.id


@facts("propose_times")
def facts_of_match(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    return {"other": pairs.other(turn, pairs.get(turn, subject or 0), person).name}


@facts("answer_times")
@facts("move_meeting")
@facts("cancel_meeting")
@facts("series")
@facts("meeting_topic")
def facts_of_meeting(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    meeting = find(turn, subject)
    match = pairs.get(turn, meeting.match_id)
    return {
        "other": pairs.other(turn, match, person).name,
        "starts_at": meeting.starts_at,
        "topic": meeting.topic,
    }


@options("proposed_times")
def proposed_times(
    turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None
) -> list[Option]:
    """What the other proposed and is still ahead; then other times, or not now."""
    ahead = [moment for moment in _moments(get(turn, subject).options) if moment > turn.now]
    reader = turn.reader(person)
    shown = [Option(f"{moment:%Y%m%dT%H%M}", show_moment(moment, reader)) for moment in ahead]
    others = [Option(key, turn.plain(person, f"meetings.{key}")) for key in ("other", "later")]
    return [*shown, *others]


def find(turn: Turn, meeting_id: int | None) -> Meeting:
    """A meeting, whatever has become of it; raises Refusal."""
    meeting = turn.tx.get(Meeting, meeting_id or 0)
    if meeting is None:
        raise Refusal("meetings.gone")
    return meeting


def get(turn: Turn, meeting_id: int | None) -> Meeting:
    """A meeting that still stands; raises Refusal."""
    meeting = find(turn, meeting_id)
    if meeting.status in ("cancelled", "declined"):
        raise Refusal("meetings.gone")
    return meeting


def _moments(stored: Sequence[str] | None) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in stored or ()]


@handles(ProposeTimes)
def propose(turn: Turn, person: Person, command: ProposeTimes) -> None:
    match = pairs.get(turn, command.subject)
    meeting = new(turn, match, person)
    meeting.topic = command.topic
    _ask(turn, person, match, meeting, command.times)


def new(turn: Turn, match: Match, proposer: Person) -> Meeting:
    """A meeting to be proposed, of the length, form and place that the two agreed on."""
    agreed = pairs.agreement(turn, match)
    terms = agreed.terms if agreed else {}
    return Meeting(
        match_id=match.id or 0,
        proposed_by=proposer.id or 0,
        minutes=int(terms.get("length", DEFAULT_MINUTES)),
        zone=turn.zone(proposer).key,
        form=terms.get("form", "individual"),
        place=terms.get("place"),
        uid=f"{uuid4()}@peerbot.invalid",
        created_at=turn.now,
    )


def _ask(turn: Turn, person: Person, match: Match, meeting: Meeting, times: Sequence[str]) -> None:
    """Ask the other to pick one of these moments."""
    meeting.options, meeting.proposed_by = list(times), person.id or 0
    turn.tx.add(meeting)
    turn.tx.flush()
    partner = pairs.other(turn, match, person)
    text_id = "meetings.move_proposed" if meeting.status == "booked" else "meetings.proposed"
    choose = [[turn.offer(partner, "answer_times", meeting.id)]]
    turn.say(
        partner, text_id, choose,
        other=person.name, times=_moments(times), topic=meeting.topic, starts_at=meeting.starts_at,
    )  # fmt: skip


@handles(MoveMeeting)
def move(turn: Turn, person: Person, command: MoveMeeting) -> None:
    """Propose other moments; a booked meeting stays where it is until the other has picked one."""
    meeting = get(turn, command.subject)
    _ask(turn, person, pairs.get(turn, meeting.match_id), meeting, command.times)


@handles(DeclineTimes)
def decline(turn: Turn, person: Person, command: DeclineTimes) -> None:
    meeting = get(turn, command.subject)
    meeting.options = []
    if meeting.status == "proposed":
        meeting.status = "declined"
    turn.tx.add(meeting)
    match = pairs.get(turn, meeting.match_id)
    partner = pairs.other(turn, match, person)
    again = [[turn.offer(partner, "propose_times", match.id)]]
    turn.say(partner, "meetings.not_now", again, other=person.name)


@handles(PickTime)
def pick(turn: Turn, person: Person, command: PickTime) -> None:
    meeting = get(turn, command.subject)
    chosen = [each for each in _moments(meeting.options) if f"{each:%Y%m%dT%H%M}" == command.picked]
    if not chosen or chosen[0] <= turn.now:
        raise Refusal("meetings.time_gone")
    book(turn, meeting, chosen[0])


def book(turn: Turn, meeting: Meeting, starts_at: datetime, *, tell: bool = True) -> None:
    """Settle a meeting's moment, new or moved: reminders replaced, both told with a calendar file."""
    moved = meeting.status == "booked"
    meeting.status, meeting.starts_at, meeting.options = "booked", starts_at, []
    meeting.sequence += 1 if moved else 0
    meeting.changed_at = turn.now
    turn.tx.add(meeting)
    turn.tx.flush()
    for person in pairs.both(turn, pairs.get(turn, meeting.match_id)):
        reminders.plan(turn, meeting, person)
        if tell:
            _tell_booked(turn, person, meeting, moved=moved)


def _tell_booked(turn: Turn, person: Person, meeting: Meeting, *, moved: bool) -> None:
    match = pairs.get(turn, meeting.match_id)
    rows = agenda.change_buttons(turn, person, meeting)
    if not moved and meeting.series_id is None:
        rows.append([turn.offer(person, "series", meeting.id)])
    turn.send_file(
        person, FILE_NAME, calendar_entry(turn, person, meeting, Method.REQUEST),
        "meetings.moved" if moved else "meetings.booked", rows,
        other=pairs.other(turn, match, person).name, meeting=meeting,
        form=turn.plain(person, f"agreement.form.{meeting.form}"),
    )  # fmt: skip


def calendar_entry(turn: Turn, person: Person, meeting: Meeting, method: Method) -> bytes:
    """The calendar file of a meeting for one of the two, with a neutral title."""
    return calendar_file(
        meeting.uid, meeting.sequence, meeting.starts_at or turn.now, meeting.minutes,
        ZoneInfo(meeting.zone), title(turn, person, meeting), method, turn.now,
    )  # fmt: skip


def title(turn: Turn, person: Person, meeting: Meeting) -> str:
    """A title that says nothing to whoever else sees the screen."""
    own = turn.settings.meetings.calendar_title.text(person.language)
    return own or turn.plain(person, "meetings.title", starts_at=meeting.starts_at)


@handles(CancelMeeting)
def cancel(turn: Turn, person: Person, command: CancelMeeting) -> None:
    meeting = get(turn, command.subject)
    match = pairs.get(turn, meeting.match_id)
    partner = pairs.other(turn, match, person)
    was_booked = meeting.status == "booked"
    drop(turn, meeting)
    for each in (person, partner):
        rows = [[turn.offer(each, "propose_times", match.id)]] if each is partner else []
        text_id = "meetings.cancelled_by_other" if each is partner else "meetings.cancelled"
        if was_booked:
            entry = calendar_entry(turn, each, meeting, Method.CANCEL)
            turn.send_file(each, FILE_NAME, entry, text_id, rows, other=person.name, meeting=meeting)


def drop(turn: Turn, meeting: Meeting) -> None:
    """Cancel a meeting and all that was planned for it."""
    meeting.status, meeting.options, meeting.changed_at = "cancelled", [], turn.now
    meeting.sequence += 1
    turn.tx.add(meeting)
    reminders.forget(turn, meeting)
