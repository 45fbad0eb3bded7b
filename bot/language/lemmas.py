"""Putting the lemmas right: what the treebank has taught, then what the lexicon knows, then what the model guesses."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Token

from .lexicon import Lexicon, LexiconComponent

LOOKED_UP = frozenset({"NOUN", "VERB", "ADJ"})
CLEAR = 0.8
"""The share of a form's occurrences that must have one lemma for it to be remembered."""


@Language.factory("peerbot_lemmas", assigns=["token.lemma"])
def make_lemma_component(nlp: Language, name: str) -> LemmaComponent:
    return LemmaComponent(nlp)


class LemmaComponent:
    """Pipeline component after a trained lemmatizer whose lemmas keep the capital of a first letter.

    Names keep it and lose a genitive *-s*; of other words a remembered lemma (by form and part of speech) is taken,
    else that of the lexicon, else the lemmatizer's.
    """

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self.remembered: Mapping[str, str] = {}

    def remember(self, words: Iterable[tuple[str, str, str]]) -> None:
        """Learn from (form, part of speech, lemma)."""
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for form, pos, lemma in words:
            seen[f"{form.lower()}/{pos}"][lemma] += 1
        best = {key: found.most_common(1)[0] for key, found in seen.items()}
        self.remembered = {key: lemma for key, (lemma, n) in best.items() if n >= CLEAR * seen[key].total()}

    def __call__(self, doc: Doc) -> Doc:
        component = self._nlp.get_pipe("lexicon") if self._nlp.has_pipe("lexicon") else None
        lexicon = component.lexicon if isinstance(component, LexiconComponent) else None
        for token in doc:
            token.lemma_ = name_lemma(token) if token.pos_ == "PROPN" else self._lemma(token, lexicon)
        return doc

    def _lemma(self, token: Token, lexicon: Lexicon | None) -> str:
        remembered = self.remembered.get(f"{token.lower_}/{token.pos_}")
        if remembered is not None:
            return remembered
        if lexicon and token.pos_ in LOOKED_UP and "VerbForm=Part" not in token.morph:
            entry = lexicon.find(token.lower_)
            if entry:
                return entry.lemma(token.lower_)
        return token.lemma_ if token.text[1:] != token.text[1:].lower() else token.lemma_.lower()

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        path.mkdir(parents=True, exist_ok=True)
        with gzip.GzipFile(path / "remembered.json.gz", "wb", mtime=0) as file:
            file.write(json.dumps(self.remembered, ensure_ascii=False, sort_keys=True).encode())

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> LemmaComponent:
        with gzip.open(Path(path) / "remembered.json.gz", "rt", encoding="utf-8") as file:
            self.remembered = json.load(file)
        return self


def name_lemma(token: Token) -> str:
    whole = token.lemma_ == token.text
    return (
        token.text[:-1] if whole and "Case=Gen" in token.morph and token.text.endswith("s") else token.lemma_
    )
