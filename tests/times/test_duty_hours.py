"""Duty hours as people write them, and who is covered when."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.duty_hours import read, written

ZONE = ZoneInfo("Europe/Stockholm")
WEEKDAYS = "mon,tue,wed,thu,fri"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("mån-fre 8-17", f"{WEEKDAYS} 08:00-17:00"),
        ("mon-fri 08:00-17:00; sat 10:00-12:00", f"{WEEKDAYS} 08:00-17:00; sat 10:00-12:00"),
        ("mandag til fredag kl. 8 til 16", f"{WEEKDAYS} 08:00-16:00"),
        ("hverdage 9.30-15, lørdag 10-12", f"{WEEKDAYS} 09:30-15:00; sat 10:00-12:00"),
        ("vardagar 8-12 och 13-17", f"{WEEKDAYS} 08:00-12:00; {WEEKDAYS} 13:00-17:00"),
        ("mån och ons 8-17", "mon,wed 08:00-17:00"),
        ("fre-mån 22-06", "mon,fri,sat,sun 22:00-06:00"),
        ("9-21", f"{WEEKDAYS},sat,sun 09:00-21:00"),
        ("always", f"{WEEKDAYS},sat,sun 00:00-00:00"),
        ("never", "never"),
    ],
)
def test_read_and_written(text: str, meant: str) -> None:
    assert written(read(text)) == meant
    assert read(meant) == read(text)


@pytest.mark.parametrize("text", ["", "hej", "mån-fre", "25-26", "foo 8-17", "8-17 imorgon", "8:75-9"])
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hours|hour|minute|day"):
        read(text)


def test_over_midnight_and_through_the_week() -> None:
    (night,) = read("fre 22-06")
    assert [night.covers(at(f"2026-11-{day}"), ZONE) for day in ("27T21:59", "27T22:00", "28T05:59", "28T06:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not night.covers(at("2026-11-27T03:00"), ZONE), "the night before belongs to Thursday"
    assert night.next_start(at("2026-11-27T22:00"), ZONE) == at("2026-12-04T22:00")
    (always,) = read("always")
    assert always.covers(at("2026-11-29T00:00"), ZONE)
