"""Turning statements of a treebank into what peers write to each other: imperatives and sentences to a *du*.

Newspapers seldom tell their readers what to do: of a hundred thousand words a few dozen are imperatives. A statement
with its tree is soon made into one, and the rest of the tree stays right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from .treebank import Sentence, Word

LONGEST_START = 12
VOWELS = frozenset("aeiouyåäöæø")
TOLD = {"sig": "dig", "sin": "din", "sitt": "ditt", "sit": "dit", "sina": "dina", "sine": "dine"}
"""What a third person's reflexives become when a *du* is told."""
IRREGULAR = {"vara": "var", "veta": "vet", "sluta": "sluta", "berätta": "berätta"}
PERSONAL = frozenset(["jag", "du", "han", "hon", "vi", "ni", "de", "dom", "man", "jeg", "hun", "i"])


@dataclass(frozen=True)
class Address:
    """What one language needs: features of the imperative and of *du*, modals, and words to begin or soften with."""

    imperative: str
    you: Word
    modals: frozenset[str]
    links: tuple[Word, ...]
    adverbs: tuple[Word, ...]


def _link(form: str) -> Word:
    return Word(form, form, "CCONJ", "", 0, "cc")


def _adverb(form: str) -> Word:
    return Word(form, form, "ADV", "", 0, "advmod")


ADDRESS = {
    "sv": Address(
        imperative="Mood=Imp|VerbForm=Fin|Voice=Act",
        you=Word("du", "du", "PRON", "Case=Nom|Definite=Def|Gender=Com|Number=Sing|PronType=Prs", 0, "nsubj"),
        modals=frozenset(["skola", "kunna", "böra", "måste", "vilja", "få", "behöva"]),
        links=(_link("men"), _link("och"), _adverb("så")),
        adverbs=(_adverb("bara"), _adverb("nu"), _adverb("då"), _adverb("genast")),
    ),
    "da": Address(
        imperative="Mood=Imp",
        you=Word("du", "du", "PRON", "Case=Nom|Gender=Com|Number=Sing|Person=2|PronType=Prs", 0, "nsubj"),
        modals=frozenset(["skulle", "kunne", "burde", "måtte", "ville", "behøve"]),
        links=(_link("men"), _link("og"), _adverb("så")),
        adverbs=(_adverb("bare"), _adverb("nu"), _adverb("da"), _adverb("lige")),
    ),
}


def imperative_form(language: str, lemma: str, forms: Mapping[str, str]) -> str:
    """The imperative of the verb ``lemma``.

    ``forms`` (form to lemma) tells which Swedish verbs lose their *-a*: those with a present tense in *-er* or *-r*.
    """
    if lemma in IRREGULAR:
        return IRREGULAR[lemma]
    stem = lemma.removesuffix("a" if language == "sv" else "e")
    if not VOWELS & set(stem) or (language == "sv" and _keeps_a(lemma, stem, forms)):
        return lemma
    shortened = stem[-2:] == "mm" if language == "sv" else stem[-1] == stem[-2]
    return stem[:-1] if shortened else stem


def _keeps_a(lemma: str, stem: str, forms: Mapping[str, str]) -> bool:
    """Verbs with *-ade* in the past keep it; those with *-er* in the present do not, nor those like *kör*, *tål*."""
    if forms.get(stem + "er") == lemma:
        return False
    return forms.get(stem + "ade") == lemma or stem[-1] not in "rl"


def as_imperative(
    sentence: Sentence, language: str, forms: Mapping[str, str], random: Random
) -> Sentence | None:
    """The main clause as an imperative (now and then begun or softened), or None where it cannot be one."""
    style = ADDRESS[language]
    root, subject = _main_clause(sentence)
    if root is None or subject is None or not _can_be_told(sentence, root, subject, style):
        return None
    auxiliary = _auxiliary(sentence, root)
    dropped = {n for n in range(1, len(sentence) + 1) if _shares_subject(sentence, n, root)} | {subject}
    rest = set(range(subject + 1, len(sentence) + 1)) - {root, auxiliary}
    kept = sorted(rest.difference(*(_descendants(sentence, n) for n in dropped)))
    verb = replace(
        sentence[root - 1],
        form=imperative_form(language, sentence[root - 1].lemma.lower(), forms),
        lemma=sentence[root - 1].lemma.lower(),
        morph=style.imperative,
        head=0,
        dep="root",
        space=True,
    )
    start = [random.choice(style.links)] if random.random() < 0.25 else []
    soft = [random.choice(style.adverbs)] if random.random() < 0.25 else []
    return _build(start, verb, soft, [(n, sentence[n - 1]) for n in kept], root)


def _build(
    start: list[Word], verb: Word, soft: list[Word], rest: list[tuple[int, Word]], old_root: int
) -> Sentence:
    root = len(start) + 1
    place = {old_root: root} | {old: root + len(soft) + n for n, (old, _) in enumerate(rest, start=1)}
    words = [*(replace(w, head=root) for w in start), verb, *(replace(w, head=root) for w in soft)]
    words += [
        replace(word, head=place.get(word.head, root), form=TOLD.get(word.form, word.form))
        for _, word in rest
    ]
    first = words[0]
    words[0] = replace(first, form=first.form.capitalize())
    return tuple(words)


def to_you(sentence: Sentence, language: str) -> Sentence | None:
    """The sentence with *du* as the subject of its main clause, or None where there is no pronoun to replace."""
    root, subject = _main_clause(sentence)
    if root is None or subject is None or sentence[subject - 1].form.lower() not in PERSONAL:
        return None
    you = ADDRESS[language].you
    old = sentence[subject - 1]
    form = you.form.capitalize() if old.form[0].isupper() else you.form
    new = replace(you, form=form, head=old.head, space=old.space)
    return (*sentence[: subject - 1], new, *sentence[subject:])


def joined(first: Sentence, second: Sentence) -> Sentence:
    """One sentence of the two: the first, a comma, and the second hanging on the root of the first."""
    body = first[:-1] if first[-1].pos == "PUNCT" and all(w.head != len(first) for w in first) else first
    top = next(n for n, word in enumerate(body, start=1) if word.head == 0)
    shift = len(body) + 1
    begin = second[0]
    linked = begin.dep == "cc"
    body = (*body[:-1], replace(body[-1], space=False))
    comma = Word(
        ",", ",", "PUNCT", "", shift + next(n for n, w in enumerate(second, start=1) if w.head == 0), "punct"
    )
    tail = [
        replace(w, head=w.head + shift)
        if w.head
        else replace(w, head=top, dep="conj" if linked else "parataxis")
        for w in second
    ]
    tail[0] = replace(
        tail[0], form=begin.form[0].lower() + begin.form[1:] if begin.pos != "PROPN" else begin.form
    )
    return (*body, comma, *tail)


def _main_clause(sentence: Sentence) -> tuple[int | None, int | None]:
    """The places of the main verb and of the pronoun that is its subject before it."""
    root = next((n for n, w in enumerate(sentence, start=1) if w.head == 0), None)
    if root is None or sentence[root - 1].pos != "VERB":
        return None, None
    subjects = (
        n for n, w in enumerate(sentence, start=1) if w.head == root and w.dep == "nsubj" and w.pos == "PRON"
    )
    subject = next(subjects, None)
    return (root, subject) if subject and subject < root else (None, None)


def _can_be_told(sentence: Sentence, root: int, subject: int, style: Address) -> bool:
    verb = sentence[root - 1]
    helpers = [n for n, w in enumerate(sentence, start=1) if w.head == root and w.dep in {"aux", "cop"}]
    if verb.lemma.endswith("s") or "Voice=Pass" in verb.morph:
        return False
    if not helpers:
        return "Mood=Ind" in verb.morph
    modal = len(helpers) == 1 and sentence[helpers[0] - 1].lemma in style.modals
    return modal and helpers[0] > subject and "VerbForm=Inf" in verb.morph


def _auxiliary(sentence: Sentence, root: int) -> int:
    return next((n for n, w in enumerate(sentence, start=1) if w.head == root and w.dep == "aux"), 0)


def _shares_subject(sentence: Sentence, place: int, root: int) -> bool:
    """Whether the word is a finite verb coordinated with the main one; it would have to become an imperative too."""
    word = sentence[place - 1]
    return word.head == root and word.dep == "conj" and "Mood=Ind" in word.morph


def _descendants(sentence: Sentence, top: int) -> set[int]:
    found = {top}
    while more := {n for n, w in enumerate(sentence, start=1) if w.head in found} - found:
        found |= more
    return found


def addressed(
    texts: Sequence[Sequence[Sentence]], language: str, forms: Mapping[str, str], random: Random
) -> list[Sentence]:
    """All imperatives that the texts yield, a third of them after another clause, and as many sentences to a *du*."""
    found: list[Sentence] = []
    for text in texts:
        for before, sentence in zip([None, *text], text, strict=False):
            told = as_imperative(sentence, language, forms, random)
            if told and before and len(before) <= LONGEST_START and random.random() < 0.33:
                told = joined(before, told)
            found += [made for made in (told, to_you(sentence, language)) if made]
    random.shuffle(found)
    return found
