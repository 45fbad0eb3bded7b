"""From a typed text to the items of its dates and times: what each word, number and stop can mean.

The words are those of `locales/*/when.toml`. Each item has a kind of one letter, so that the grammar
can be written as regular expressions over the kinds:

    days      W weekday  w weak weekday  L gone weekday ("i fredags")  R day counted from today  E weekend
              D numeric date  M month  o ordinal  e "3:e"  k week  X next  T this  l last  d "den"
    times     c clock ("15.30")  K "kl"  h "halv"  q "kvart"  i "i"  v "over"  P part of the day
    both      n number  y four digits  Y four that may be a year  O "om"  U unit  H stretch in minutes
    around    f filler  B bound ("efter")  a or  & and  t "till"  g "från"  N not  V "vi"
    else      , soft stop  - dash  S hard stop  z anything else

A word that says two things ("fredagskväll", "ikväll") has two letters in the lexicon and gives two items.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).resolve().parents[2] / "locales"

SIGNS = {
    "clock": "K",
    "half": "h",
    "quarter": "q",
    "to": "i",
    "past": "v",
    "in": "O",
    "next": "X",
    "this": "T",
    "last": "l",
    "week": "k",
    "weekend": "E",
    "the": "d",
    "filler": "f",
    "bound": "B",
    "or": "a",
    "and": "&",
    "target": "t",
    "source": "g",
    "negation": "N",
    "asking": "V",
    "contrast": "S",
    "greeting": "z",
}

# Spellings on a keyboard without the letters, or with the neighbour's.
SPELLINGS = [
    str.maketrans({"å": "a", "ä": "a", "ö": "o", "æ": "ae", "ø": "o"}),
    str.maketrans({"å": "aa", "ä": "ae", "ö": "oe", "æ": "ae", "ø": "oe"}),
    str.maketrans({"ä": "æ", "ö": "ø", "æ": "ä", "ø": "ö"}),
]

ONE, TWO, FOUR = "[0-9]{1,2}", "[0-9]{2}", "[0-9]{4}"
ALONE, ENDED = "(?<![0-9])", "(?![0-9])"
SCAN = re.compile(
    rf"""(?P<iso>{ALONE}{FOUR}-{ONE}-{ONE}{ENDED}t?)
      | (?P<full>{ALONE}{ONE}(?:/{ONE}[/-]|\.{ONE}\.|-{ONE}-(?={FOUR}))(?:{FOUR}|{TWO}){ENDED})
      | (?P<slash>(?<![0-9/])(?!24/7){ONE}/{ONE}(?![0-9/]))
      | (?P<dotted>{ALONE}{ONE}\.[1-9]{ENDED})
      | (?P<clock>{ALONE}{ONE}[:.,]{TWO}(?:[:.]{TWO})?{ENDED})
      | (?P<ordinal>{ALONE}{ONE}(?::[ea]|e)(?![^\W\d_]))
      | (?P<number>[0-9]+)
      | (?P<word>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*)
      | (?P<soft>[,.:])
      | (?P<dash>[-–—])
      | (?P<hard>[!?;\n()])
      | (?P<space>[^\S\n]+)
      | (?P<other>.)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Item:
    """One thing in the text: its kind (see above), what it stands for, and where (characters)."""

    kind: str
    value: Any
    start: int
    end: int
    raw: str


Lexicon = dict[tuple[str, ...], tuple[str, Any]]
Slipped = Callable[[str], "tuple[str, Any] | None"]


def _entries(words: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for sign, forms in words["signs"].items():
        yield from ((form, SIGNS[sign], None) for form in forms)
    yield from ((form, "U", unit) for unit, forms in words["units"].items() for form in forms)
    yield from ((form, "P", part) for part, forms in words["parts"].items() for form in forms)
    yield from ((form, "M", month) for month, forms in enumerate(words["months"], 1) for form in forms)
    yield from ((form, "o", day) for day, form in enumerate(words["ordinals"], 1))
    yield from ((form, "n", number) for form, number in words["numbers"].items())
    yield from ((form, "H", minutes) for form, minutes in words["spans"].items())
    yield from ((form, "R", ahead) for form, ahead in words["days"].items())
    yield from ((form, "RP", tuple(both)) for form, both in words["days_and_parts"].items())
    yield from ((form, "w", day) for form, day in words["weak_weekdays"].items())
    for day, names in enumerate(words["weekdays"]):
        name = names[0]
        yield from ((form, "W", day) for form in names)
        yield from ((name + ending, "W", day) for ending in words["weekday_endings"])
        yield from ((name + ending, "z", None) for ending in words["weekday_habits"])
        for joint, (part, forms) in product(["", "s"], words["parts"].items()):
            yield from ((name + joint + form, "WP", (day, part)) for form in forms)
        yield words["gone_weekday"].format(name), "L", day


@cache
def words_of(language: str, name: str = "when") -> dict[str, Any]:
    """The words that stand in a file of `language` ("sv" or "da")."""
    return tomllib.loads((LOCALES / language / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def lexicon(language: str) -> Lexicon:
    """Every word and phrase of `language` ("sv" or "da") with kind and value, other spellings too."""
    return spelled(_entries(words_of(language)))


def spelled(entries: Iterable[tuple[str, str, Any]]) -> Lexicon:
    """A lexicon of (words, kind, value), the last of equal words, and of how else they are spelled."""
    entries = list(entries)
    exact = {tuple(form.split()): (kind, value) for form, kind, value in entries}
    other = {
        tuple(form.translate(table).split()): (kind, value)
        for table in SPELLINGS
        for form, kind, value in entries
    }
    return other | exact


@cache
def _weekday_names(language: str) -> dict[str, int]:
    return {
        words[0]: value
        for words, (kind, value) in lexicon(language).items()
        if kind == "W" and len(words) == 1 and len(words[0]) >= 6
    }


def one_slip(typed: str, meant: str) -> bool:
    """Is `typed` one wrong, missing, extra or swapped letter away from `meant`?"""
    if abs(len(typed) - len(meant)) > 1:
        return False
    same = 0
    while same < min(len(typed), len(meant)) and typed[same] == meant[same]:
        same += 1
    left, right = typed[same:], meant[same:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


@cache
def _slipped_weekday(word: str, language: str) -> int | None:
    if not 6 <= len(word) <= 12:
        return None
    near = {
        day for name, day in _weekday_names(language).items() if name[0] == word[0] and one_slip(word, name)
    }
    return near.pop() if len(near) == 1 else None


def _plain(text: str) -> str:
    """Lower case, one character for one, so that offsets stay right."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _number(raw: str) -> tuple[str, int | None]:
    if len(raw) <= 2:
        return "n", int(raw)
    if len(raw) == 4:
        return ("Y" if raw.startswith("20") else "y"), int(raw)
    return "z", None


def _century(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _date(found: re.Match[str]) -> tuple[int | None, int, int]:
    """(year or None, month, day) of a numeric date."""
    numbers = [number for number in re.split(r"[^0-9]+", found.group()) if number]
    if found.lastgroup == "iso":
        return int(numbers[0]), int(numbers[1]), int(numbers[2])
    year = _century(numbers[2]) if len(numbers) == 3 else None
    return year, int(numbers[1]), int(numbers[0])


def _reading(found: re.Match[str]) -> tuple[str, Any]:
    """Kind and value of anything but a word."""
    name, raw = found.lastgroup, found.group()
    if name in {"iso", "full", "slash", "dotted"}:
        return "D", _date(found)
    if name == "clock":
        hour, minute = re.split(r"[^0-9]", raw)[:2]
        return "c", (int(hour), int(minute))
    if name == "ordinal":
        return "e", int(re.split(r"[^0-9]", raw)[0])
    if name == "number":
        return _number(raw)
    return {"soft": ",", "dash": "-", "hard": "S"}.get(name or "", "z"), None


def _phrase(words: list[re.Match[str]], known: Lexicon, slipped: Slipped) -> tuple[int, str, Any]:
    """How many of `words` (they follow each other) make one entry, its kind and its value."""
    plain = [unicodedata.normalize("NFC", word.group()) for word in words]
    for length in range(len(plain), 0, -1):
        if entry := known.get(tuple(plain[:length])):
            return length, *entry
    return (1, *(slipped(plain[0]) or ("z", None)))


LONGEST_PHRASE = 4


def items(text: str, language: str) -> list[Item]:
    """The items of `text` in order; spaces are left out, unknown words are kept as "z"."""

    def slipped(word: str) -> tuple[str, Any] | None:
        day = _slipped_weekday(word, language)
        return None if day is None else ("W", day)

    return items_by(text, lexicon(language), slipped)


def items_by(text: str, known: Lexicon, slipped: Slipped) -> list[Item]:
    """As `items`, with the words of another lexicon, and what it makes of a word that it does not hold."""
    found = [match for match in SCAN.finditer(_plain(text)) if match.lastgroup != "space"]
    result: list[Item] = []
    at = 0
    while at < len(found):
        words = []
        for match in found[at : at + LONGEST_PHRASE]:
            if match.lastgroup != "word":
                break
            words.append(match)
        length, kind, value = _phrase(words, known, slipped) if words else (1, *_reading(found[at]))
        start, end = found[at].start(), found[at + length - 1].end()
        values = value if len(kind) > 1 else (value,)
        result += [
            Item(one, meant, start, end, text[start:end]) for one, meant in zip(kind, values, strict=True)
        ]
        at += length
    return result
