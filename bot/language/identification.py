"""Which language a message is in: Swedish, Danish, or something else.

langdetect (restricted to the languages at hand, seeded) is one witness among many: letters, function words and
pieces of words weigh in, and what the person wrote before decides where a message alone cannot.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import langdetect
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from bot.language.ngrams import FEATURES, pieces
from bot.language.spelling import clean, words

Language = Literal["sv", "da", "other"]

WITNESSED = ("sv", "da", "no", "en", "de", "nl", "fi", "fr", "es", "pl")
BORDERLESS = frozenset({"hej", "hey", "hi", "hallo"})
_LETTER = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"\S+@\S+|(https?://|www\.)\S+|[\w-]+\.(se|dk|com|org|net|no)\b\S*")
_READ = 400
NORWEGIAN = 1.5
"""How much heavier Norwegian weighs than the classifier says: Danish is learnt from more text (set on dev)."""
FOREIGN = 4.0
"""How much langdetect's certainty that a message is from further away weighs (set on dev)."""
_NAMES = frozenset(Path(__file__).with_name("names.txt").read_text("utf-8").split())


def language_features(text: str) -> Iterator[tuple[str, float]]:
    """What tells languages apart in a message: its words, pairs and pieces of words, and langdetect's opinion."""
    plain = re.sub(r"(.)\1{2,}", r"\1", re.sub(r"\d+", "0", _ADDRESS.sub(" ", clean(text[:_READ]))))
    tokens = [token for token in words(plain) if _LETTER.match(token)]
    yield f"n{min(len(tokens), 6)}", 1.0
    for token in tokens:
        yield f"w{token}", 1.0
        yield from pieces(f" {token[:30]} ", 1, 5, 0.5)
    for left, right in pairwise(tokens):
        yield f"b{left} {right}", 1.0
    for language, probability in witness(" ".join(tokens)).items():
        yield f"d{language}", 10.0 * probability


FEATURES["language"] = language_features


def witness(text: str) -> dict[str, float]:
    """langdetect's probability of each of `WITNESSED` for the text; empty where it has nothing to go on."""
    detector = _witness().create()
    detector.append(text)
    try:
        return {guess.lang: guess.prob for guess in detector.get_probabilities()}
    except LangDetectException:
        return {}


@cache
def _witness() -> DetectorFactory:
    factory = DetectorFactory()
    factory.set_seed(0)
    profiles = Path(langdetect.__file__).parent / "profiles"
    factory.load_json_profile([(profiles / name).read_text("utf-8") for name in WITNESSED])
    return factory


def decide(
    text: str, scores: Mapping[str, float], history: Mapping[str, int] | None = None
) -> tuple[Language, float]:
    """The language and how sure that is (0..1), from the classifier's `scores` (sv, da, no, other).

    `history` counts the person's earlier messages by language; it tips what is close and settles what is shared.
    """
    tokens = [token for token in words(_ADDRESS.sub(" ", clean(text[:_READ]))) if _LETTER.match(token)]
    if all(token in _NAMES for token in tokens):
        return "other", 1.0
    past = history or {}
    sv, da = (scores[language] * (1 + min(past.get(language, 0), 8)) for language in ("sv", "da"))
    if all(token in BORDERLESS for token in tokens):
        return ("da", 0.5) if da > sv and past else ("sv", 0.5)
    heard = witness(" ".join(tokens))
    foreign = 1 - sum(heard.get(language, 0.0) for language in ("sv", "da", "no")) if heard else 0.0
    other = NORWEGIAN * scores["no"] + (1 + FOREIGN * foreign) * scores["other"]
    total = sv + da + other
    shares: dict[Language, float] = {"sv": sv / total, "da": da / total, "other": other / total}
    likeliest = max(shares, key=lambda language: shares[language])
    return likeliest, shares[likeliest]
