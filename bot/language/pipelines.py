"""The spaCy pipelines: ours, which ship in ``models/``, or others that the configuration names.

Ours have the components ``lexicon`` (class and lemma of known words), ``tok2vec``, ``morphologizer`` (``pos_``) and
``features`` (``morph``), ``trainable_lemmatizer`` and ``lemmas`` (``lemma_``), ``senter`` (sentences) and ``parser``
(``dep_``, heads).

A pipeline is shared by the whole process, and spaCy does not promise that it may run in several threads at once.
Whoever calls it in a worker thread holds its :func:`lock`, or uses :func:`analyse`, which does.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import RLock
from typing import Literal

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import use_ops

from bot.language.engine import PipelineMissing

from . import features, lemmas  # noqa: F401 - they register the factories that our pipelines name

LanguageCode = Literal["sv", "da"]
MODELS = Path(__file__).with_name("models")
_loading = RLock()


def load(language: LanguageCode, name: str | None = None) -> Language:
    """The pipeline for ``language``, loaded once in the process.

    ``name`` is that of an installed spaCy package or a folder (``sv_core_news_sm``); without it, ours is taken.
    Raises PipelineMissing when it is not there, does not load, or is for another language.
    """
    with _loading:
        return _load(language, name)


@cache
def _load(language: LanguageCode, name: str | None) -> Language:
    source = name or MODELS / language
    try:
        with use_ops("numpy", use_blis=False):  # numpy's own matrix product is the faster one
            nlp = spacy.load(source)
    except (OSError, ValueError) as error:
        raise PipelineMissing(_advice(language, name)) from error
    if nlp.lang != language:
        raise PipelineMissing(f"the pipeline {source} is for {nlp.lang!r}, not for {language!r}")
    return nlp


def _advice(language: str, name: str | None) -> str:
    if name:
        return f"the pipeline {name!r} for {language!r} is not installed: install it, or leave it out of the config"
    return f"our pipeline for {language!r} is missing or damaged; 'peerbot train' makes it anew"


@cache
def lock(language: LanguageCode, name: str | None = None) -> RLock:
    """The lock to hold while the pipeline of :func:`load` with the same arguments runs in a worker thread."""
    return RLock()


def analyse(language: LanguageCode, text: str, name: str | None = None) -> Doc:
    """The analysis of ``text`` (any string), safe in any thread. Raises PipelineMissing as :func:`load` does."""
    nlp = load(language, name)
    with lock(language, name):
        return nlp(text)
