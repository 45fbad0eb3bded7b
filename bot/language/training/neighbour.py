"""Reading a neighbour's treebank as one's own: Bokmål as Danish, Bokmål and Danish as Swedish.

The three languages build their sentences alike. With the common words exchanged and the spelling of the others
brought near, a neighbour's tree teaches a parser where the own treebanks are small. Only the trees are used: the
parts of speech, features and lemmas of the neighbour follow other customs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from .treebank import Sentence, Word

TABLE = Path(__file__).with_name("data") / "neighbours.tsv"
SPELLING = {
    ("da", "sv"): [
        ("erne$", "arna"), ("ede$", "ade"), ("else$", "else"), ("hed$", "het"), ("heder", "heter"), ("lig", "lig"),
        ("tion", "tion"), ("sj", "sj"), ("hv", "v"), ("æ", "ä"), ("ø", "ö"), ("(?<=[^aeiouyåäö])e$", "a"),
    ],
    ("nb", "sv"): [
        ("ene$", "arna"), ("et$", "at"), ("het", "het"), ("sjon", "tion"), ("hv", "v"), ("æ", "ä"), ("ø", "ö"),
        ("(?<=[^aeiouyåäö])e$", "a"),
    ],
    ("nb", "da"): [("ene$", "erne"), ("het$", "hed"), ("heter", "heder"), ("sjon", "tion"), ("kk$", "k"), ("tt$", "t")],
}  # fmt: skip
"""Endings and letters, as patterns, that differ regularly from one language to another."""
LABELS = {
    "sv": {"advmod:lmod": "advmod", "obl:tmod": "obl", "obl:lmod": "obl", "flat": "flat:name", "list": "dep"},
    "da": {
        "nsubj:pass": "nsubj", "aux:pass": "aux", "flat:name": "flat", "acl": "advcl", "csubj": "ccomp",
        "nsubj:outer": "nsubj", "csubj:pass": "ccomp", "csubj:outer": "ccomp", "flat:foreign": "flat",
        "compound": "nmod", "dislocated": "dep", "orphan": "dep", "reparandum": "dep",
    },
}  # fmt: skip
"""How the own treebanks call what a neighbour's call otherwise."""


@cache
def dictionary(source: str, target: str) -> Mapping[str, str]:
    """The common words of ``source`` and what they are in ``target``."""
    lines = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    columns = lines[0]
    known: dict[str, str] = {}
    for row in lines[1:]:
        known.setdefault(row[columns.index(source)], row[columns.index(target)])
    return known


def spell(form: str, source: str, target: str) -> str:
    """The word as it might be spelt in the ``target`` language, with its capitals."""
    known = dictionary(source, target).get(form.lower())
    if known is None:
        known = form
        for pattern, letters in SPELLING[source, target]:
            known = re.sub(pattern, letters, known)
    return known.capitalize() if form[0].isupper() and form[1:].islower() else known


def as_own(sentence: Sentence, source: str, target: str) -> Sentence:
    """The sentence of the neighbour ``source`` with only its tree, spelt as in ``target`` (``sv`` or ``da``)."""
    return tuple(_own(word, source, target) for word in sentence)


def _own(word: Word, source: str, target: str) -> Word:
    form = word.form if word.pos == "PROPN" else spell(word.form, source, target)
    return replace(word, form=form, lemma="", pos="", morph="", dep=LABELS[target].get(word.dep, word.dep))
