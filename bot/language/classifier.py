"""The trained component of the language feedback: two witnesses for each clause, and how far to trust them.

One is the encoder (`bot.language.encoder`), which knows more words than our messages use. The other is a logistic
regression for each category over what rules, morphology and words show, which learns from few examples. What it
knows of a clause is a set of named features: its words and word pairs, the same with content words replaced by
their class or part of speech, letters (for misspelt words), what stands around it, and which rules and exemptions
touch it. A small regression more says whether two neighbouring flagged clauses are one stretch. Features are hashed,
so nothing but the weights has to be kept (`models/feedback/<language>/weights.npz`, made by
`bot.language.training.feedback`).
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.language.findings import CATEGORIES, Language, Setting
from bot.language.rules.families import Hit, RuleSet, exempted, hits
from bot.language.rules.lexicon import MODELS, load_lexicon
from bot.language.rules.patterns import Span
from bot.language.rules.reading import Unit, Word

BUCKETS = 1 << 19
STRUCTURAL = (
    BUCKETS // 2
)  # from here on: rules, exemptions and kinds of words, which are trusted more than words
CLASSES = (
    "names",
    "prof",
    "med",
    "diag",
    "negadj",
    "peerwork",
    "third",
    "group",
    "people",
    "superlative",
    "say",
)
_WORD_CLASSES = ("modals", "subjects", "neg", "wh", "conjunctions", "subordinators", "joining", "promised")

# The part of speech and the telling feature of each word, by the character at which it begins.
Tags = Mapping[int, str]


@dataclass(frozen=True)
class Candidate:
    """A clause that may be flagged: its unit, its number there, and its words (openers and end commas outside)."""

    unit: int
    clause: int
    span: Span


def candidates(units: Sequence[Unit]) -> Iterator[Candidate]:
    """The clauses of a text, in order; those of openers and commas alone are left out."""
    for number, unit in enumerate(units):
        for place, clause in enumerate(unit.clauses):
            end = clause.last
            while end > clause.body and unit.words[end - 1].norm == ",":
                end -= 1
            if end > clause.body:
                yield Candidate(number, place, Span(clause.body, end))


class Placed(Protocol):
    """Something that lies in a unit."""

    @property
    def unit(self) -> int: ...
    @property
    def span(self) -> Span: ...


def place(units: Sequence[Unit], placed: Placed) -> tuple[int, int]:
    """Where it begins and ends in the text, in characters."""
    words = units[placed.unit].words
    return words[placed.span.first].start, words[placed.span.last - 1].end


class Describer:
    """Names the features of the candidates of one text."""

    def __init__(self, units: Sequence[Unit], tags: Tags, rules: RuleSet, setting: Setting) -> None:
        self._units = units
        self._setting = setting
        self._kinds = [[kind(word, tags, rules.language) for word in unit.words] for unit in units]
        self.hits: list[list[Hit]] = [list(hits(unit, rules, setting)) for unit in units]
        self._exempted = [exempted(unit, rules, setting) for unit in units]

    def features(self, candidate: Candidate) -> list[str]:
        """The features of a candidate, as strings, some more than once."""
        unit = self._units[candidate.unit]
        first, last = candidate.span.first, candidate.span.last
        words = [word.norm for word in unit.words[first:last]]
        kinds = self._kinds[candidate.unit][first:last]
        inner = [*_of_words(words), *_of_kinds(kinds), *_of_letters(words)]
        around = [*self._around(candidate), *self._rules(candidate)]
        named = [*inner, *around, f"n{min(len(words), 12)}"]
        if self._setting == "reflection":
            named += ["§" + name for name in named]
        return named

    def _around(self, candidate: Candidate) -> Iterator[str]:
        unit, kinds = self._units[candidate.unit], self._kinds[candidate.unit]
        first, last = candidate.span.first, candidate.span.last
        yield f"end{unit.ends_with[:1]}{last == len(unit.words)}"
        before, after = kinds[:first], kinds[last:]
        yield from (f"<{name}" for name in _ngrams(["^", *before][-4:]))
        yield from (f"<<{unit.words[i].norm}" for i in range(max(0, first - 8), first))
        yield from (f">{name}" for name in _ngrams([*after, "$"][:3]))
        yield f"at{candidate.unit == 0}{first == 0}"
        if candidate.unit + 1 < len(self._units):
            yield from (f">>{name}" for name in _ngrams(self._kinds[candidate.unit + 1][:3]))
        if candidate.unit:
            yield from (f"<<<{name}" for name in _ngrams(self._kinds[candidate.unit - 1][:4]))

    def _rules(self, candidate: Candidate) -> Iterator[str]:
        for hit in self.hits[candidate.unit]:
            if hit.span.first < candidate.span.last and candidate.span.first < hit.span.last:
                holds = not self.lifted(candidate.unit, hit.family.category, hit.span)
                yield f"R{hit.family.id}{holds}"
                for category in filter(None, (hit.family.category, hit.family.also)):
                    yield f"R{category}{holds}"
        for category in CATEGORIES:
            for name in self.lifted(candidate.unit, category, candidate.span):
                yield f"X{name}{category}"

    def lifted(self, unit: int, category: str, span: Span) -> list[str]:
        """The exemptions that lift a category on a span of a unit."""
        return [
            name
            for name, scope in self._exempted[unit].get(category, ())
            if scope.first < span.last and span.first < scope.last
        ]


def kind(word: Word, tags: Tags, language: Language) -> str:
    """What sort of word it is: itself for a function word, else its class or part of speech; "" for an adverb."""
    known = word_kinds(language).get(word.norm)
    if known is not None:
        return known
    for name, endings in (("MED", _MEDICINE), ("DIAG", _DIAGNOSIS)):
        if word.norm.endswith(endings):
            return name
    tag = tags.get(word.start, "?")
    return "NAMES" if tag.startswith("PROPN") else tag + ("I" if "I" in word.forms else "")


_MEDICINE = (
    "medicin",
    "medicinen",
    "tabletter",
    "tabletterna",
    "tabletterne",
    "piller",
    "pillerne",
    "pillren",
)
_DIAGNOSIS = ("depression", "syndrom", "störning", "forstyrrelse", "psykos", "psykose", "fobi", "demens")


@cache
def word_kinds(language: Language) -> dict[str, str]:
    """Word to kind, for the words of the lexicon's classes."""
    classes = load_lexicon(language).classes
    kinds = {word: "" for word in (*classes["adv"], ",")}
    for name in CLASSES:
        kinds |= {word: name.upper() for word in classes[name]}
    for name in _WORD_CLASSES:
        kinds |= {word: word for word in classes[name]}
    return kinds


def _of_words(words: Sequence[str]) -> Iterator[str]:
    bare = [word for word in words if word != ","]
    yield from (f"w{word}" for word in bare)
    framed = ["^", *bare, "$"]
    yield from (f"b{one} {two}" for one, two in pairwise(framed))
    yield from (
        f"t{one} {two} {three}" for one, two, three in zip(framed, framed[1:], framed[2:], strict=False)
    )
    yield from (f"h{one} {two}" for one, two in zip(bare, bare[2:], strict=False))
    yield f"f{' '.join(bare[:1])}"


def _of_kinds(kinds: Sequence[str]) -> Iterator[str]:
    framed = ["^", *(name for name in kinds if name), "$"]
    for size in (1, 2, 3, 4):
        yield from (f"k{' '.join(framed[i : i + size])}" for i in range(len(framed) - size + 1))
    telling = [
        name for name in framed if (name.isupper() and "." not in name) or name in {"du", "jag", "jeg"}
    ]
    yield from (f"p{one} {two}" for i, one in enumerate(telling) for two in telling[i + 1 : i + 4])


def _of_letters(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if len(word) > 4:
            padded = f"<{word}>"
            yield from (f"l{padded[i : i + 4]}" for i in range(len(padded) - 3))


def _ngrams(names: Sequence[str]) -> Iterator[str]:
    yield from names
    yield from (f"{one} {two}" for one, two in pairwise(names))


def buckets(names: Sequence[str]) -> NDArray[np.int64]:
    """The hash buckets of features, each once, sorted."""
    return np.unique(
        np.fromiter((zlib.crc32(name.encode()) % BUCKETS for name in names), np.int64, len(names))
    )


def join_features(unit: Unit, first: Candidate, second: Candidate, category: str) -> list[str]:
    """What tells whether two neighbouring clauses of a unit, both flagged, are one stretch."""
    one = unit.words[first.span.first : first.span.last]
    other = unit.words[second.span.first : second.span.last]
    between = " ".join(word.norm for word in unit.words[first.span.last : second.span.first])
    follows = other[1].norm if len(other) > 1 else ""
    plain = [
        f"m{between}",
        f"x{other[0].norm}",
        f"f{other[0].forms}",
        f"y{one[0].norm}",
        f"g{one[0].forms}",
        f"e{one[-1].norm}",
        f"q{follows}",
        f"p{one[0].forms}|{other[0].forms}",
        f"l{min(len(one), 5)}",
        f"k{min(len(other), 6)}",
        f"h{any('F' in word.forms for word in one)}",
    ]
    return ["", *plain, *(f"{category}{name}" for name in ("", *plain[:2]))]


@dataclass(frozen=True)
class Classifier:
    """Weights (buckets by categories), a bias, trust and a threshold for each category, and the weights of joining.

    `trust` has a row for the regression, one for the encoder, and a constant.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    trust: NDArray[np.float32]
    joining: NDArray[np.float32]
    thresholds: dict[str, float]

    def probabilities(self, names: Sequence[str], encoded: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probability of each category (in the order of CATEGORIES) for a clause.

        `names` are its features, `encoded` what the encoder says of it (log odds).
        """
        seen = self.weights[buckets(names)].sum(axis=0) + self.bias
        result: NDArray[np.float32] = 1 / (1 + np.exp(-together(self.trust, seen, encoded)))
        return result

    def joins(self, names: Sequence[str]) -> bool:
        """Whether two neighbouring flagged clauses with these join features are one stretch."""
        return bool(self.joining[buckets(names)].sum() > 0)


def together(trust: NDArray[Any], seen: NDArray[Any], encoded: NDArray[Any]) -> NDArray[Any]:
    """The log odds of both witnesses together; the last axis is that of the categories."""
    joined: NDArray[Any] = trust[0] * seen + trust[1] * encoded + trust[2]
    return joined


@cache
def load_classifier(language: Language) -> Classifier:
    """Load the trained weights; raises FileNotFoundError when they were not made yet."""
    with np.load(MODELS / language / "weights.npz") as stored:
        return Classifier(
            weights=_spread(stored["rows"], stored["values"]),
            bias=stored["bias"],
            trust=stored["trust"],
            joining=_spread(stored["join_rows"], stored["join_values"]),
            thresholds=dict(zip(CATEGORIES, stored["thresholds"].tolist(), strict=True)),
        )


def _spread(rows: NDArray[np.int32], values: NDArray[np.float16]) -> NDArray[np.float32]:
    """Stored rows of weights, put in their buckets among zeros."""
    spread = np.zeros((BUCKETS, *values.shape[1:]), np.float32)
    spread[rows] = values
    return spread
