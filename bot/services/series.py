"""A series of meetings at the agreed rhythm, at the same local time over daylight-saving changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands import AnswerSeries, ProposeSeries
from bot.services import meetings, pairs
from bot.services.registry import Refusal, facts, handles, owns
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Meeting, Person
from bot.times import series as local_series

EVERY_DAYS = {"weekly": 7, "fortnightly": 14, "monthly": 28}
"""A monthly series keeps to its weekday: every fourth week."""
MORE = {"two": 2, "three": 3, "five": 5, "seven": 7}


@owns("series")
def is_asked(turn: Turn, person: Person, meeting_id: int) -> bool:
    """Only the other of the two answers a proposed series."""
    proposed = _proposed(turn, meeting_id)
    own = any(each.proposed_by == person.id for each in proposed)
    return meetings.has_meeting(turn, person, meeting_id) and not own


def _proposed(turn: Turn, first_id: int) -> Sequence[Meeting]:
    return queries.rows(turn.tx, Meeting, series_id=first_id, status="proposed")


@facts("series_answer")
def facts_of_series(
    turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    proposed = _proposed(turn, subject or 0)
    match = pairs.get(turn, meetings.get(turn, subject).match_id)
    moments = [moment for each in proposed for moment in _moments(each)]
    return {"times": moments, "other": pairs.other(turn, match, person).name}


def _moments(meeting: Meeting) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in meeting.options or ()]


@handles(ProposeSeries)
def propose(turn: Turn, person: Person, command: ProposeSeries) -> None:
    first = meetings.get(turn, command.subject)
    if first.starts_at is None:
        raise Refusal("meetings.gone")
    match = pairs.get(turn, first.match_id)
    every, count = EVERY_DAYS[command.rhythm], MORE[command.more] + 1
    moments = local_series(first.starts_at, ZoneInfo(first.zone), every, count)[1:]
    for before in _proposed(turn, first.id or 0):
        turn.tx.delete(before)
    for moment in moments:
        meeting = meetings.new(turn, match, person)
        meeting.series_id, meeting.options = first.id, [moment.isoformat()]
        turn.tx.add(meeting)
    partner = pairs.other(turn, match, person)
    answers = [[turn.offer(partner, "series_answer", first.id, key) for key in ("yes", "no")]]
    turn.say(partner, "series.proposed", answers, other=person.name, times=moments)


@handles(AnswerSeries)
def answer(turn: Turn, person: Person, command: AnswerSeries) -> None:
    proposed = [each for each in _proposed(turn, command.subject) if _moments(each)]
    if not proposed:
        raise Refusal("meetings.gone")
    match = pairs.get(turn, proposed[0].match_id)
    partner = pairs.other(turn, match, person)
    if command.answer != "yes":
        for meeting in proposed:
            meeting.status = "declined"
            turn.tx.add(meeting)
        return turn.say(partner, "series.not_now", other=person.name)
    for meeting in proposed:
        moment = _moments(meeting)[0]
        if moment > turn.now:
            meetings.book(turn, meeting, moment)
