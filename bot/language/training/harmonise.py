"""Bringing treebanks of one language into line with the one that is the measure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from .treebank import CLOSING, Sentence, Word, join_features

NOT_LEARNED = frozenset({"Typo", "ExtPos", "Foreign", "Abbr"})
"""Features that tell about the text rather than the word's form."""
RELATIVE_OR_INTERROGATIVE = "Int,Rel"
TIMES_SEEN = 3
BEFORE_CLOSING = frozenset(",.?!")
Usage = dict[tuple[str, str], tuple[str, str]]


def usage(sentences: Iterable[Sentence]) -> Usage:
    """(form, part of speech) to (features, lemma), for what the sentences always analyse in one way."""
    seen: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for word in (word for sentence in sentences for word in sentence):
        seen[word.form.lower(), word.pos][word.morph, word.lemma] += 1
    return {
        key: next(iter(found))
        for key, found in seen.items()
        if len(found) == 1 and found.total() >= TIMES_SEEN and key[1] != "PROPN"
    }


def swedish(sentence: Sentence, talbanken: Usage) -> Sentence:
    """A sentence of PUD or SweLL in the manner of Talbanken."""
    question = sentence[-1].form == "?"
    return tuple(_as_used(replace(w, morph=_swedish_features(w, question)), talbanken) for w in sentence)


def _as_used(word: Word, reference: Usage) -> Word:
    known = reference.get((word.form.lower(), word.pos))
    return replace(word, morph=known[0], lemma=known[1]) if known else word


def _swedish_features(word: Word, question: bool) -> str:
    features = {name: value for name, value in word.features.items() if name not in NOT_LEARNED}
    if features.get("PronType") == RELATIVE_OR_INTERROGATIVE:
        if word.pos in {"PRON", "DET"}:
            features["PronType"] = "Int" if question else "Rel"
        else:
            del features["PronType"]
    if word.pos == "NUM":
        features = {"Case": "Nom", **features, "NumType": "Card"}
    if word.pos == "PROPN":
        features = {"Case": features.get("Case", "Nom")}
    if features.get("Poss") == "Yes":
        features.pop("Case", None)
    if word.form.lower() in {"inte", "icke", "ej"}:
        features["Polarity"] = "Neg"
    if is_deponent(word):
        features.pop("Voice", None)
    return join_features(features)


def is_deponent(word: Word) -> bool:
    """A verb that has only s-forms, such as *finnas* and *hoppas*; Talbanken gives these no voice."""
    return (
        word.pos == "VERB" and word.lemma.endswith("as") and word.form.lower() != word.lemma.removesuffix("s")
    )


def close_quotes(sentence: Sentence) -> Sentence:
    """With quotation marks next to what they enclose; the Danish conversion has spaces on both sides of each."""
    words = list(sentence)
    opened = False
    for n, word in enumerate(words):
        if word.form != '"':
            continue
        closes = n > 0 and (opened or n == len(words) - 1 or words[n - 1].form in BEFORE_CLOSING)
        if closes:
            words[n - 1] = replace(words[n - 1], space=False)
        follower = words[n + 1].form if n + 1 < len(words) else ""
        words[n] = replace(word, space=closes and follower not in CLOSING)
        opened = not closes
    return tuple(words)


def plain(sentence: Sentence) -> Sentence:
    """The sentence without features that tell about the text rather than the word."""
    return tuple(
        replace(w, morph=join_features({k: v for k, v in w.features.items() if k not in NOT_LEARNED}))
        for w in sentence
    )
