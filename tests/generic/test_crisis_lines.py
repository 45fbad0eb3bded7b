"""Lines of help: only numbers that were given, 112 always, and never one line alone where another is open."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import ZONES
from bot.crisis_lines import all_lines, to_show

SOURCE = Path(__file__).parents[3] / "shared" / "CRISIS_LINES.md"
HOURS = [
    datetime(2026, month, 24, tzinfo=UTC) + timedelta(minutes=30 * half)
    for month in (1, 7)
    for half in range(48)
]


def line(name: str) -> object:
    return next(each for each in all_lines() if each.name == name)


def names(country: str, local: str, *, adult: bool | None = True) -> list[str]:
    """What is shown at a local time of a winter day; behind a bar what opens next."""
    clock = datetime.fromisoformat(f"2026-11-23T{local}").replace(tzinfo=ZoneInfo(ZONES[country]))
    shown, later = to_show([country], clock.astimezone(UTC), adult=adult)
    return [each.name for each in shown] + (
        [f"| {later.name} {later.opens_at(clock):%H:%M}"] if later else []
    )


@pytest.mark.skipif(not SOURCE.exists(), reason="../shared is not beside this checkout")
def test_no_number_that_was_not_given() -> None:
    given = {
        (cells[1].strip(), cells[2].strip()): cells[3]
        for cells in (row.split("|") for row in SOURCE.read_text("utf-8").splitlines())
        if len(cells) > 5 and cells[1].strip() in ZONES
    }
    for each in all_lines():
        assert re.sub(r"\D", "", each.number) in re.sub(r"[^\d,;]", "", given[each.country, each.name])
        assert each.source
        assert each.certainty in "AB"


def test_the_same_number_in_both_countries_is_told_apart() -> None:
    everywhere = [(each.country, each.number, each.name) for each in all_lines()]
    assert len(set(everywhere)) == len(everywhere)


@pytest.mark.parametrize("country", ZONES)
@pytest.mark.parametrize("adult", [True, False, None])
def test_at_every_hour_somebody_answers(country: str, adult: bool | None) -> None:
    """112 first, a second line beside it, and when nobody is there to talk with the next to open."""
    for moment in HOURS:
        shown, later = to_show([country], moment, adult=adult)
        assert shown[0].number == "112"
        assert len(shown) >= 2
        to_talk = [each for each in shown if each.what in ("suicide", "talk") and each.who != "children"]
        assert bool(to_talk) != bool(later)
        assert later is None or moment < later.opens_at(moment) <= moment + timedelta(days=1)


def test_lines_for_children_are_not_for_adults() -> None:
    assert "Bris" not in names("SE", "12:00", adult=True)
    assert "Bris" in names("SE", "12:00", adult=False)
    assert "Bris" in names("SE", "12:00", adult=None)
    assert "BørneTelefonen" not in names("DK", "12:00", adult=True)


def test_hours_past_midnight() -> None:
    assert "Jourhavande medmänniska" in names("SE", "21:00")
    assert "Jourhavande medmänniska" in names("SE", "05:59")
    assert "Jourhavande medmänniska" not in names("SE", "06:00")
    assert "Livslinien" in names("DK", "04:59")


def test_when_nobody_answers_the_next_to_open_is_named_with_its_hour() -> None:
    assert names("DK", "05:00")[-1] == "| Livslinien 09:00"
    assert names("DK", "09:00")[-1][0] != "|"


def test_opening_is_at_the_local_hour_when_the_clocks_change() -> None:
    """The night to 29 March 2026 has an hour less."""
    night = datetime(2026, 3, 29, 4, 30, tzinfo=ZoneInfo("Europe/Copenhagen")) + timedelta(hours=1)
    _, later = to_show(["DK"], night.astimezone(UTC), adult=True)
    assert later is not None
    opens = later.opens_at(night.astimezone(UTC))
    assert opens.astimezone(UTC) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_somebody_whose_country_is_not_known_sees_both() -> None:
    shown, _ = to_show(["SE", "DK"], datetime(2026, 11, 23, 12, tzinfo=UTC), adult=None)
    assert {each.country for each in shown} == {"SE", "DK"}
    assert [each.number for each in shown].count("112") == 2
