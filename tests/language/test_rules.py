"""Every rule family and exemption is held to the sentences that stand beside it."""

import re
from collections.abc import Iterator

import pytest

from bot.language.evaluation import Stretch, overlap
from bot.language.findings import CATEGORIES, Language, Setting
from bot.language.rules.families import Exemption, Family, exempted, hits, load_rules
from bot.language.rules.lexicon import load_lexicon
from bot.language.rules.patterns import Pattern
from bot.language.rules.reading import normalise, read

LANGUAGES: tuple[Language, ...] = ("sv", "da")
FAMILIES = [(language, family) for language in LANGUAGES for family in load_rules(language).families]
EXEMPTIONS = [(language, entry) for language in LANGUAGES for entry in load_rules(language).exemptions]


def flagged(text: str, language: Language, setting: Setting) -> Iterator[tuple[str, Stretch]]:
    """The family ids and stretches that the rules alone flag in a text, exemptions applied."""
    rules = load_rules(language)
    for unit in read(text, rules.lexicon):
        lifted = exempted(unit, rules, setting)
        for hit in hits(unit, rules, setting):
            spans = [span for _, span in lifted.get(hit.family.category, ())]
            if not any(span.first < hit.span.last and hit.span.first < span.last for span in spans):
                start, end = unit.words[hit.span.first].start, unit.words[hit.span.last - 1].end
                yield hit.family.id, Stretch(hit.family.category, start, end)


def setting_of(entry: Family | Exemption) -> Setting:
    return "message" if "message" in entry.settings else "reflection"


@pytest.mark.parametrize(("language", "family"), FAMILIES, ids=lambda value: getattr(value, "id", value))
def test_family_flags_what_it_must(language: Language, family: Family) -> None:
    assert family.must_flag, "a family without sentences that it must flag"
    for marked in family.must_flag:
        start, end = marked.index("["), marked.index("]") - 1
        text = re.sub(r"[\[\]]", "", marked)
        found = [s for name, s in flagged(text, language, setting_of(family)) if name == family.id]
        wanted = Stretch(family.category, start, end)
        assert any(overlap(wanted, stretch) >= 0.5 for stretch in found), marked


@pytest.mark.parametrize(("language", "family"), FAMILIES, ids=lambda value: getattr(value, "id", value))
def test_family_passes_what_it_must(language: Language, family: Family) -> None:
    assert family.must_pass, "a family without sentences that it must pass"
    for text in family.must_pass:
        assert family.id not in {name for name, _ in flagged(text, language, setting_of(family))}, text


@pytest.mark.parametrize(("language", "entry"), EXEMPTIONS, ids=lambda value: getattr(value, "id", value))
def test_exemption_lifts(language: Language, entry: Exemption) -> None:
    assert entry.must_pass, "an exemption without sentences that it must let pass"
    for text in entry.must_pass:
        found = {s.category for _, s in flagged(text, language, setting_of(entry))}
        assert not found & entry.lifts, text


@pytest.mark.parametrize(("language", "family"), FAMILIES, ids=lambda value: getattr(value, "id", value))
def test_family_is_well_formed(language: Language, family: Family) -> None:
    assert family.category in CATEGORIES
    assert family.also in ("", *CATEGORIES)
    assert re.fullmatch(r"P[1-6]", family.principle)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ids_are_unique(language: Language) -> None:
    ids = [family.id for family in load_rules(language).families]
    assert len(ids) == len(set(ids))


def test_both_languages_have_the_same_families() -> None:
    one, other = ({family.id for family in load_rules(language).families} for language in LANGUAGES)
    assert one == other


@pytest.mark.parametrize("source", ["du {unknown}", "du <unknown>", "du a(b)"])
def test_a_faulty_pattern_is_refused(source: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        Pattern(source, load_lexicon("sv").classes)


def test_reading_keeps_offsets_and_undoes_noise() -> None:
    text = "Duuuu 😀 ska bara ring\u0301a nån, ok?"
    words = [word for unit in read(text, load_lexicon("sv")) for word in unit.words]
    assert [text[word.start : word.end] for word in words if word.norm == "någon"] == ["nån"]
    assert words[0].norm == "du"


@pytest.mark.parametrize(
    ("language", "text", "clauses"),
    [
        ("sv", "Jag förstår att det är tungt, men du borde prata med din chef", 3),
        ("sv", "sluta gnälla du överdriver", 2),
        ("sv", "Skriv till henne och säg ifrån", 1),
        ("da", "Jeg synes, du skal sige op", 2),
        ("da", "Alle, der har været indlagt, skal have et netværk", 1),
        ("da", "Sluk telefonen og sov ud i morgen", 1),
    ],
)
def test_clauses(language: Language, text: str, clauses: int) -> None:
    (unit,) = read(text, load_lexicon(language))
    assert len(unit.clauses) == clauses


def test_clock_times_and_abbreviations_do_not_end_a_unit() -> None:
    assert len(read("Vi ses kl. 15.30 på 2. våningen", load_lexicon("sv"))) == 1


def test_normalise_is_told_by_its_tables() -> None:
    assert normalise("IKKK", {"ikk": "ikke", "ik": "ikke"}) == "ikke"
