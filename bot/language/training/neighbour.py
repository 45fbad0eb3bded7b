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
FINAL_A = "(?<=[^aeiouyåäöæø])"
SPELLING = {
    ("da", "sv"): [
        ("erne$", "arna"), ("ede$", "ade"), ("hed$", "het"), ("heder", "heter"), ("hv", "v"), ("æ", "ä"), ("ø", "ö"),
        (FINAL_A + "e$", "a"),
    ],
    ("nb", "sv"): [
        ("ene$", "arna"), ("et$", "at"), ("sjon", "tion"), ("hv", "v"), ("æ", "ä"), ("ø", "ö"), (FINAL_A + "e$", "a"),
    ],
    ("nb", "da"): [("ene$", "erne"), ("het$", "hed"), ("heter", "heder"), ("sjon", "tion"), ("kk$", "k"), ("tt$", "t")],
    ("sv", "da"): [
        ("orna$|arna$|erna$", "erne"), ("ade$", "ede"), ("het$", "hed"), ("heter", "heder"), ("ck", "kk"), ("kk$", "k"),
        ("tt$", "t"), ("ä", "æ"), ("ö", "ø"), (FINAL_A + "a$", "e"),
    ],
}  # fmt: skip
"""Endings and letters, as patterns, that differ regularly from one language to another."""
LABELS = {
    "sv": {"advmod:lmod": "advmod", "obl:tmod": "obl", "obl:lmod": "obl", "flat": "flat:name", "list": "dep"},
    "da": {
        "nsubj:pass": "nsubj", "nsubj:outer": "nsubj", "aux:pass": "aux", "obl:agent": "obl", "flat:name": "flat",
        "flat:foreign": "flat", "acl": "advcl", "acl:cleft": "acl:relcl", "advcl:relcl": "acl:relcl",
        "csubj": "ccomp", "csubj:pass": "ccomp", "csubj:outer": "ccomp", "compound": "nmod", "dislocated": "dep",
        "orphan": "dep", "reparandum": "dep", "goeswith": "dep",
    },
}  # fmt: skip
"""How the own treebanks call what a neighbour's call otherwise."""
POSSESSIVE = {"sv": "nmod:poss", "da": "det"}


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
    dep = POSSESSIVE[target] if "Poss=Yes" in word.morph else LABELS[target].get(word.dep, word.dep)
    return replace(word, form=form, lemma="", pos="", morph="", dep=dep)
