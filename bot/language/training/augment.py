"""Making treebank sentences look like chat: no capitals, no punctuation, misspelt, letters without their marks."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .treebank import Sentence, Word

UNMARKED = str.maketrans("åäöæøÅÄÖÆØ", "aaoaoAAOAO")
SHORTEST_MISSPELT = 4


def lower_case(sentence: Sentence) -> Sentence:
    """Without capitals, in the lemmas too: what was written small cannot be told to be a name by its letters."""
    return tuple(replace(w, form=w.form.lower(), lemma=w.lemma.lower()) for w in sentence)


def with_capital_lemmas(sentence: Sentence) -> Sentence:
    """With the capital of a word in its lemma too, so that one rule makes lemmas of "flickorna" and "Flickorna"."""
    return tuple(
        replace(w, lemma=w.lemma[0].upper() + w.lemma[1:]) if w.lemma and w.form[0].isupper() else w
        for w in sentence
    )


def without_punctuation(sentence: Sentence) -> Sentence:
    """Without punctuation marks; what hung on one hangs on the mark's own head. Unchanged if a mark is the root."""
    if any(word.pos == "PUNCT" and word.head == 0 for word in sentence):
        return sentence
    kept = [n for n, word in enumerate(sentence, start=1) if word.pos != "PUNCT"]
    place = {old: new for new, old in enumerate(kept, start=1)}
    return tuple(
        replace(word, head=place.get(_kept_head(sentence, word), 0), space=True)
        for word in (sentence[n - 1] for n in kept)
    )


def _kept_head(sentence: Sentence, word: Word) -> int:
    head = word.head
    while head and sentence[head - 1].pos == "PUNCT":
        head = sentence[head - 1].head
    return head


def misspell(word: Word, random: Random) -> Word:
    """One typing error within the word: a letter lost, doubled, swapped with the next, or without its mark."""
    form = word.form
    if len(form) < SHORTEST_MISSPELT or not form.isalpha():
        return word
    at = random.randrange(1, len(form) - 1)
    forms = [
        form[:at] + form[at + 1 :],
        form[:at] + form[at] + form[at:],
        form[:at] + form[at + 1] + form[at] + form[at + 2 :],
        form.translate(UNMARKED),
    ]
    return replace(word, form=random.choice(forms))


def as_chat(sentence: Sentence, random: Random, errors: float = 0.03) -> Sentence:
    """A copy that is lower-cased, mostly unpunctuated, and has each word misspelt with the probability ``errors``."""
    copy = lower_case(sentence)
    if random.random() < 0.8:
        copy = without_punctuation(copy)
    elif copy[-1].pos == "PUNCT" and len(copy) > 1:
        copy = copy[:-1] if all(w.head != len(copy) for w in copy) else copy
    return tuple(misspell(w, random) if random.random() < errors else w for w in copy)
