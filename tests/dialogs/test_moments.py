"""Picking moments: by day and time, typed, asked back, past, and nowhere on the clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialog import Conversation, Dialog, End, Pressed, Step, Typed, When, step
from bot.dialog.conversation import DONE, Misread
from tests.dialogs.example import NOW, Surroundings

ONE = Dialog("one", When(name="times", at_most=1, days=3), End(name="end"))
THREE = Dialog("three", When(name="times", at_most=3, days=3), End(name="end"))


def at(dialog: Dialog, draft: Any = None) -> Conversation:
    return Conversation(dialog.name, 1, "times", draft=draft)


def press(dialog: Dialog, *keys: str, world: Surroundings | None = None) -> Step:
    now = Step(at(dialog))
    for key in keys:
        now = step(dialog, now.conversation, Pressed("times", key), world or Surroundings())
    return now


def keys(now: Step) -> list[str]:
    return [button.key for row in now.outgoing[-1].rows for button in row]


def test_a_day_then_a_time() -> None:
    day = press(ONE, "d20261124")
    assert (day.outgoing[-1].text_id, day.outgoing[-1].edit) == ("engine.when.time", True)
    assert keys(day)[:2] == ["t0800", "t0830"]
    assert press(ONE, "d20261124", "t1530").conversation.answers["times"] == ["2026-11-24T14:30:00+00:00"]


def test_today_offers_only_what_is_ahead() -> None:
    assert keys(press(ONE, "d20261123"))[0] == "t1030"


def test_several_in_order_up_to_the_most_and_one_taken_away() -> None:
    two = press(THREE, "d20261125", "t1000", "a", "d20261124", "t0900")
    assert two.outgoing[-1].args["picked"] == ["24/11 09:00", "25/11 10:00"]
    assert "a" in keys(two)
    three = press(THREE, "d20261125", "t1000", "a", "d20261124", "t0900", "a", "d20261124", "t0930")
    assert "a" not in keys(three)
    fewer = step(THREE, three.conversation, Pressed("times", "r"), Surroundings())
    done = step(THREE, fewer.conversation, Pressed("times", DONE), Surroundings())
    assert done.conversation.answers["times"] == ["2026-11-24T08:00:00+00:00", "2026-11-24T08:30:00+00:00"]


def test_the_same_moment_counts_once() -> None:
    assert press(THREE, "d20261124", "t0900", "a", "d20261124", "t0900").outgoing[-1].args["picked"] == [
        "24/11 09:00"
    ]


def test_what_has_gone_by_while_choosing_is_not_sent() -> None:
    picked = press(THREE, "d20261123", "t1030")
    later = Surroundings(now=NOW + timedelta(hours=2))
    done = step(THREE, picked.conversation, Pressed("times", DONE), later)
    assert done.outgoing[0].text_id == "engine.when.none"
    assert step(THREE, at(THREE), Pressed("times", DONE), later).outgoing[0].text_id == "engine.when.none"


@pytest.mark.parametrize(
    ("keys_", "reason"),
    [
        (("d20261122", "t1000"), "past"),
        (("d20270328", "t0230"), "nonexistent"),
        (("d20261124", "t9999"), "nonexistent"),
        (("m202601010000",), "past"),
    ],
)
def test_moments_that_cannot_be(keys_: tuple[str, ...], reason: str) -> None:
    assert press(ONE, *keys_).outgoing[0].text_id == f"engine.when.{reason}"


@pytest.mark.parametrize("key", ["d20260230", "d", "t1000", "m", "x", "", "d2026112", "mmm"])
def test_buttons_that_were_never_made(key: str) -> None:
    assert press(ONE, key).outgoing[0].text_id == "engine.stale"


def test_typed_with_and_without_a_day() -> None:
    typed = step(ONE, at(ONE), Typed("20261124T1530"), Surroundings())
    assert typed.conversation.ended
    day = Surroundings(misread=Misread("engine.when.time_missing", days=(date(2026, 11, 24),)))
    asked = step(ONE, at(ONE), Typed("Tuesday"), day)
    assert [say.text_id for say in asked.outgoing] == ["engine.when.time_missing", "engine.when.time"]


def test_what_is_unclear_is_asked_back_and_picked() -> None:
    options = (datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 12, 4, 9, tzinfo=UTC))
    unclear = Surroundings(misread=Misread("engine.when.unclear", choices=options))
    asked = step(ONE, at(ONE), Typed("next Friday"), unclear)
    assert [say.text_id for say in asked.outgoing] == ["engine.when.unclear", "engine.when.which"]
    picked = step(ONE, asked.conversation, Pressed("times", keys(asked)[1]), Surroundings())
    assert picked.conversation.answers["times"] == ["2026-12-04T09:00:00+00:00"]
    other = step(ONE, asked.conversation, Pressed("times", "a"), Surroundings())
    assert other.outgoing[-1].text_id == "one.times"


def test_two_days_are_asked_back_as_days() -> None:
    days = Surroundings(misread=Misread("engine.when.unclear", days=(date(2026, 11, 27), date(2026, 12, 4))))
    asked = step(ONE, at(ONE), Typed("next Friday"), days)
    chosen = step(ONE, asked.conversation, Pressed("times", keys(asked)[0]), Surroundings())
    assert chosen.outgoing[-1].text_id == "engine.when.time"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "d20261123",
                "d20261124",
                "d20270328",
                "t0800",
                "t0230",
                "t2030",
                "a",
                "r",
                DONE,
                "m202611240900",
            ]
        ),
        max_size=12,
    )
)
def test_never_more_than_allowed_never_past_never_twice(pressed: list[str]) -> None:
    now = press(THREE, *pressed)
    draft = now.conversation.draft or {}
    picked = now.conversation.answers.get("times") or draft.get("picked") or []
    assert len(picked) == len(set(picked)) <= 3
    assert picked == sorted(picked)
    assert all(datetime.fromisoformat(each) > NOW for each in picked)
