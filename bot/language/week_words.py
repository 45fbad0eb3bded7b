"""From a typed habit ("kvällar på vardagar") to its items: what each word can mean for when in the week it suits.

The words are those of `locales/*/week.toml`, with the weekdays, parts of the day and numbers of `when.toml`. As in
`when_words` each item has a kind of one letter:

    D days  w weak weekday  P part of the day  n number  c clock  y four digits  K "kl"  h "halv"
    B "efter", "från"  b "före"  t "till"  u "och framåt"  m "mellan"  - dash  & "och"  , soft stop  S hard stop
    N not  J busy then  Y it suits  H rather  f filler  z anything else
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, Literal

from bot.language.when_words import Item, Lexicon, items_by, one_slip, spelled, words_of

Part = Literal["am", "pm", "eve"]

PARTS: tuple[Part, ...] = ("am", "pm", "eve")
ALL_PARTS = frozenset(PARTS)
ALL_DAYS = frozenset(range(7))
WORKDAYS, WEEKEND = frozenset(range(5)), frozenset((5, 6))
DAYS = {"workday": WORKDAYS, "weekend": WEEKEND, "all": ALL_DAYS}


@dataclass(frozen=True)
class Span:
    """Parts of the day; the days that go without saying, None for all; `habit` when said of every such day.

    `clock` when it was told by the clock, `coarse` when the clock said more than the parts do.
    """

    parts: frozenset[Part]
    days: frozenset[int] | None = None
    habit: bool = False
    clock: bool = False
    coarse: bool = False


_PART_OF: dict[str, Part] = {
    "morning": "am",
    "forenoon": "am",
    "midday": "pm",
    "afternoon": "pm",
    "evening": "eve",
}
_SPANS = {
    "day": Span(frozenset(("am", "pm"))),
    "all": Span(ALL_PARTS),
    "work_evening": Span(frozenset(("eve",)), WORKDAYS),
    "work_later": Span(frozenset(("pm", "eve")), WORKDAYS),
    "work_day": Span(frozenset(("am", "pm")), WORKDAYS),
}
_SHARED_SIGNS = {"clock": "K", "half": "h", "negation": "N", "filler": "f", "the": "f"}
"""Signs of `when.toml` that say the same here."""
_SIGNS = {
    "after": "B",
    "before": "b",
    "to": "t",
    "onwards": "u",
    "between": "m",
    "and": "&",
    "not": "N",
    "busy": "J",
    "break": "S",
    "yes": "Y",
    "rather": "H",
    "unknown": "z",
    "filler": "f",
}
FORGIVEN = 5
"""Letters that a word has at least for a slip in it to be read over."""


def _entries(when: dict[str, Any], week: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The words of both files; the last of equal words holds."""
    parts = dict(_part_forms(when, week))
    for sign, kind in _SHARED_SIGNS.items():
        yield from ((form, kind, None) for form in when["signs"][sign])
    yield from ((form, "n", number) for form, number in when["numbers"].items())
    weak = {**when["weak_weekdays"], **week["weak_weekdays"]}
    yield from ((form, "w", frozenset((day,))) for form, day in weak.items())
    yield from ((form, "D", WEEKEND) for form in when["signs"]["weekend"])
    for sign, kind in _SIGNS.items():
        yield from ((form, kind, None) for form in week["signs"][sign])
    yield from ((form, "zN", (None, None)) for form in week["signs"]["hardly"])
    for day, names in enumerate(when["weekdays"]):
        endings = ["", "s", "en", *when["weekday_habits"]]
        yield from ((form, "D", frozenset((day,))) for form in names)
        yield from ((names[0] + ending, "D", frozenset((day,))) for ending in endings)
        yield from _compounds([names[0]], frozenset((day,)), parts)
    yield from ((form, "D", DAYS[name]) for name, forms in week["days"].items() for form in forms)
    for name, heads in week["compounds"].items():
        yield from _compounds(heads, DAYS[name], parts)
    yield from ((form, "P", span) for form, span in parts.items())
    yield from ((form, "P", _SPANS[name]) for name, forms in week["spans"].items() for form in forms)


def _part_forms(when: dict[str, Any], week: dict[str, Any]) -> Iterator[tuple[str, Span]]:
    for name, part in _PART_OF.items():
        yield from ((form, Span(frozenset((part,)))) for form in when["parts"][name])
        yield from ((form, Span(frozenset((part,)), habit=True)) for form in week["habits"][name])


def _compounds(
    heads: list[str], days: frozenset[int], parts: dict[str, Span]
) -> Iterator[tuple[str, str, Any]]:
    for head, joint, (form, span) in product(heads, ["", "s"], parts.items()):
        yield head + joint + form, "DP", (days, span)


@cache
def _lexicon(language: str) -> Lexicon:
    return spelled(_entries(words_of(language), words_of(language, "week")))


@cache
def _by_beginning(language: str) -> dict[str, list[str]]:
    """The longer single words by their first letter."""
    found: dict[str, list[str]] = defaultdict(list)
    for words in _lexicon(language):
        if len(words) == 1 and len(words[0]) >= FORGIVEN:
            found[words[0][0]].append(words[0])
    return found


def _slipped(word: str, language: str) -> tuple[str, Any] | None:
    """What a word with one slip means, when all that it may be mean the same."""
    if len(word) < FORGIVEN - 1:
        return None
    known = _lexicon(language)
    near = {known[(each,)] for each in _by_beginning(language).get(word[0], ()) if one_slip(word, each)}
    return near.pop() if len(near) == 1 else None


def week_items(text: str, language: str) -> list[Item]:
    """The items of `text` in order, unknown words as "z". `language` is "sv" or "da"."""
    return items_by(text, _lexicon(language), lambda word: _slipped(word, language))
