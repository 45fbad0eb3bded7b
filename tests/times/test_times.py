"""Zones, series, quiet hours and digest times, around both clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.times import (
    DAY_BEFORE,
    TWO_HOURS_BEFORE,
    Hours,
    Lead,
    instants,
    local,
    next_local,
    outside_quiet,
    reminder_time,
    series,
    to_utc,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NIGHT = Hours(time(22), time(8))
ZONES = st.sampled_from([STOCKHOLM, ZoneInfo("Europe/Copenhagen")])
SPRING, AUTUMN = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
NEAR_CHANGE = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from([SPRING, AUTUMN]),
    st.integers(-20 * 24 * 60, 20 * 24 * 60),
)
CLOCK = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_a_skipped_local_time_moves_forward_and_a_doubled_one_is_the_first():
    assert to_utc(wall("2026-03-29T02:30"), STOCKHOLM) == utc(2026, 3, 29, 1, 30)
    assert to_utc(wall("2026-10-25T02:30"), STOCKHOLM) == utc(2026, 10, 25, 0, 30)


def test_the_instants_of_a_local_time():
    assert instants(wall("2026-03-29T02:30"), STOCKHOLM) == ()
    assert instants(wall("2026-03-29T03:30"), STOCKHOLM) == (utc(2026, 3, 29, 1, 30),)
    assert instants(wall("2026-10-25T02:30"), STOCKHOLM) == (
        utc(2026, 10, 25, 0, 30),
        utc(2026, 10, 25, 1, 30),
    )


@settings(deadline=None)
@given(NEAR_CHANGE, ZONES)
def test_every_instant_is_among_the_instants_of_its_local_time(moment, zone):
    assert moment in instants(local(moment, zone).replace(tzinfo=None), zone)


def test_naive_and_aware_are_never_mixed():
    with pytest.raises(ValueError, match="offset"):
        local(wall("2026-03-01T00:00"), STOCKHOLM)
    with pytest.raises(ValueError, match="no zone"):
        to_utc(utc(2026, 3, 1), STOCKHOLM)
    with pytest.raises(ValueError, match="offset"):
        series(wall("2026-03-01T00:00"), STOCKHOLM, 7, 3)
    with pytest.raises(ValueError, match="at least a day"):
        series(utc(2026, 3, 1), STOCKHOLM, 0, 3)


def test_a_weekly_series_stays_at_three_o_clock_over_the_spring_change():
    starts = series(utc(2026, 3, 19, 14), STOCKHOLM, 7, 3)
    assert starts == [utc(2026, 3, 19, 14), utc(2026, 3, 26, 14), utc(2026, 4, 2, 13)]


@settings(deadline=None)
@given(NEAR_CHANGE, ZONES, st.integers(1, 31), st.integers(0, 12))
def test_a_series_keeps_its_local_time_and_rhythm(start, zone, every_days, count):
    starts = series(start, zone, every_days, count)
    assert len(starts) == count
    first = local(start, zone)
    for turn, moment in enumerate(starts):
        wall = datetime.combine(first.date() + timedelta(days=every_days * turn), first.time())
        if instants(wall, zone):
            assert local(moment, zone).replace(tzinfo=None) == wall
    assert starts == sorted(set(starts))


def test_quiet_hours_hold_back_to_the_morning_or_forward_to_the_evening():
    due = utc(2026, 3, 3, 4)  # 05:00 local
    assert outside_quiet(due, NIGHT, STOCKHOLM, latest=utc(2026, 3, 3, 12)) == utc(2026, 3, 3, 7)
    assert outside_quiet(due, NIGHT, STOCKHOLM, latest=utc(2026, 3, 3, 6)) == utc(2026, 3, 2, 20, 59)
    noon = utc(2026, 3, 3, 11)
    assert outside_quiet(noon, NIGHT, STOCKHOLM, latest=noon) == noon


@settings(deadline=None)
@given(NEAR_CHANGE, ZONES, CLOCK, CLOCK, st.integers(0, 72))
def test_what_leaves_the_quiet_hours_is_outside_them_and_not_too_late(due, zone, start, end, hours):
    quiet, latest = Hours(start, end), due + timedelta(hours=hours)
    moved = outside_quiet(due, quiet, zone, latest)
    assert moved <= latest
    assert abs(moved - due) <= timedelta(hours=25)
    if local(due, zone).time() not in quiet:
        assert moved == due
    wall = local(moved, zone).replace(tzinfo=None)
    on_change_day = wall.date() in {SPRING.date(), AUTUMN.date()}
    assert (
        on_change_day
        or wall.time() not in quiet
        or wall + timedelta(minutes=1) == wall.replace(hour=start.hour, minute=start.minute)
    )


def test_reminders_a_day_and_two_hours_before():
    start = utc(2026, 3, 29, 13)  # 15:00 summer time, the day of the change
    assert reminder_time(start, DAY_BEFORE, STOCKHOLM, NIGHT) == utc(2026, 3, 28, 14)
    assert reminder_time(start, TWO_HOURS_BEFORE, STOCKHOLM, NIGHT) == utc(2026, 3, 29, 11)
    early = utc(2026, 3, 3, 7)  # 08:00: two hours before is night, its end is too late
    assert reminder_time(early, TWO_HOURS_BEFORE, STOCKHOLM, NIGHT) == utc(2026, 3, 2, 20, 59)


@settings(deadline=None)
@given(
    NEAR_CHANGE,
    ZONES,
    st.sampled_from([DAY_BEFORE, TWO_HOURS_BEFORE, Lead(days=7), Lead(1, 3)]),
    CLOCK,
    CLOCK,
)
def test_a_reminder_always_comes_before_its_meeting(start, zone, lead, begin, end):
    assert reminder_time(start, lead, zone, Hours(begin, end)) < start


def test_the_next_digest():
    monday_ten = utc(2026, 3, 2, 9)
    assert next_local(time(8), STOCKHOLM, monday_ten) == utc(2026, 3, 3, 7)
    assert next_local(time(11), STOCKHOLM, monday_ten) == utc(2026, 3, 2, 10)
    assert next_local(time(10), STOCKHOLM, monday_ten, weekday=0) == utc(2026, 3, 9, 9)
    assert next_local(time(8), STOCKHOLM, utc(2026, 3, 27, 9), weekday=0) == utc(2026, 3, 30, 6)


@settings(deadline=None)
@given(NEAR_CHANGE, ZONES, CLOCK, st.none() | st.integers(0, 6))
def test_the_next_local_time_is_ahead_and_within_its_rhythm(after, zone, at, weekday):
    found = next_local(at, zone, after, weekday)
    assert after < found <= after + timedelta(days=1 if weekday is None else 7, hours=2)
    wall = local(found, zone)
    assert weekday is None or wall.weekday() == weekday
    assert wall.time() == at or wall.date() == SPRING.date()
