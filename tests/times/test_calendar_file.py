"""Calendar files, read back by two libraries: the right instant, one meeting all its life, no injection."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot.calendar_file import FILE_NAME, LONGEST_TITLE, Method, calendar_file

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = st.sampled_from([STOCKHOLM, ZoneInfo("Europe/Copenhagen"), ZoneInfo("America/Nuuk"), ZoneInfo("UTC")])
SPRING, AUTUMN = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
STARTS = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from([SPRING, AUTUMN, datetime(2027, 1, 1, tzinfo=UTC)]),
    st.integers(-5 * 24 * 60, 5 * 24 * 60),
)


def made(
    start=SPRING, minutes=60, zone=STOCKHOLM, title="Möte kl. 15", method=Method.REQUEST, sequence=0
) -> bytes:
    return calendar_file("meeting-7@example.org", sequence, start, minutes, zone, title, method, NOW)


def event_of(content: bytes) -> Event:
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


@settings(deadline=None)
@given(STARTS, st.integers(1, 300), ZONES)
def test_read_back_it_is_the_same_instant(start, minutes, zone):
    event = event_of(made(start, minutes, zone))
    assert event.decoded("dtstart").astimezone(UTC) == start
    assert event.decoded("dtend").astimezone(UTC) == start + timedelta(minutes=minutes)


def unfolded(content: bytes) -> str:
    return content.decode().replace("\r\n ", "")


@settings(deadline=None)
@given(STARTS, st.sampled_from([STOCKHOLM, ZoneInfo("Europe/Copenhagen")]))
def test_the_zone_in_the_file_suffices_without_a_zone_database(start, zone):
    content = made(start, zone=zone)
    written = event_of(content)["dtstart"].to_ical().decode()
    wall = datetime.fromisoformat(written)
    if wall.tzinfo is None:
        own_zone = tzical(StringIO(unfolded(content))).get()
        wall = wall.replace(tzinfo=own_zone)
    assert wall.astimezone(UTC) == start


def test_the_changes_are_told_on_the_clock_of_before():
    text = unfolded(made(datetime(2026, 7, 1, tzinfo=UTC)))
    assert "DTSTART:20260329T020000\r\nTZNAME:CEST\r\nTZOFFSETFROM:+0100" in text
    assert "DTSTART:20261025T030000\r\nTZNAME:CET\r\nTZOFFSETFROM:+0200" in text


def test_a_meeting_keeps_its_uid_while_its_sequence_rises():
    first, moved, gone = (
        event_of(made(sequence=0)),
        event_of(made(SPRING + timedelta(days=1), sequence=1)),
        event_of(made(sequence=2, method=Method.CANCEL)),
    )
    assert first["uid"] == moved["uid"] == gone["uid"]
    assert [event["sequence"] for event in (first, moved, gone)] == [0, 1, 2]
    assert [event["status"] for event in (first, moved, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize("method", list(Method))
def test_the_method_is_named(method):
    assert Calendar.from_ical(made(method=method))["method"] == method.value


def test_no_person_and_no_purpose_in_the_file():
    text = unfolded(made(title="Aftale kl. 15"))
    assert "ATTENDEE" not in text
    assert "DESCRIPTION" not in text
    assert "peer" not in text.lower()
    assert "peer" not in FILE_NAME


@settings(deadline=None)
@given(
    st.text(max_size=400)
    | st.sampled_from(["a\r\nEND:VEVENT\r\nATTENDEE:mailto:x@y", "a\\nb;c,d", "\u2028x\x85y"])
)
def test_no_title_adds_a_line_or_a_property(title):
    content = made(title=title)
    calendar = Calendar.from_ical(content)
    assert len(calendar.walk()) == len(Calendar.from_ical(made(title="x")).walk())
    (event,) = calendar.walk("VEVENT")
    assert set(event) == set(event_of(made(title="x")))
    summary = str(event["summary"])
    assert len(summary) <= LONGEST_TITLE
    assert len(summary.splitlines()) <= 1
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_commas_and_semicolons_of_a_title_survive():
    assert str(event_of(made(title="Möte, kl. 15; på \\torget"))["summary"]) == "Möte, kl. 15; på \\torget"


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="aware"):
        made(start=SPRING.replace(tzinfo=None))
    with pytest.raises(ValueError, match="too low"):
        made(minutes=0)
    with pytest.raises(ValueError, match="too low"):
        made(sequence=-1)
    with pytest.raises(ValueError, match="uid"):
        calendar_file("a\r\nb", 0, SPRING, 60, STOCKHOLM, "x", Method.REQUEST, NOW)
