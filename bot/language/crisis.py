"""Danger to life in a message: two independent witnesses, rules as data and a trained classifier, and a verdict.

A missed danger is far worse than a false alarm. The rules read folded text, so that spacing, stretched letters and
missing diacritics hide nothing; the classifier knows what no list foresees; each can raise the alarm alone.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.language.spelling import fold, normalise

Crisis = Literal["acute", "unclear", "none"]

LOCALES = Path(__file__).parents[2] / "locales"
_GAP = r"(?:\w+\W+){0,4}?"
_PLAIN = str.maketrans("åäöæøé", "aaoaoe")
_SPELT_OUT = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){2,}(?!\w)")
_SENTENCE = re.compile(r"[^.!?\n…]+[.!?…]*")
LONGEST_WHOLE, LONGEST_PIECE = 60, 40
FEW = 3


@dataclass(frozen=True)
class Signs:
    """What the rules saw in a text: words of danger, words that calm them, words of despair."""

    acute: bool
    calm: bool
    unclear: bool


@dataclass(frozen=True)
class Thresholds:
    """From which probability of danger (0..1) the classifiers raise the alarm, by what the rules saw.

    Set on dev to dev5, for recall: a danger that is missed is far worse than a false alarm.
    """

    alone: float = 0.15
    with_acute: float = 0.05
    against_calm: float = 0.35
    unclear: float = 0.3
    brief: float = 0.7
    """For a few words without a sign of danger ("that will do"), which say too little to be guessed at."""


class CrisisRules:
    """The patterns of all languages, read together: people in danger mix languages."""

    def __init__(self, files: Sequence[Path]) -> None:
        found: dict[str, list[str]] = {"acute": [], "calm": [], "unclear": []}
        for path in files:
            for kind, rules in tomllib.loads(path.read_text("utf-8")).items():
                found[kind] += [pattern for rule in rules for pattern in rule["patterns"]]
        self._patterns = {kind: any_of(patterns) for kind, patterns in found.items()}

    @classmethod
    def load(cls) -> "CrisisRules":
        """The rules of the Swedish, Danish and English locales."""
        return cls([LOCALES / language / "crisis.toml" for language in ("sv", "da", "en")])

    def signs(self, text: str) -> Signs:
        """What the rules see in the text, of any length or script."""
        plain = unfolded(text)
        seen = {kind: bool(pattern.search(plain)) for kind, pattern in self._patterns.items()}
        return Signs(**seen)


def unfolded(text: str) -> str:
    """Folded text with letters that were spelt out one by one joined again ("v i l l")."""
    joined = _SPELT_OUT.sub(lambda spelt: re.sub(r"[ .\-_*]", "", spelt[0]), normalise(text).strip())
    return fold(joined)


def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """The patterns of the data files as one regular expression over folded text, at word boundaries."""
    return re.compile(rf"(?<!\w)(?=\w)(?:{'|'.join(map(_translated, patterns))})(?!\w)")


def _translated(pattern: str) -> str:
    folded = re.sub(r"(\\.)|([a-z])\2", r"\1\2", pattern.lower().translate(_PLAIN)).replace("(", "(?:")
    for written, meant in (("... ", _GAP), ("~", r"\w*"), (" ?", r"\W*"), (" ", r"\W+")):
        folded = folded.replace(written, meant)
    return folded


def windows(text: str) -> list[str]:
    """The stretches of a message to judge on their own: a long one must not drown its one grave sentence."""
    if len(text.split()) <= LONGEST_WHOLE:
        return [text]
    sentences = [found.strip() for found in _SENTENCE.findall(text) if found.strip()]
    pairs = (" ".join(sentences[at : at + 2]).split() for at in range(len(sentences)))
    return list(dict.fromkeys(piece for pair in pairs for piece in _pieces(pair)))


def _pieces(words: Sequence[str]) -> Iterator[str]:
    """The words in overlapping pieces."""
    for start in range(0, max(1, len(words) - LONGEST_PIECE // 2), LONGEST_PIECE // 2):
        yield " ".join(words[start : start + LONGEST_PIECE])


def verdict(stretch: str, signs: Signs, scores: Mapping[str, float], limits: Thresholds) -> Crisis:
    """The label of a stretch from both witnesses; `scores` are the classifiers' for acute, unclear and none."""
    danger, brief = scores["acute"], len(stretch.split()) <= FEW
    if signs.calm:
        limit = limits.against_calm
    elif signs.acute:
        limit = limits.with_acute
    else:
        limit = limits.brief if brief else limits.alone
    if danger >= limit:
        return "acute"
    doubt = limits.brief if brief else limits.unclear
    if signs.unclear or danger + scores["unclear"] >= doubt or (signs.acute and not signs.calm):
        return "unclear"
    return "none"
