"""Putting the features right: of a word that is known, only those that its form can have."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Token

from .lexicon import UNKNOWN, Lexicon

OFTEN, OFTEN_CLASS = 2, 4
"""Occurrences of a form, and of a lexicon class, that tell all the features that it can have."""
RARE = 0.02
"""What a class has in a smaller share of its occurrences is taken for an error of the treebank."""
Features = Mapping[str, list[str]]


@Language.factory("peerbot_features", assigns=["token.morph"])
def make_feature_component(nlp: Language, name: str) -> FeatureComponent:
    return FeatureComponent()


class FeatureComponent:
    """Pipeline component after the morphologizer and the lexicon that replaces features a word cannot have.

    What it can have is known from the form's occurrences in the treebank, or from those of its lexicon class.
    """

    def __init__(self) -> None:
        self.known: Features = {}

    def remember(self, words: Iterable[tuple[str, str, str]], lexicon: Lexicon) -> None:
        """Learn from (form, part of speech, features)."""
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        classes: dict[str, Counter[str]] = defaultdict(Counter)
        for form, pos, morph in words:
            forms[f"{form.lower()}/{pos}"][morph] += 1
            entry = lexicon.find(form.lower())
            if entry and entry.paradigm != UNKNOWN:
                classes[f"={entry.word_class}/{pos}"][morph] += 1
        sure = {key: by_count(found) for key, found in forms.items() if found.total() >= OFTEN}
        self.known = sure | {
            key: by_count(found, RARE) for key, found in classes.items() if found.total() >= OFTEN_CLASS
        }

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            possible = self.possible(token)
            if possible and str(token.morph) not in possible:
                token.set_morph(nearest(str(token.morph), possible))  # type: ignore[attr-defined]
        return doc

    def possible(self, token: Token) -> list[str]:
        """The features that the token can have, the most frequent first; nothing if it is not known."""
        form = self.known.get(f"{token.lower_}/{token.pos_}")
        return form or self.known.get(f"={token.tag_}/{token.pos_}", [])

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        path.mkdir(parents=True, exist_ok=True)
        with gzip.GzipFile(path / "known.json.gz", "wb", mtime=0) as file:
            file.write(json.dumps(self.known, ensure_ascii=False, sort_keys=True).encode())

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> FeatureComponent:
        with gzip.open(Path(path) / "known.json.gz", "rt", encoding="utf-8") as file:
            self.known = json.load(file)
        return self


def by_count(found: Counter[str], least: float = 0.0) -> list[str]:
    total = found.total()
    return [features for features, n in found.most_common() if n >= least * total]


def nearest(features: str, possible: list[str]) -> str:
    """The first of the possible ones that shares most with ``features``."""
    wanted = set(features.split("|"))
    return max(
        possible, key=lambda other: len(wanted & set(other.split("|"))) - len(wanted ^ set(other.split("|")))
    )
