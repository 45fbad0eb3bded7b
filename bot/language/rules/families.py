"""Rule families and exceptions: data from `locales/<language>/rules/*.toml`, applied to a text.

A family flags; an exception lifts what it covers (own experience, handed-back words, courtesy, emergency ...).
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.language.findings import Language, Setting
from bot.language.rules.lexicon import LOCALES, Lexicon, load_lexicon
from bot.language.rules.patterns import Pattern, Span
from bot.language.rules.reading import Unit


@dataclass(frozen=True)
class Family:
    """A rule family of one file: what it flags, why, and sentences that hold it to its word.

    `must_flag` marks the expected stretch with square brackets; `also` names a second category that holds on the
    same stretch. `settings` are those in which the family speaks.
    """

    id: str
    category: str
    also: str
    principle: str
    source: str
    settings: tuple[Setting, ...]
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    must_flag: tuple[str, ...]
    must_pass: tuple[str, ...]


@dataclass(frozen=True)
class Exemption:
    """What is never flagged, for the categories it `lifts`.

    `scope` is "clause" (the clauses that the pattern touches) or "rest" (from there to the next contrast).
    """

    id: str
    lifts: frozenset[str]
    scope: str
    settings: tuple[Setting, ...]
    patterns: tuple[Pattern, ...]
    must_pass: tuple[str, ...]


@dataclass(frozen=True)
class RuleSet:
    """The families and exemptions of a language."""

    language: Language
    lexicon: Lexicon
    families: tuple[Family, ...]
    exemptions: tuple[Exemption, ...]


@dataclass(frozen=True)
class Hit:
    """A family that matched words of a unit, widened to whole clauses."""

    family: Family
    span: Span


@cache
def load_rules(language: Language) -> RuleSet:
    """Read and compile the rules of a language; raises KeyError or ValueError when a file is not whole."""
    lexicon = load_lexicon(language)
    families: list[Family] = []
    exemptions: list[Exemption] = []
    for path in sorted((LOCALES / language / "rules").glob("*.toml")):
        if path.stem == "words":
            continue
        data = tomllib.loads(path.read_text())
        if "exemption" in data:
            exemptions.extend(_exemption(entry, lexicon) for entry in data["exemption"])
        else:
            families.append(_family(data, lexicon))
    return RuleSet(language, lexicon, tuple(families), tuple(exemptions))


def _family(data: dict[str, Any], lexicon: Lexicon) -> Family:
    return Family(
        id=data["id"],
        category=data["category"],
        also=data.get("also", ""),
        principle=data["principle"],
        source=data["source"],
        settings=tuple(data.get("settings", ("message", "reflection"))),
        patterns=_patterns(data["patterns"], lexicon),
        unless=_patterns(data.get("unless", []), lexicon),
        must_flag=tuple(data["must_flag"]),
        must_pass=tuple(data["must_pass"]),
    )


def _exemption(data: dict[str, Any], lexicon: Lexicon) -> Exemption:
    return Exemption(
        id=data["id"],
        lifts=frozenset(data["lifts"]),
        scope=data.get("scope", "clause"),
        settings=tuple(data.get("settings", ("message", "reflection"))),
        patterns=_patterns(data["patterns"], lexicon),
        must_pass=tuple(data["must_pass"]),
    )


def _patterns(sources: list[str], lexicon: Lexicon) -> tuple[Pattern, ...]:
    return tuple(Pattern(source, lexicon.classes) for source in sources)


def hits(unit: Unit, rules: RuleSet, setting: Setting) -> Iterator[Hit]:
    """Every family that matches the unit, before exemptions."""
    for family in rules.families:
        if setting in family.settings:
            spared = [span for pattern in family.unless for span in pattern.spans(unit)]
            for span in _merged(family, unit):
                if not any(_overlap(span, other) for other in spared):
                    yield Hit(family, _widen(span, unit))


def _merged(family: Family, unit: Unit) -> list[Span]:
    """The matches of a family, those that share words made one."""
    merged: list[Span] = []
    for span in sorted((s for p in family.patterns for s in p.spans(unit)), key=lambda s: (s.first, s.last)):
        if merged and _overlap(merged[-1], span):
            merged[-1] = Span(merged[-1].first, max(merged[-1].last, span.last), merged[-1].fixed)
        else:
            merged.append(span)
    return merged


def _overlap(one: Span, other: Span) -> bool:
    return one.first < other.last and other.first < one.last


def _widen(span: Span, unit: Unit) -> Span:
    """From the beginning of the clause of the first word (openers outside) to the end of that of the last."""
    first, last = unit.clause_of(span.first), unit.clause_of(span.last - 1)
    end = last.last
    while end > span.last and unit.words[end - 1].norm == ",":
        end -= 1
    return Span(span.first if span.fixed else min(span.first, first.body), end, span.fixed)


def exempted(unit: Unit, rules: RuleSet, setting: Setting) -> dict[str, list[tuple[str, Span]]]:
    """By category: the ids and spans of the exemptions that hold in the unit."""
    lifted: dict[str, list[tuple[str, Span]]] = {}
    for exemption in rules.exemptions:
        if setting in exemption.settings:
            for pattern in exemption.patterns:
                for span in pattern.spans(unit):
                    scope = _scope(exemption, span, unit, rules.lexicon)
                    for category in exemption.lifts:
                        lifted.setdefault(category, []).append((exemption.id, scope))
    return lifted


def _scope(exemption: Exemption, span: Span, unit: Unit, lexicon: Lexicon) -> Span:
    if exemption.scope == "words":
        return span
    if exemption.scope == "clause":
        return _widen(span, unit)
    later = (
        c.first for c in unit.clauses if c.first >= span.last and unit.words[c.first].norm in lexicon.contrast
    )
    return Span(span.first, next(later, len(unit.words)))
