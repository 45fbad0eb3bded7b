"""The word lexicon of a pipeline: for each word form its inflection class and lemma.

A treebank of a hundred thousand words has met few of the words that people write. A full-form list has met most
of them, but says neither part of speech nor gender. Its paradigms do: the endings that a lemma takes tell what
kind of word it is. So each form gets a class made of the endings of its whole paradigm and of its own place
in it, and the pipeline learns from the treebank what the classes mean. The component ``lexicon`` writes class and
lemma to each token (``tag``, ``lemma``) before the embedding layer reads them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

UNKNOWN = "?"
COMMON_PARADIGM = 4
"""Paradigms shared by fewer lemmas than this carry no class of their own."""
SHORTEST_HEAD = 4
SHORTEST_MODIFIER = 2


class Entry(NamedTuple):
    """What the lexicon knows of a form: its paradigm, and how to make the lemma (drop letters, add an ending)."""

    paradigm: str
    drop: int
    add: str

    @property
    def word_class(self) -> str:
        return f"{self.paradigm}-{self.drop}{self.add}"

    def lemma(self, form: str) -> str:
        return form[: len(form) - self.drop] + self.add

    def with_s(self) -> Entry:
        """The entry of the form with an *-s* after it."""
        return self._replace(drop=self.drop + 1)


def edit(form: str, lemma: str) -> tuple[int, str]:
    """The letters to drop from the end of ``form`` and the ending to add so that it becomes ``lemma``."""
    same = len(common_start([form, lemma]))
    return len(form) - same, lemma[same:]


class Lexicon:
    """A read-only map from word forms to :class:`Entry`, kept as sorted 32-bit hashes to stay small.

    Two forms in four thousand million share a hash by chance, so of unknown words one in some thousands is taken
    for a known one; a model trained on the classes tolerates that.
    """

    def __init__(
        self, hashes: np.ndarray[Any, Any], kinds: np.ndarray[Any, Any], entries: list[Entry]
    ) -> None:
        self.hashes, self.kinds, self.entries = hashes, kinds, entries
        self.find = lru_cache(maxsize=20_000)(self._find)

    @classmethod
    def build(cls, lemma_of: Mapping[str, str]) -> Lexicon:
        """Make a lexicon from a full-form list (form to lemma, lower case)."""
        pairs = {form: lemma for form, lemma in lemma_of.items() if form and lemma}
        for lemma in list(pairs.values()):
            pairs.setdefault(lemma, lemma)
        paradigms = common_paradigms(pairs)
        kinds: dict[Entry, int] = {}
        rows = {}
        for form, lemma in sorted(pairs.items()):
            if not follows_from_form_without_s(form, pairs):
                entry = Entry(paradigms.get(lemma, UNKNOWN), *edit(form, lemma))
                rows[crc32(form.encode())] = kinds.setdefault(entry, len(kinds))
        hashes = np.array(sorted(rows), dtype="uint32")
        return cls(hashes, np.array([rows[key] for key in hashes.tolist()], dtype="uint16"), list(kinds))

    def __len__(self) -> int:
        return len(self.hashes)

    def _find(self, form: str) -> Entry | None:
        """The entry of a lower-case form, or of the longest known word that it ends in (a compound's head)."""
        entry = self._known(form)
        if entry or not form.isalpha():
            return entry
        for start in range(SHORTEST_MODIFIER, len(form) - SHORTEST_HEAD + 1):
            if entry := self._known(form[start:]):
                return entry
        return None

    def _known(self, form: str) -> Entry | None:
        entry = self._exact(form)
        if entry is None and form.endswith("s") and (base := self._exact(form[:-1])):
            return base.with_s()
        return entry

    def _exact(self, form: str) -> Entry | None:
        key = crc32(form.encode())
        index = int(np.searchsorted(self.hashes, np.uint32(key)))
        if index < len(self.hashes) and int(self.hashes[index]) == key:
            return self.entries[int(self.kinds[index])]
        return None

    def to_disk(self, path: Path) -> None:
        gaps = np.diff(self.hashes, prepend=np.uint32(0))
        texts = np.array("\n".join(f"{e.paradigm}\t{e.drop}\t{e.add}" for e in self.entries))
        np.savez_compressed(path, gaps=gaps, kinds=self.kinds, entries=texts)

    @classmethod
    def from_disk(cls, path: Path) -> Lexicon:
        with np.load(path, allow_pickle=False) as data:
            rows = (
                [line.split("\t") for line in str(data["entries"]).split("\n")]
                if data["entries"].size
                else []
            )
            entries = [Entry(name, int(drop), add) for name, drop, add in rows]
            return cls(np.cumsum(data["gaps"], dtype="uint32"), data["kinds"], entries)


def common_start(words: Sequence[str]) -> str:
    """The longest string that all the words begin with."""
    first, last = min(words), max(words)
    for n, letter in enumerate(first):
        if last[n] != letter:
            return first[:n]
    return first


def follows_from_form_without_s(form: str, pairs: Mapping[str, str]) -> bool:
    """Whether the form is one of a known form and *-s* (a genitive, mostly) with the same lemma: half of all."""
    lemma = pairs[form]
    base = form.removesuffix("s")
    if base == form or pairs.get(base) != lemma:
        return False
    drop, add = edit(base, lemma)
    return edit(form, lemma) == (drop + 1, add)


def common_paradigms(pairs: Mapping[str, str]) -> dict[str, str]:
    """Name the paradigm of each lemma: the endings of its forms after their common beginning, if others share it."""
    forms = defaultdict(set)
    for form, lemma in pairs.items():
        forms[lemma].add(form)
    endings = {lemma: signature(lemma, own) for lemma, own in forms.items()}
    count = Counter(endings.values())
    names = {sign: str(n) for n, (sign, times) in enumerate(count.most_common()) if times >= COMMON_PARADIGM}
    return {lemma: names[sign] for lemma, sign in endings.items() if sign in names}


def signature(lemma: str, forms: Iterable[str]) -> str:
    own = sorted({lemma, *forms})
    stem = len(common_start(own))
    return lemma[stem:] + ":" + ",".join(form[stem:] for form in own)


@Language.factory("peerbot_lexicon", assigns=["token.tag", "token.lemma"])
def make_lexicon_component(nlp: Language, name: str) -> LexiconComponent:
    return LexiconComponent()


class LexiconComponent:
    """Pipeline component that writes the lexicon's class to ``token.tag_`` and its lemma to ``token.lemma_``.

    Both serve the embedding layer; ``lemma_`` is overwritten by the lemmatizer, ``tag_`` stays (it is no part of
    speech tag).
    """

    def __init__(self) -> None:
        self.lexicon = Lexicon.build({})

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            form = token.lower_
            entry = self.lexicon.find(form)
            token.tag_ = entry.word_class if entry else UNKNOWN
            token.lemma_ = entry.lemma(form) if entry else form
        return doc

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.lexicon.to_disk(path / "lexicon.npz")

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> LexiconComponent:
        self.lexicon = Lexicon.from_disk(Path(path) / "lexicon.npz")
        return self
