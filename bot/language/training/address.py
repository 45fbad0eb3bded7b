"""Turning statements of a treebank into what peers write to each other: imperatives and sentences to a *du*.

Newspapers seldom tell their readers what to do: of a hundred thousand words a few dozen are imperatives. A statement
with its tree is soon made into one, and the rest of the tree stays right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from .treebank import Sentence, Texts, Word

LONGEST_START = 12
JOINED, OTHER_VERB, BEGUN, SOFTENED = 0.33, 0.4, 0.25, 0.25
"""Shares of the imperatives: after another clause, with a verb from elsewhere, after a link, with an adverb."""
VOWELS = frozenset("aeiouyåäöæø")
TOLD = {"sig": "dig", "sin": "din", "sitt": "ditt", "sit": "dit", "sina": "dina", "sine": "dine"}
"""What a third person's reflexives become when a *du* is told."""
IRREGULAR = {"vara": "var", "veta": "vet", "sluta": "sluta", "berätta": "berätta"}
LEFT_OUT = frozenset(["jag", "jeg", "vi", "det"])
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
    sentence: Sentence, language: str, forms: Mapping[str, str], random: Random, verbs: Sequence[str] = ()
) -> Sentence | None:
    """The main clause as an imperative (now and then begun or softened), or None where it cannot be one.

    If ``verbs`` are given, one of them often takes the verb's place: there are more verbs than the clauses have.
    """
    style = ADDRESS[language]
    root, subject = _main_clause(sentence)
    if root is None or subject is None or not _can_be_told(sentence, root, subject, style):
        return None
    lemma = sentence[root - 1].lemma.lower()
    if verbs and random.random() < OTHER_VERB:
        lemma = random.choice(verbs)
    verb = Word(imperative_form(language, lemma, forms), lemma, "VERB", style.imperative, 0, "root")
    start = [random.choice(style.links)] if random.random() < BEGUN else []
    soft = [random.choice(style.adverbs)] if random.random() < SOFTENED else []
    return _build([*start, verb, *soft], _what_stays(sentence, root, subject), root)


def _what_stays(sentence: Sentence, root: int, subject: int) -> list[tuple[int, Word]]:
    """The words of the clause, with their places, that are said after its imperative."""
    places = range(1, len(sentence) + 1)
    gone = {n for n in places if _shares_subject(sentence, n, root)} | {subject}
    after = {n for n in places if n > subject} - {root, _auxiliary(sentence, root)}
    return [
        (n, sentence[n - 1]) for n in sorted(after.difference(*(_descendants(sentence, n) for n in gone)))
    ]


def _build(head: list[Word], rest: list[tuple[int, Word]], old_root: int) -> Sentence:
    """The words of the head (the root and what hangs on it), then the rest with their heads moved."""
    root = next(n for n, word in enumerate(head, start=1) if word.dep == "root")
    place = {old_root: root} | {old: len(head) + n for n, (old, _) in enumerate(rest, start=1)}
    words = [word if word.dep == "root" else replace(word, head=root) for word in head]
    words += [replace(w, head=place.get(w.head, root), form=TOLD.get(w.form, w.form)) for _, w in rest]
    return (replace(words[0], form=words[0].form.capitalize()), *words[1:])


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


def as_question(sentence: Sentence) -> Sentence | None:
    """The statement as a question: "Du ringer" as "Ringer du". None unless it begins with a pronoun and its verb."""
    if not _begins_with_subject(sentence):
        return None
    loose = (*(replace(word, space=True) for word in sentence[:2]), *sentence[2:])
    asked = _rearranged(loose, [2, 1, *range(3, len(sentence) + 1)])
    mark = asked[-1]
    return (*asked[:-1], replace(mark, form="?", lemma="?")) if mark.form == "." else asked


def without_subject(sentence: Sentence) -> Sentence | None:
    """The statement as one notes it in a chat: "Vet inte" for "Jag vet inte". None where nobody would."""
    if not _begins_with_subject(sentence) or sentence[0].form.lower() not in LEFT_OUT:
        return None
    return _rearranged(sentence, list(range(2, len(sentence) + 1)))


def _begins_with_subject(sentence: Sentence) -> bool:
    _, subject = _main_clause(sentence)
    return subject == 1 and "Mood=Ind" in sentence[1].morph


def _rearranged(sentence: Sentence, places: list[int]) -> Sentence:
    """The words at these places, in this order; the capital of the sentence goes to its new first word."""
    place = {old: new for new, old in enumerate(places, start=1)}
    words = [replace(sentence[old - 1], head=place.get(sentence[old - 1].head, 0)) for old in places]
    if 1 in place:
        old_first = words[place[1] - 1]
        words[place[1] - 1] = replace(old_first, form=old_first.form[0].lower() + old_first.form[1:])
    if sentence[0].form[0].isupper():
        words[0] = replace(words[0], form=words[0].form.capitalize())
    return tuple(words)


def joined(first: Sentence, second: Sentence) -> Sentence:
    """One sentence of the two: the first, a comma, and the second hanging on the root of the first."""
    marked = first[-1].pos == "PUNCT" and all(word.head != len(first) for word in first)
    body = first[:-1] if marked else first
    top, shift = _root(body), len(body) + 1
    comma = Word(",", ",", "PUNCT", "", shift + _root(second), "punct")
    dep = "conj" if second[0].dep == "cc" else "parataxis"
    tail = [replace(w, head=w.head + shift) if w.head else replace(w, head=top, dep=dep) for w in second]
    if tail[0].pos != "PROPN":
        tail[0] = replace(tail[0], form=tail[0].form[0].lower() + tail[0].form[1:])
    return (*body[:-1], replace(body[-1], space=False), comma, *tail)


def _root(sentence: Sentence) -> int:
    return next(n for n, word in enumerate(sentence, start=1) if word.head == 0)


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


def addressed(texts: Texts, language: str, forms: Mapping[str, str], random: Random) -> list[Sentence]:
    """All that the texts yield in chat's manner, shuffled.

    These are imperatives, some after another clause; sentences to a *du*; and what must be told from imperatives:
    questions and statements that begin with a finite verb.
    """
    verbs = sorted(
        {w.lemma.lower() for text in texts for sentence in text for w in sentence if _is_plain_verb(w)}
    )
    found: list[Sentence | None] = []
    for text in texts:
        for before, sentence in zip([None, *text], text, strict=False):
            told = as_imperative(sentence, language, forms, random, verbs)
            if told and before and len(before) <= LONGEST_START and random.random() < JOINED:
                told = joined(before, told)
            other = random.choice([as_question(sentence), without_subject(sentence)])
            found += [told, to_you(sentence, language), other]
    made = [sentence for sentence in found if sentence]
    random.shuffle(made)
    return made


def _is_plain_verb(word: Word) -> bool:
    return word.pos == "VERB" and "Mood=Ind" in word.morph and word.lemma.isalpha() and word.lemma[-1] != "s"
