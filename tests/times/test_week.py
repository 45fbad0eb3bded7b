"""Typed habits of the week: the cases of week_cases.txt, what holds of any such text, and that none breaks it."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import week_words
from bot.language.week import WHOLE_WEEK, Slots, Week, read_week
from bot.language.week_words import PARTS
from bot.language.when_words import SPELLINGS, words_of
from bot.texts import Reader, Texts
from dialogs.shared import DAYS

CASES = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "week_cases.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def _days(said: str) -> list[int]:
    if said == "all":
        return [*range(7)]
    first, _, last = said.partition("-")
    if last:
        return [*range(DAYS.index(first), DAYS.index(last) + 1)]
    return [DAYS.index(each) for each in said.split("+")]


def _slots(said: str) -> Slots:
    """ "mon-fri eve; sat+sun" as slots; "-" for none."""
    found = [each.split() for each in said.split(";") if each != "-"]
    named = {
        (day, part)
        for days, *parts in found
        for day in _days(days)
        for part in (parts[0].split("+") if parts else PARTS)
    }
    return frozenset(slot for slot in WHOLE_WEEK if slot in named)


@pytest.mark.parametrize(
    ("language", "text", "expected", "own"), CASES, ids=[f"{c[0]}: {c[1]}" for c in CASES]
)
def test_case(language: str, text: str, expected: str, own: str) -> None:
    week = read_week(text, language)
    assert week.slots == _slots(expected)
    assert week.whole == (own != "own")


JOINTS = {"sv": (" och ", " eller ", ", ", " "), "da": (" og ", " eller ", ", ", " ")}
PLURALS = {"sv": "{}ar", "da": "{}e"}
SPOKEN = {
    "sv": {
        "am": ("fm", "på förmiddagen", "förmiddagar"),
        "pm": ("em", "eftermiddagar"),
        "eve": ("kväll", "efter 17"),
    },
    "da": {
        "am": ("form.", "om formiddagen"),
        "pm": ("eftermiddag", "eftermiddage"),
        "eve": ("aften", "efter kl. 17"),
    },
}
LANGUAGES = st.sampled_from(["sv", "da"])
SETS = st.sets(st.integers(0, 6), min_size=1)


def _names(language: str) -> list[str]:
    return [names[0] for names in words_of(language)["weekdays"]]


@st.composite
def said(draw: st.DrawFn, language: str) -> tuple[str, Slots]:
    """A list of days, and perhaps a part of the day before or after them."""
    days = draw(st.permutations(sorted(draw(SETS))))
    form = draw(st.sampled_from(["{}", PLURALS[language]]))
    names = draw(st.sampled_from(JOINTS[language])).join(form.format(_names(language)[day]) for day in days)
    part = draw(st.sampled_from([None, *PARTS]))
    if part is None:
        return names, frozenset((day, each) for day in days for each in PARTS)
    spoken = draw(st.sampled_from(SPOKEN[language][part]))
    text = draw(st.sampled_from([f"{names} {spoken}", f"{spoken} {names}"]))
    return text, frozenset((day, part) for day in days)


@pytest.mark.parametrize("language", ["sv", "da"])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_days_and_a_part_in_either_order(language: str, data: st.DataObject) -> None:
    text, slots = data.draw(said(language))
    noisy = data.draw(st.sampled_from([text, text.upper(), *(text.translate(table) for table in SPELLINGS)]))
    assert read_week(noisy, language) == Week(slots, frozenset(), whole=True), noisy


@pytest.mark.parametrize("language", ["sv", "da"])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_two_wishes_are_both_read_and_what_is_excepted_is_not(language: str, data: st.DataObject) -> None:
    (one, first), (other, second) = data.draw(said(language)), data.draw(said(language))
    breaks = {"sv": ("! ", "; ", " men också "), "da": ("! ", "; ", "\n")}[language]
    both = read_week(data.draw(st.sampled_from(breaks)).join((one, other)), language)
    assert (both.named, both.whole) == (first | second, True)
    but = {"sv": (" utom ", " men inte "), "da": (" undtagen ", " bortset fra ")}[language]
    everything = {"sv": "alla dagar", "da": "alle dage"}[language]
    some = read_week(everything + data.draw(st.sampled_from(but)) + one, language)
    assert (some.slots, some.whole) == (WHOLE_WEEK - first, True)


@pytest.mark.parametrize("language", ["sv", "da"])
@pytest.mark.parametrize("day", range(7))
def test_every_label_of_the_grid_is_read(language: str, day: int) -> None:
    reader = Reader(language, ZoneInfo("UTC"))
    for part in PARTS:
        label = Texts({}).plain(f"intake.times.{DAYS[day]}_{part}", reader)
        assert read_week(label, language) == Week(frozenset([(day, part)]), frozenset(), whole=True), label


SIGNS = ["0", "5", "8", "17", "24", "99", "1730", "17.30", ",", ".", "-", ";", "&"]
WORDS = SIGNS + [" ".join(words) for language in ("sv", "da") for words in week_words._lexicon(language)]


@settings(deadline=None)
@given(
    text=st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join),
    language=LANGUAGES,
)
def test_any_text_gives_a_part_of_the_week(text: str, language: str) -> None:
    week = read_week(text, language)
    assert week.named | week.refused | week.slots <= WHOLE_WEEK
    assert not week.whole or week.named or week.refused
    assert week.after(WHOLE_WEEK) == WHOLE_WEEK - week.refused


def test_more_is_added_and_what_is_refused_is_taken_away() -> None:
    evenings = read_week("vardagskvällar", "sv").slots
    assert read_week("lördagar", "sv").after(evenings) == evenings | _slots("sat")
    assert read_week("inte fredagar", "sv").after(evenings) == _slots("mon-thu eve")
