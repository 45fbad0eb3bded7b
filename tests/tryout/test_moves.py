"""Where the clock can be moved to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tryout.moves import ZONE, CannotMove, next_monday, target

NOW = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # the evening before clocks go forward
MOMENTS = st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


def meeting_in(**ahead: int) -> object:
    async def next_meeting() -> datetime | None:
        return NOW + timedelta(**ahead) if ahead else None

    return next_meeting


@pytest.mark.parametrize(
    ("move", "local"),
    [
        ({"hours": 1}, "2026-03-29 00:30"),
        ({"days": 1}, "2026-03-29 23:30"),
        ({"to": "monday"}, "2026-03-30 08:00"),
        ({"to": "meeting"}, "2026-03-29 03:30"),
        ({"at": "2026-04-01T08:15"}, "2026-04-01 08:15"),
        ({"at": "2026-03-29T02:30"}, "2026-03-29 03:30"),
    ],
)
async def test_moves_keep_local_time(move: dict, local: str) -> None:
    moment = await target(move, NOW, meeting_in(hours=5))
    assert f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}" == local
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("move", "reason"),
    [
        ({"at": "2026-03-01T08:00"}, "clock_past"),
        ({"at": "32/13"}, "clock_unknown"),
        ({"at": ""}, "clock_unknown"),
        ({"hours": "x"}, "clock_unknown"),
        ({"hours": -1}, "clock_past"),
        ({}, "clock_unknown"),
    ],
)
async def test_moves_that_cannot_be(move: dict, reason: str) -> None:
    with pytest.raises(CannotMove, match=reason):
        await target(move, NOW, meeting_in())


async def test_no_meeting_and_a_meeting_within_two_hours() -> None:
    with pytest.raises(CannotMove, match="clock_no_meeting"):
        await target({"to": "meeting"}, NOW, meeting_in())
    with pytest.raises(CannotMove, match="clock_soon"):
        await target({"to": "meeting"}, NOW, meeting_in(hours=1))


@given(MOMENTS)
def test_next_monday_is_a_monday_at_eight_within_a_week(now: datetime) -> None:
    local = next_monday(now).astimezone(ZONE)
    assert (local.weekday(), local.hour, local.minute) == (0, 8, 0)
    assert timedelta(0) < next_monday(now) - now <= timedelta(days=7, hours=1)
