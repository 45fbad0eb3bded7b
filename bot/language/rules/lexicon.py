"""The words of a language that reading needs: chat spellings, word classes and the forms of its verbs.

Word classes and spellings are data (`locales/<language>/rules/words.toml`); the verb list is made by
`bot.language.training.feedback` from the lemma tables of spacy-lookups-data.
"""

import gzip
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from bot.language.findings import Language

LOCALES = Path(__file__).parents[3] / "locales"
MODELS = Path(__file__).parents[1] / "models" / "feedback"

# The letters by which patterns ask for a verb form: <imp>, <inf>, <pres>, <past>, <fin>; S is a subject pronoun.
FORM_LETTERS = {"imp": "I", "inf": "N", "pres": "P", "past": "T", "fin": "F", "subj": "S"}


@dataclass(frozen=True)
class Verb:
    """A verb by its infinitive, with its present, imperative and past forms."""

    infinitive: str
    present: str
    imperative: str
    past: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """The words of one language; made by `load_lexicon`."""

    noise: dict[str, str]
    noise_subject: dict[str, str]
    classes: dict[str, tuple[str, ...]]
    verbs: dict[str, Verb]
    not_imperative: frozenset[str]

    @cached_property
    def openers(self) -> frozenset[str]:
        return frozenset(self.classes["openers"])

    @cached_property
    def contrast(self) -> frozenset[str]:
        return frozenset(self.classes["contrast"])

    @cached_property
    def conjunctions(self) -> frozenset[str]:
        return frozenset(self.classes["conjunctions"])

    @cached_property
    def subordinators(self) -> frozenset[str]:
        return frozenset(self.classes["subordinators"])

    @cached_property
    def linking(self) -> frozenset[str]:
        """Words after which a subject and its verb go on the same clause ("vad du", "som du", "och du")."""
        names = ("joining", "subordinators", "conjunctions", "contrast")
        return frozenset(word for name in names for word in self.classes[name])

    @cached_property
    def relative(self) -> frozenset[str]:
        return frozenset(self.classes["relative"])

    @cached_property
    def adverbs(self) -> frozenset[str]:
        return frozenset(self.classes["adverbs"])

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word form that the lexicon knows."""
        return frozenset(self._forms) | self.adverbs | self.openers

    @cached_property
    def _forms(self) -> dict[str, str]:
        letters: dict[str, set[str]] = {}

        def add(form: str, letter: str) -> None:
            letters.setdefault(form, set()).add(letter)

        for verb in self.verbs.values():
            add(verb.infinitive, "N")
            for form in (verb.present, *verb.past):
                add(form, "F")
            add(verb.present, "P")
            for form in verb.past:
                add(form, "T")
            if verb.imperative not in {"-", *self.not_imperative}:
                add(verb.imperative, "I")
        for form in self.classes["modals"]:
            add(form, "F")
        for form in self.classes["subjects"]:
            add(form, "S")
        return {form: "".join(sorted(found)) for form, found in letters.items()}

    def forms(self, norm: str) -> str:
        """The letters (see FORM_LETTERS) of the verb forms that a normalised word can be; "" for other words."""
        return self._forms.get(norm, "")

    @cached_property
    def infinitives(self) -> dict[str, str]:
        """Present and imperative forms to their infinitive."""
        by_form = {verb.imperative: verb.infinitive for verb in self.verbs.values()}
        return by_form | {verb.present: verb.infinitive for verb in self.verbs.values()}


@cache
def load_lexicon(language: Language) -> Lexicon:
    """Read the lexicon of a language; raises FileNotFoundError or KeyError when its files are not whole."""
    with (LOCALES / language / "rules" / "words.toml").open("rb") as file:
        words = tomllib.load(file)
    return Lexicon(
        noise=dict(words["noise"]),
        noise_subject=dict(words["noise_subject"]),
        classes={name: tuple(value.split()) for name, value in words["classes"].items()},
        verbs=_load_verbs(language, words["verbs"]),
        not_imperative=frozenset(words["not_imperative"]["words"].split()),
    )


def _load_verbs(language: Language, irregular: dict[str, str]) -> dict[str, Verb]:
    lines = gzip.decompress((MODELS / language / "verbs.tsv.gz").read_bytes()).decode().splitlines()
    rows = [line.split("\t") for line in lines] + [
        [name, *forms.split()] for name, forms in irregular.items()
    ]
    return {
        infinitive: Verb(infinitive, present, imperative, tuple(past))
        for infinitive, present, imperative, *past in rows
    }
