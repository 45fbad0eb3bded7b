"""Other ways to put a flagged stretch, made from the peer's own sentence.

A directive becomes the start of an own experience, an option and an open question. Where the sentence has no deed
that can be turned safely, and for everything about medicine or treatment, fixed lines ask back instead. No
suggestion invents an experience, and none is softened advice.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from bot.language.findings import Finding, Language
from bot.language.rules.lexicon import LOCALES, load_lexicon
from bot.language.rules.patterns import Pattern, Span
from bot.language.rules.reading import Unit, Word, read

LONGEST_DEED = 14  # words; a longer one reads badly inside a question


@dataclass(frozen=True)
class Deed:
    """What a directive tells somebody to do, as an infinitive phrase, and who that is if not "you"."""

    phrase: str
    who: str


class Rewriter:
    """The rewordings of one language; texts and shapes come from `locales/<language>/feedback.toml`."""

    def __init__(self, language: Language) -> None:
        with (LOCALES / language / "feedback.toml").open("rb") as file:
            self.texts: dict[str, Any] = tomllib.load(file)
        self._lexicon = load_lexicon(language)
        self._rewriting: dict[str, Any] = self.texts["rewriting"]
        self._drop = frozenset(self._rewriting["drop"].split())
        self._before_to = frozenset(self._rewriting["before_to"].split())
        self._not = frozenset(self._rewriting["not"].split())
        self._third: dict[str, str] = self._rewriting["third"]
        self._shapes = {
            name: [Pattern(source, self._lexicon.classes) for source in sources]
            for name, sources in self._rewriting["shapes"].items()
        }

    def suggestions(self, finding: Finding, companions: Sequence[Finding]) -> list[str]:
        """Suggestions for a finding; `companions` are the other findings that share its stretch."""
        categories = {finding.category, *(other.category for other in companions)}
        reflection = self._speaks_about(finding.quote)
        if "overstepping" in categories or self.touches_treatment(finding.quote):
            lines = self._lines("overstepping", reflection)
        elif {"directive", "judging"} <= categories:
            lines = self._lines("judging_directive", reflection=False)
        elif finding.category == "directive":
            lines = self._directive(finding.quote, reflection)
        else:
            lines = self._lines(finding.category, reflection)
        return [line for line in lines if not self._softened(line)]

    def last_resort(self) -> str:
        """The question back that always fits."""
        back: str = self.texts["suggestions"]["directive"]["back"][0]
        return back

    def fixed_lines(self) -> list[str]:
        """Every suggestion that stands in the texts as it is."""
        lines: list[str] = []
        for group in self.texts["suggestions"].values():
            lines += [*group.get("lines", ()), *group.get("back", ())]
            lines += [text for text in group.values() if isinstance(text, str) and "{" not in text]
        return lines

    def touches_treatment(self, quote: str) -> bool:
        """Whether a stretch speaks of medicine, treatment, a diagnosis or the people who treat."""
        words = {word for name in self._rewriting["treatment"] for word in self._lexicon.classes[name]}
        endings = tuple(self._lexicon.classes["treatment_endings"])
        return any(
            word.norm in words or word.norm.endswith(endings)
            for unit in read(quote, self._lexicon)
            for word in unit.words
        )

    def deed(self, quote: str) -> Deed | None:
        """The deed that a directive names, as an infinitive phrase; None where the sentence gives none."""
        for unit in read(quote, self._lexicon)[:1]:
            for shape, patterns in self._shapes.items():
                for pattern in patterns:
                    for span in pattern.spans(unit):
                        return self._deed(quote, unit, span, shape)
        return None

    def _directive(self, quote: str, reflection: bool) -> list[str]:
        texts = self.texts["suggestions"]["directive_reflection" if reflection else "directive"]
        deed = self.deed(quote)
        if deed is None:
            return list(texts["back"])
        kinds = [texts[kind] for kind in ("experience", "option", "question") if kind in texts]
        return [text.format(do=deed.phrase, who=deed.who) for text in kinds]

    def _lines(self, category: str, reflection: bool) -> list[str]:
        texts = self.texts["suggestions"]
        name = f"{category}_reflection" if reflection else category
        return list(texts.get(name, texts[category])["lines"])

    def _speaks_about(self, quote: str) -> bool:
        """Whether a stretch is about a third person, as in a reflection, rather than to somebody."""
        words = [word.norm for unit in read(quote, self._lexicon) for word in unit.words]
        return any(word in self._third for word in words) and "du" not in words

    def _softened(self, line: str) -> bool:
        return any(phrase in line.lower() for phrase in self._rewriting["forbidden"])

    def _deed(self, quote: str, unit: Unit, span: Span, shape: str) -> Deed | None:
        clause = unit.clause_of(span.last - 1)
        words = [word for word in unit.words[span.first : clause.last] if word.norm not in self._drop]
        if shape == "present":  # "why don't you ..." tells to do it
            words = [word for word in words if word.norm not in self._not]
        words = self._without_trying(words)
        while words and words[-1].norm == ",":
            words.pop()
        if not words or len(words) > LONGEST_DEED or any(word.norm in self._not for word in words):
            return None
        who = next((self._third[word.norm] for word in unit.words if word.norm in self._third), "")
        phrase = " ".join(self._infinitives(words, quote, shape)).replace(" ,", ",")
        return Deed(phrase, who)

    def _without_trying(self, words: list[Word]) -> list[Word]:
        """Drop a "try to" or "go and" from the front: "prova att gå ut" and "ta och gå ut" are "gå ut"."""
        joins = (self._rewriting["to"], self._rewriting["and"])
        if len(words) > 2 and words[0].norm in self._trying and words[1].norm in joins:
            return self._without_trying(words[2:])
        return words

    @cached_property
    def _trying(self) -> frozenset[str]:
        verbs = (self._lexicon.verbs[verb] for verb in self._rewriting["try"])
        return frozenset(form for verb in verbs for form in (verb.infinitive, verb.present, verb.imperative))

    def _infinitives(self, words: Sequence[Word], quote: str, shape: str) -> Iterator[str]:
        """The words of the deed, its verbs in the infinitive and, in another's shoes, its pronouns turned."""
        for index, word in enumerate(words):
            leads = index == 0 or words[index - 1].norm == self._rewriting["and"]
            text = quote[word.start : word.end]
            if text.lower() in self._lexicon.noise:
                text = self._rewriting["to"] if self._stands_for_to(words, index) else word.norm
            if leads and shape in {"imperative", "present"}:
                text = self._infinitive(word, shape) or text
            elif shape == "present" and word.norm in self._lexicon.classes["who"]:
                continue
            elif shape == "turned":
                text = self._rewriting["turn"].get(word.norm, text)
            yield text[:1].lower() + text[1:] if index == 0 else text

    def _stands_for_to(self, words: Sequence[Word], index: int) -> bool:
        """Whether a spoken "o" or "å" between these words is the mark of an infinitive rather than "and"."""
        if words[index].norm != self._rewriting["and"] or not 0 < index < len(words) - 1:
            return False
        return words[index - 1].norm in self._before_to and "N" in words[index + 1].forms

    def _infinitive(self, word: Word, shape: str) -> str | None:
        wanted = "I" if shape == "imperative" else "P"
        return self._lexicon.infinitives.get(word.norm) if wanted in word.forms else None


@cache
def load_rewriter(language: Language) -> Rewriter:
    """Read the rewordings of a language; raises KeyError when its file is not whole."""
    return Rewriter(language)
