"""The small language in which rules are written, compiled to regular expressions over `Unit.encoded`.

A pattern is a row of items divided by spaces, each of which matches one word unless said otherwise:

    word      that normalised word             a|b       either
              (a clause boundary may stand before a word that can open one, such as "att" or "hvis")
    {class}   a word of that class             pre%      a word that begins so (also %mid%, %end)
    <imp>     a verb form (imp inf pres past   .         any word
              fin) or a subject pronoun (subj)
    item?     perhaps                          item*     any number
    !item     here stands no such word         ^         a clause begins (openers such as "but" skipped)
    ..        up to six words of the clause    ...       up to fourteen words, clause boundaries too
    $         the clause ends here             ?$        the unit ends in a question mark
    [         the stretch begins here rather than at the beginning of the match
    /         a clause boundary
    @         perhaps "att" or "at", with the comma and the boundary that may stand before it
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.language.rules.lexicon import FORM_LETTERS
from bot.language.rules.reading import Unit

_FORMS = "~[A-Z]*"
# Words that may open a clause of their own: a comma and a boundary may stand before them.
_OPENING = frozenset(
    (
        "att",
        "at",
        "om",
        "ifall",
        "när",
        "hvis",
        "når",
        "da",
        "der",
        "som",
        "så",
        "for",
        "för",
        "fordi",
        "eftersom",
    )
)
_GAP = "(?: ,~)?(?: /~)?"
_FIXED = {
    "$": "(?= /~)",
    "?$": r"(?=.* \?~$)",
    "..": "(?: (?!/~)[^ ]+){0,6}?",
    "...": "(?: [^ ]+){0,14}?",
    ".": " (?!/~)[^ ]+",
    "/": " /~",
    "@": rf"{_GAP}(?: att?~[A-Z]*)?",
}


@dataclass(frozen=True)
class Span:
    """Words `first` (inclusive) to `last` (exclusive) of a unit; `fixed` where the pattern says where to begin."""

    first: int
    last: int
    fixed: bool = False


class Pattern:
    """A compiled pattern; raises KeyError for an unknown class and ValueError for an unknown item."""

    def __init__(self, source: str, classes: Mapping[str, tuple[str, ...]]) -> None:
        self.source = source
        self._fixed = "[" in source.split()
        self._regex = re.compile(_compile(source, classes))
        self._needed = _needed(source, classes)

    def spans(self, unit: Unit) -> Iterator[Span]:
        """The stretches of the unit that the pattern matches, as word indices, not overlapping."""
        if self._needed and self._needed.isdisjoint(unit.norms):
            return
        for match in self._regex.finditer(unit.encoded):
            first = bisect_left(unit.places, match.start("core"))
            last = bisect_left(unit.places, match.end("core"))
            if first < last:
                yield Span(first, last, self._fixed)


def _needed(source: str, classes: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Words of which one must stand in a unit for the pattern to match; empty where that cannot be said."""
    found: list[frozenset[str]] = []
    for item in source.split():
        if item in _FIXED or item[0] in "^[!<." or item[-1] in "?*":
            continue
        parts = (classes[part[1:-1]] if part[0] == "{" else (part,) for part in item.split("|"))
        words = frozenset(word for part in parts for word in part)
        if not any("%" in word or "<" in word for word in words):
            found.append(words)
    return min(found, key=len, default=frozenset())


def _compile(source: str, classes: Mapping[str, tuple[str, ...]]) -> str:
    items = source.split()
    if "[" not in items:
        items.insert(1 if items[0] == "^" else 0, "[")
    return "".join(_item(item, classes) for item in items) + ")"


def _item(item: str, classes: Mapping[str, tuple[str, ...]]) -> str:
    if item == "[":
        return "(?P<core>"
    if item == "^":
        return f"(?<= /~)(?: (?:,|{_words(classes['openers'])}){_FORMS})*"
    if item in _FIXED:
        return _FIXED[item]
    if item.startswith("!"):
        return f"(?!{_item(item[1:], classes)}(?![^ ]))"
    if item[-1] in "?*":
        return f"(?:{_item(item[:-1], classes)}){item[-1]}"
    parts = item.split("|")
    gap = _GAP if _OPENING.intersection(parts) else ""
    return f"{gap} (?:{'|'.join(_alternative(part, classes) for part in parts)})"


def _alternative(part: str, classes: Mapping[str, tuple[str, ...]]) -> str:
    if part.startswith("{") and part.endswith("}"):
        return f"(?:{_words(classes[part[1:-1]])}){_FORMS}"
    if part.startswith("<") and part.endswith(">"):
        return f"[^ ~]+~[A-Z]*{FORM_LETTERS[part[1:-1]]}[A-Z]*"
    if not part or set(part) & set("{}<>()[]^$*"):
        raise ValueError(f"unknown item in a pattern: {part!r}")
    return "".join("[^ ~]*" if char == "%" else re.escape(char) for char in part) + _FORMS


def _words(words: tuple[str, ...]) -> str:
    """Alternatives for a class, in which `pre%` is a prefix."""
    return "|".join("".join("[^ ~]*" if c == "%" else re.escape(c) for c in word) for word in words)
