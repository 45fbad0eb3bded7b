"""Answers to questions about peer support, found among known ways to ask; silent rather than beside the question.

A question becomes features: its words as lemmas (synonyms alike), pairs of them, and the pieces of its words, which
survive slips of the finger. Rare features weigh more, and those that no known question has weigh most, so that
what is asked about something else is far from everything. From its likeness to all known ways to ask, kernel
ridge regression tells which question is asked; the known ways include some that are beside the subject.
"""

import math
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.language.pipelines import LanguageCode, load, lock

LOCALES = Path(__file__).resolve().parents[2] / "locales"

NEAR, CLEAR = 0.30, 0.03
"""Least score of an answer, and least distance to the second; set on "dev" of tests/language/faq_cases.jsonl."""

WEIGHTS = (1.0, 0.6, 0.8)
"""What words, pairs of words and pieces of words weigh against each other."""

RIDGE = 1.0
"""How far the regression may lean on single phrasings; below 1 it trusts them more."""

BESIDE = ""
"""Stands for everything that is asked about something else."""

SMALL = 0.3
"""What a word that says little weighs."""

SHORTEST_SLIP, SLIP = 5, 0.84
"""From how many letters on, and how alike (difflib's ratio), an unknown word is read as a known one."""

LONGEST = 600
FOLDED = str.maketrans({"å": "a", "ä": "a", "ö": "o", "æ": "a", "ø": "o", "é": "e"})


@dataclass(frozen=True)
class Answer:
    """An answer of the list: its id, its text, and its source by title and publisher.

    confidence: 0 to 1, how surely this question is asked.
    """

    id: str
    text: str
    source: str
    confidence: float


Features = dict[str, float]


def _plain(text: str) -> str:
    whole = text[:LONGEST].encode("utf-8", "ignore").decode()
    composed = unicodedata.normalize("NFKC", whole).lower()
    return re.sub(r"(?<=\w)-(?=\w)", "", composed)


def _pieces(word: str) -> Iterator[str]:
    """The three to five letters long pieces of a word, its ends marked; diacritics do not count."""
    marked = f"<{word.translate(FOLDED)}>"
    for size in (3, 4, 5):
        yield from (marked[at : at + size] for at in range(len(marked) - size + 1))


class _Reader:
    """Takes a question apart. `known` is text whose words are taken to be spelt right."""

    def __init__(self, language: LanguageCode, data: dict[str, Any], known: list[str]) -> None:
        self._nlp = load(language)
        self._lock = lock(language)
        self._meaning = {
            word.translate(FOLDED): f"={group[0]}" for group in data["synonyms"] for word in group
        }
        self._ignored = set(data["ignored"])
        self._small = {word.translate(FOLDED) for word in data["small"]}
        self._spelling = {form: lemma for text in known for form, lemma in self._words(text)}

    def _words(self, text: str) -> list[tuple[str, str]]:
        """(form, lemma) of each word, without diacritics; by the word list alone, the rest is not needed here."""
        with self._lock:
            doc = self._nlp.get_pipe("lexicon")(self._nlp.make_doc(_plain(text)))
            words = [(token.text, token.lemma_ or token.text) for token in doc]
        return [
            (form.translate(FOLDED), lemma.translate(FOLDED))
            for form, lemma in words
            if lemma not in self._ignored and any(map(str.isalnum, form))
        ]

    def _meant(self, form: str, lemma: str) -> str:
        """The lemma of a word, or of the known word that it is a slip of."""
        if form in self._spelling:
            return self._spelling[form]
        if len(form) < SHORTEST_SLIP or lemma in self._spelling.values():
            return lemma
        near = get_close_matches(form, self._spelling, n=1, cutoff=SLIP)
        return self._spelling[near[0]] if near else lemma

    def features(self, text: str) -> tuple[Features, Features, Features]:
        """What each word (or what it means), each pair of words and each piece of a word weighs in a text."""
        lemmas = [self._meant(*word) for word in self._words(text)]
        sizes = [SMALL if lemma in self._small else 1.0 for lemma in lemmas]
        means = [self._meaning.get(lemma, lemma) for lemma in lemmas]
        words, pairs, pieces = (defaultdict[str, float](float) for _ in range(3))
        for lemma, meaning, size in zip(lemmas, means, sizes, strict=True):
            words[meaning] += size
            for piece in _pieces(lemma) if size == 1.0 else ():
                pieces[piece] += 1.0
        marked = zip(["^", *means, "$"], [1.0, *sizes, 1.0], strict=True)
        for (one, size), (other, next_size) in pairwise(marked):
            pairs[f"{one} {other}"] += size * next_size
        return words, pairs, pieces


def _rarity(texts: list[Features], owners: list[int]) -> tuple[Features, float]:
    """How telling each feature is, by the share of questions that have it; and how telling an unknown one."""
    owning: dict[str, set[int]] = defaultdict(set)
    for text, owner in zip(texts, owners, strict=True):
        for feature in text:
            owning[feature].add(owner)
    total = len(set(owners)) + 1
    return {feature: math.log(total / (len(own) - 0.5)) for feature, own in owning.items()}, math.log(
        2 * total
    )


class _Index:
    """Cosine likeness to a list of texts by one kind of feature, those weighing more that few questions have."""

    def __init__(self, texts: list[Features], owners: list[int]) -> None:
        self._count = len(texts)
        self._rarity, self._unknown = _rarity(texts, owners)
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row, text in enumerate(texts):
            for feature, weight in self._vector(text).items():
                postings[feature].append((row, weight))
        self._postings = {
            feature: (np.array([row for row, _ in rows]), np.array([weight for _, weight in rows]))
            for feature, rows in postings.items()
        }

    def _vector(self, text: Features) -> Features:
        raw = {name: weight * self._rarity.get(name, self._unknown) for name, weight in text.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {feature: weight / length for feature, weight in raw.items()}

    def likeness(self, text: Features) -> NDArray[np.float64]:
        """The cosine (0 to 1) of `text` to each of the texts."""
        result = np.zeros(self._count)
        for feature, weight in self._vector(text).items():
            if feature in self._postings:
                rows, weights = self._postings[feature]
                result[rows] += weight * weights
        return result


def _read(language: str, name: str) -> dict[str, Any]:
    return tomllib.loads((LOCALES / language / f"{name}.toml").read_text("utf-8"))


def _cited(source: dict[str, str]) -> str:
    """A source as it is shown: title, publisher, and in which language when it is the other."""
    cited = ", ".join([f"”{source['title']}”", *filter(None, [source.get("publisher")])])
    return f"{cited} ({source['note']})" if "note" in source else cited


class Faq:
    """The questions and answers of one language ("sv" or "da"); may be used from several threads."""

    def __init__(self, language: LanguageCode) -> None:
        data, sources = _read(language, "faq"), _read(language, "sources")
        self._questions = {question["id"]: question for question in data["question"]}
        self._sources = {key: _cited(source) for key, source in sources.items()}
        ways = [(text, question["id"]) for question in data["question"] for text in question["phrasings"]]
        self._reader = _Reader(language, data, [text for text, _ in ways])
        self._learn(ways + [(text, BESIDE) for text in data["beside"]])

    def _learn(self, ways: list[tuple[str, str]]) -> None:
        """Kernel ridge regression from the likeness to every known way to ask, to the question that is asked."""
        self._names = list(dict.fromkeys(name for _, name in ways))
        owners = [self._names.index(name) for _, name in ways]
        read = [self._reader.features(text) for text, _ in ways]
        self._indices = [
            _Index([features[kind] for features in read], owners) for kind in range(len(WEIGHTS))
        ]
        kernel = np.array([self._likeness(features) for features in read])
        self._pull = np.linalg.solve(kernel + RIDGE * np.eye(len(ways)), np.eye(len(self._names))[owners])

    def _likeness(self, features: tuple[Features, ...]) -> NDArray[np.float64]:
        kinds = zip(self._indices, features, WEIGHTS, strict=True)
        weighted = [weight * index.likeness(kind) for index, kind, weight in kinds]
        likeness: NDArray[np.float64] = np.sum(weighted, axis=0) / sum(WEIGHTS)
        return likeness

    def ranked(self, text: str) -> list[tuple[str, float]]:
        """Every question's id (and BESIDE) with how far `text` asks it, about 0 to 1, the likeliest first."""
        scores = self._likeness(self._reader.features(text)) @ self._pull
        return [(self._names[n], float(scores[n])) for n in np.argsort(-scores, kind="stable")]

    def answer(self, text: str) -> Answer | None:
        """The answer to a question, or None when no known question is near enough. Any text is allowed."""
        (name, score), (_, second), *_ = self.ranked(text)
        if name == BESIDE or score < NEAR or score - second < CLEAR:
            return None
        found = self._questions[name]
        return Answer(name, found["answer"].strip(), self._sources[found["source"]], min(score, 1.0))
