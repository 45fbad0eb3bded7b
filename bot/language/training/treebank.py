"""Sentences with their analysis: reading CoNLL-U, and turning sentences into spaCy documents."""

from __future__ import annotations

import bz2
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

CLOSING = frozenset(".,!?:;)")
COLUMNS = 10


@dataclass(frozen=True, slots=True)
class Word:
    """One token as annotated: ``head`` counts from 1 in the sentence, 0 is the root; ``space`` tells if one follows."""

    form: str
    lemma: str
    pos: str
    morph: str
    head: int
    dep: str
    space: bool = True

    @property
    def features(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in self.morph.split("|")) if self.morph else {}


Sentence = tuple[Word, ...]
Texts = Sequence[Sequence[Sentence]]


def join_features(features: dict[str, str]) -> str:
    return "|".join(f"{name}={value}" for name, value in sorted(features.items()))


def read_conllu(path: Path) -> list[Sentence]:
    """Read all sentences of a CoNLL-U file (``.bz2`` too); files that mark no spaces get usual ones around punctuation.

    Raises OSError when the file cannot be read and ValueError when a line has not ten columns.
    """
    opener = bz2.open if path.suffix == ".bz2" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        sentences = list(_sentences(lines))
    if all(word.space for sentence in sentences for word in sentence[:-1]):
        return [detokenise(sentence) for sentence in sentences]
    return sentences


def _sentences(lines: Iterable[str]) -> Iterator[Sentence]:
    rows: list[Word] = []
    for line in lines:
        if line.startswith("#"):
            continue
        if line.strip():
            columns = line.rstrip("\n").split("\t")
            if len(columns) != COLUMNS:
                raise ValueError(f"not a CoNLL-U line: {line!r}")
            if columns[0].isdigit():
                rows.append(_word(columns))
        elif rows:
            yield tuple(rows)
            rows = []
    if rows:
        yield tuple(rows)


def _word(columns: list[str]) -> Word:
    _, form, lemma, pos, _, feats, head, dep, _, misc = columns
    morph = "" if feats == "_" else feats
    return Word(
        form, form if lemma == "_" else lemma, pos, morph, int(head), dep, "SpaceAfter=No" not in misc
    )


def detokenise(sentence: Sentence) -> Sentence:
    """Take away the space before closing punctuation."""
    following = [*sentence[1:], sentence[-1]]
    return tuple(
        Word(w.form, w.lemma, w.pos, w.morph, w.head, w.dep, after.form not in CLOSING)
        for w, after in zip(sentence, following, strict=True)
    )


def to_doc(vocab: Vocab, sentences: Sequence[Sentence]) -> Doc:
    """One document of the sentences in a row, fully annotated, but for features where a part of speech is ""."""
    words = [word for sentence in sentences for word in sentence]
    starts: list[bool | int | None] = [n == 0 for sentence in sentences for n in range(len(sentence))]
    return Doc(
        vocab,
        words=[w.form for w in words],
        spaces=_spaces(sentences),
        lemmas=[w.lemma for w in words],
        pos=[w.pos for w in words],
        morphs=[w.morph for w in words] if all(w.pos for w in words) else None,
        heads=_heads(sentences),
        deps=["ROOT" if w.head == 0 else w.dep for w in words],
        sent_starts=starts,
    )


def _spaces(sentences: Sequence[Sentence]) -> list[bool]:
    """As annotated, but always a space between two sentences."""
    return [word.space or n == len(s) for s in sentences for n, word in enumerate(s, start=1)]


def _heads(sentences: Sequence[Sentence]) -> list[int]:
    heads: list[int] = []
    for sentence in sentences:
        start = len(heads)
        heads.extend(start + (word.head - 1 if word.head else n) for n, word in enumerate(sentence))
    return heads
