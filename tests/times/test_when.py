"""Typed dates: the cases of when_cases.txt one by one, the places in a text, and that no text breaks it."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.when import (
    Ambiguous,
    DateOnly,
    Exact,
    Found,
    Nonexistent,
    NotUnderstood,
    Past,
    TimeOnly,
    When,
    combine,
    find_whens,
    parse_when,
)
from bot.language.when_words import lexicon

ZONES = {"sv": ZoneInfo("Europe/Stockholm"), "da": ZoneInfo("Europe/Copenhagen")}
CASES = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "when_cases.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
MONDAY_TEN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def said(option: datetime | date | time, zone: ZoneInfo) -> str:
    if isinstance(option, datetime):
        assert option.tzinfo is UTC
        return option.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return option.strftime("%H:%M") if isinstance(option, time) else option.isoformat()


def shown(when: When, zone: ZoneInfo) -> str:
    match when:
        case Exact(start) | Past(start):
            detail = said(start, zone)
        case DateOnly(day, part):
            detail = f"{day} {part or ''}".strip()
        case TimeOnly(at):
            detail = said(at, zone)
        case Ambiguous(options):
            detail = ", ".join(said(option, zone) for option in options)
        case Nonexistent(reason):
            detail = reason
        case NotUnderstood():
            detail = ""
    return f"{type(when).__name__} {detail}".strip()


@pytest.mark.parametrize(("language", "text", "expected"), CASES, ids=[f"{c[0]}: {c[1]}" for c in CASES])
def test_case(language: str, text: str, expected: str) -> None:
    zone, now = ZONES[language], MONDAY_TEN
    if "@" in text:
        text, moment = text.split("@")
        now = datetime.fromisoformat(moment).replace(tzinfo=zone).astimezone(UTC)
    assert shown(parse_when(text, now, zone, language), zone) == expected


def test_every_date_of_a_text_is_found_at_its_place() -> None:
    text = "👋 kan vi flytta torsdagen till fredag kl 10"
    found = find_whens(text, MONDAY_TEN, ZONES["sv"], "sv")
    assert [(text[one.start : one.end], one.role) for one in found] == [
        ("torsdagen", ""),
        ("fredag kl 10", "to"),
    ]
    assert found[0].when == DateOnly(date(2026, 3, 5))
    assert found[1].when == Exact(datetime(2026, 3, 6, 9, tzinfo=UTC))


def test_what_is_refused_is_found_with_its_role() -> None:
    text = "jeg kan ikke på fredag"
    assert find_whens(text, MONDAY_TEN, ZONES["da"], "da") == [
        Found(16, 22, DateOnly(date(2026, 3, 6)), "not"),
    ]


def test_why_something_is_asked_back() -> None:
    reasons = {
        "nästa fredag": "next_weekday",
        "måndag kl 13": "today_or_next_week",
        "nästa vecka": "which_day",
        "fredag kl 8": "morning_or_evening",
        "torsdag 3 mars": "weekday_and_date_differ",
        "25 oktober kl 02:30": "clock_change",
        "torsdag eller fredag": "several",
    }
    for text, reason in reasons.items():
        when = parse_when(text, MONDAY_TEN, ZONES["sv"], "sv")
        assert isinstance(when, Ambiguous), text
        assert when.reason == reason, text


def test_a_day_and_a_time_said_one_after_the_other() -> None:
    zone = ZONES["da"]
    assert combine(date(2026, 3, 6), time(10), MONDAY_TEN, zone) == Exact(datetime(2026, 3, 6, 9, tzinfo=UTC))
    assert isinstance(combine(date(2026, 3, 2), time(8), MONDAY_TEN, zone), Past)
    assert combine(date(2026, 3, 29), time(2, 30), MONDAY_TEN, zone) == Nonexistent("clock_change")
    assert isinstance(combine(date(2026, 10, 25), time(2, 30), MONDAY_TEN, zone), Ambiguous)


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        parse_when("fredag", MONDAY_TEN.replace(tzinfo=None), ZONES["sv"], "sv")


def test_letters_with_combining_marks_are_the_same_letters() -> None:
    assert parse_when("lo\u0308rdag kl 13", MONDAY_TEN, ZONES["sv"], "sv") == Exact(
        datetime(2026, 3, 7, 12, tzinfo=UTC)
    )


WORDS = {language: [" ".join(words) for words in lexicon(language)] for language in ZONES}
BITS = [
    "10",
    "31",
    "99",
    "0",
    "2026",
    "24:00",
    "15.30",
    "32/13",
    "29/2",
    "3:e",
    ".",
    ",",
    "-",
    "!",
    "\n",
    "0000",
]
NOWS = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def _holds(text: str, now: datetime, language: str) -> None:
    zone = ZONES[language]
    shown(parse_when(text, now, zone, language), zone)
    begin = 0
    for one in find_whens(text, now, zone, language):
        assert begin <= one.start < one.end <= len(text)
        begin = one.start
        options = one.when.options if isinstance(one.when, Ambiguous) else ()
        assert not isinstance(one.when, Ambiguous) or len(set(options)) > 1
        moments = [option for option in options if isinstance(option, datetime)]
        moments += [one.when.start] if isinstance(one.when, Exact) else []
        assert all(moment > now for moment in moments)


@settings(deadline=None)
@given(st.data(), NOWS, st.sampled_from(["sv", "da"]))
def test_no_heap_of_date_words_breaks_it(data: st.DataObject, now: datetime, language: str) -> None:
    words = data.draw(st.lists(st.sampled_from(WORDS[language]) | st.sampled_from(BITS), max_size=9))
    _holds(data.draw(st.sampled_from([" ", "", "  "])).join(words), now, language)


@settings(deadline=None)
@given(st.text(max_size=60), NOWS, st.sampled_from(["sv", "da"]))
def test_no_text_breaks_it(text: str, now: datetime, language: str) -> None:
    _holds(text, now, language)


def test_a_wall_of_text_takes_no_time() -> None:
    for text in ["1" * 4096, "kl " * 1365, "fredag " * 585, "i" * 4096, "10-" * 1365, ", " * 2048 + "kl"]:
        _holds(text, MONDAY_TEN, "sv")
