"""Reads a chat message the way the rules see it: normalised words, verb forms and clause boundaries.

Spelling noise is undone in `Word.norm` only; `start` and `end` always point into the text as it was typed.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.language.rules.lexicon import Lexicon

# A word may hold combining marks, zero-width joiners, and a hyphen, apostrophe or colon between letters.
_MARKS = "\u0300-\u036f\u200b-\u200d\u2060\ufeff"
_WORD = re.compile(rf"(?:[^\W_][{_MARKS}]*)+(?:[-'’:](?:[^\W_][{_MARKS}]*)+)*")
_TOKEN = re.compile(rf"{_WORD.pattern}|[.!?…]+|\n+|[^\w\s]|_")
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff]")
_ELONGATED = re.compile(r"(\w)\1{2,}")
_ABBREVIATION = re.compile(r"\b(?:kl|ca|bl|ex|eks|nr|osv|mvh|fx|[^\W\d_])$", re.IGNORECASE)
_HARD = re.compile(r"[.!?…]+|\n+|[;:()\[\]\"”“»«–—•|/*]")


@dataclass(frozen=True, slots=True)
class Word:
    """One token: its place in the text, its normalised form and the letters of its possible verb forms."""

    start: int
    end: int
    norm: str
    forms: str


@dataclass(frozen=True, slots=True)
class Clause:
    """Words `first` (inclusive) to `last` (exclusive) of a unit; openers such as "men" stand before `body`."""

    first: int
    body: int
    last: int


class Unit:
    """A stretch of text between strong punctuation: its words and where its clauses begin.

    `ends_with` is the punctuation that closes it ("?", "!", ... or "").
    """

    def __init__(self, words: list[Word], ends_with: str, lexicon: Lexicon) -> None:
        self.words = words
        self.ends_with = ends_with
        self.clauses = list(_clauses(words, lexicon))

    @cached_property
    def norms(self) -> frozenset[str]:
        """The normalised words of the unit."""
        return frozenset(word.norm for word in self.words)

    @property
    def encoded(self) -> str:
        """The unit as one string for the patterns: ` word~FORMS` for a word, ` /~` where a clause begins."""
        return self._encoding[0]

    @property
    def places(self) -> list[int]:
        """Where in `encoded` each word begins."""
        return self._encoding[1]

    @cached_property
    def _encoding(self) -> tuple[str, list[int]]:
        starts = {clause.first for clause in self.clauses}
        parts: list[str] = []
        places: list[int] = []
        length = 0
        for index, word in enumerate(self.words):
            if index in starts:
                parts.append(" /~")
                length += 3
            places.append(length)
            parts.append(f" {word.norm}~{word.forms}")
            length += len(parts[-1])
        parts.append(" /~")
        if self.ends_with:
            parts.append(f" {self.ends_with[0]}~")
        return "".join(parts), places

    def clause_of(self, index: int) -> Clause:
        """The clause that holds the word `index`."""
        return self.clauses[bisect_right(self.clauses, index, key=lambda clause: clause.first) - 1]


def read(text: str, lexicon: Lexicon) -> list[Unit]:
    """Divide a text of any kind into units; a text without words gives an empty list."""
    units: list[Unit] = []
    words: list[Word] = []

    def close(mark: str) -> None:
        if any(word.norm != "," for word in words):
            units.append(Unit(_settle(words, lexicon), mark, lexicon))
        words.clear()

    for match in _TOKEN.finditer(text):
        found = match.group()
        if _WORD.match(found):
            words.extend(_words(match, lexicon))
        elif found == "," and words:
            words.append(Word(match.start(), match.end(), ",", ""))
        elif _HARD.fullmatch(found) and not _is_inner(text, match):
            close(found)
        elif not _HARD.fullmatch(found) and unicodedata.category(found) == "So":
            close("")
    close("")
    return units


def _settle(words: list[Word], lexicon: Lexicon) -> list[Word]:
    """Read words that are a subject only before a verb ("ja" for "jag") by what follows them."""
    settled = list(words)
    for index, (word, following) in enumerate(pairwise(words)):
        subject = lexicon.noise_subject.get(word.norm)
        if subject and "F" in following.forms:
            settled[index] = Word(word.start, word.end, subject, lexicon.forms(subject))
    return settled


def _is_inner(text: str, match: re.Match[str]) -> bool:
    """Whether a point or colon stands inside a clock time, a date, or a short abbreviation such as "kl." """
    if match.group() not in {".", ":"}:
        return False
    before, after = text[: match.start()], text[match.end() :]
    if before[-1:].isdigit() and re.match(r"\d| [a-zåäöæø]", after):
        return True
    return match.group() == "." and bool(_ABBREVIATION.search(before[-6:]))


def _words(match: re.Match[str], lexicon: Lexicon) -> Iterator[Word]:
    norm = normalise(match.group(), lexicon.noise, lexicon.known)
    yield Word(match.start(), match.end(), norm, lexicon.forms(norm))


def normalise(token: str, noise: Mapping[str, str], known: frozenset[str] = frozenset()) -> str:
    """Lower-case a token, undo stretched letters ("duuu") and known chat spellings ("ik", "nåt")."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", token)).lower().replace("’", "'")
    if _ELONGATED.search(plain):
        once, twice = _ELONGATED.sub(r"\1", plain), _ELONGATED.sub(r"\1\1", plain)
        plain = twice if twice in known and once not in known else once
    return noise.get(plain, plain)


def _clauses(words: list[Word], lexicon: Lexicon) -> Iterator[Clause]:
    starts = [0] + [i for i in range(1, len(words)) if _begins_clause(words, i, lexicon)]
    for first, last in zip(starts, [*starts[1:], len(words)], strict=True):
        body = first
        while body < last - 1 and (words[body].norm == "," or words[body].norm in lexicon.openers):
            body += 1
        yield Clause(first, body, last)


def _begins_clause(words: list[Word], i: int, lexicon: Lexicon) -> bool:
    word, before = words[i].norm, words[i - 1].norm
    if before == ",":
        return not _inside_relative(words, i - 1, lexicon)
    if word == ",":
        return False
    if word in lexicon.contrast:
        return True
    if word in lexicon.subordinators and before not in lexicon.openers and _has_subject(words, i + 1):
        return True
    if word in lexicon.conjunctions:
        return _starts_anew(words, i + 1)
    return before not in lexicon.linking and _runs_on(words, i)


def _inside_relative(words: list[Word], comma: int, lexicon: Lexicon) -> bool:
    """Whether a comma opens or closes a relative clause or a list, and so belongs inside a clause."""
    following = words[comma + 1].norm
    if following in lexicon.relative:
        return True
    if not _has_verb(words, comma + 1):
        return following not in lexicon.openers
    if (
        following in lexicon.subordinators
        or following in lexicon.conjunctions
        or following in lexicon.contrast
    ):
        return False
    opened = [
        i
        for i in range(comma)
        if words[i].norm == "," and i + 1 < comma and words[i + 1].norm in lexicon.relative
    ]
    return len(opened) == 1 and "F" in "".join(word.forms for word in words[comma + 1 : comma + 3])


def _has_verb(words: list[Word], i: int) -> bool:
    """Whether a verb stands between word i and the next comma."""
    for word in words[i:]:
        if word.norm == ",":
            return False
        if word.forms.strip("S"):
            return True
    return False


def _has_subject(words: list[Word], i: int) -> bool:
    """Whether a subject and a finite verb follow from word i on ("du borde", "hela din familj säger")."""
    rest = words[i : i + 6]
    if not rest or ("N" in rest[0].forms and "S" not in rest[0].forms and "F" not in rest[0].forms):
        return False
    if "S" in rest[0].forms:
        return any("F" in word.forms for word in rest[1:4])
    return any("F" in word.forms and "N" not in word.forms for word in rest[1:4]) and rest[0].norm != ","


def _starts_anew(words: list[Word], i: int) -> bool:
    """Whether a clause with a subject or an imperative of its own follows a coordinating conjunction."""
    if i >= len(words):
        return False
    if "S" in words[i].forms:
        return _has_subject(words, i)
    inverted = any("S" in word.forms for word in words[i + 1 : i + 4])
    if inverted and any("F" in word.forms for word in words[i : i + 2]):
        return True
    return words[i].forms == "I" and not any("I" in word.forms for word in words[max(0, i - 8) : i - 1])


def _runs_on(words: list[Word], i: int) -> bool:
    """Whether an unpunctuated new clause begins: subject and finite verb, with a verb already behind them."""
    if "S" not in words[i].forms or "S" in words[i - 1].forms:
        return False
    if not any("F" in word.forms for word in words[i + 1 : i + 3]):
        return False
    behind = words[max(0, i - 10) : i]
    if "F" in words[i - 1].forms and not any("S" in word.forms for word in behind[:-1]):
        return False
    return any("F" in word.forms or "I" in word.forms for word in behind)
