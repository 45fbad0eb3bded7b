"""Rewordings: grammatical, never softened advice, never about treatment, and never flagged themselves."""

import pytest

from bot.language.feedback import Feedback
from bot.language.findings import Finding, Language
from bot.language.rewriting import load_rewriter
from bot.language.training.feedback import corpus

FEEDBACK = Feedback()
FORBIDDEN = {
    "sv": ("kanske borde", "skulle kunna", "prova att", "testa att"),
    "da": ("måske skulle du", "prøv at", "du kunne prøve", "måske kunne du"),
}


def directive(quote: str, category: str = "directive") -> Finding:
    return Finding(category, 0, len(quote), quote, "test", 1.0, "P1", "ili")


@pytest.mark.parametrize(
    ("language", "quote", "phrase"),
    [
        ("sv", "Du borde ta upp arbetsbelastningen med facket", "ta upp arbetsbelastningen med facket"),
        ("sv", "Ring läkaren i morgon", "ringa läkaren i morgon"),
        ("sv", "Skriv till henne o säg förlåt", "skriva till henne och säga förlåt"),
        ("sv", "varför söker du inte bara ett nytt jobb", "söka ett nytt jobb"),
        ("sv", "Om jag var du skulle jag säga upp mig", "säga upp dig"),
        ("sv", "Det bästa är att gå upp tidigt", "gå upp tidigt"),
        ("sv", "du måste prova att gå ut varje dag", "gå ut varje dag"),
        ("sv", "du får se till å ta bussen själv", "se till att ta bussen själv"),
        ("sv", "du skulle må bra av o komma ut lite", "komma ut lite"),
        ("sv", "ska du inte ta och äta ordentligt", "äta ordentligt"),
        ("da", "du ska holde op med å aflyse", "holde op med at aflyse"),
        ("da", "tag hjem og sov", "tage hjem og sove"),
        ("da", "Du bør bede kommunen om aktindsigt i din sag", "bede kommunen om aktindsigt i din sag"),
        ("da", "Sluk telefonen og sov ud i morgen", "slukke telefonen og sove ud i morgen"),
        ("da", "hvorfor finder du ik bare et nyt job", "finde et nyt job"),
        ("da", "Hvis jeg var dig, ville jeg sige mit job op", "sige dit job op"),
        ("da", "Det klogeste er at sælge huset", "sælge huset"),
        (
            "da",
            "Han er nødt til at droppe de venner, der trækker ham ned",
            "droppe de venner, der trækker ham ned",
        ),
    ],
)
def test_the_deed_is_an_infinitive_phrase(language: Language, quote: str, phrase: str) -> None:
    deed = load_rewriter(language).deed(quote)
    assert deed is not None
    assert deed.phrase == phrase


@pytest.mark.parametrize("quote", ["Du ska inte tänka så", "Upp ur soffan bara", "nu går du hem"])
def test_without_a_safe_deed_the_question_goes_back(quote: str) -> None:
    lines = load_rewriter("sv").suggestions(directive(quote), [])
    assert lines == load_rewriter("sv").texts["suggestions"]["directive"]["back"]


@pytest.mark.parametrize(
    ("language", "quote"),
    [
        ("sv", "Sluta ta tabletterna"),
        ("sv", "du borde byta psykolog"),
        ("sv", "Halvera sömnmedicinen"),
        ("da", "Stop med pillerne"),
        ("da", "drop din psykolog"),
    ],
)
def test_treatment_is_never_an_option_or_an_experience(language: Language, quote: str) -> None:
    rewriter = load_rewriter(language)
    lines = rewriter.suggestions(directive(quote), [])
    assert lines == rewriter.texts["suggestions"]["overstepping"]["lines"]


def test_a_third_person_is_asked_about_by_the_right_pronoun() -> None:
    lines = load_rewriter("sv").suggestions(directive("Hon måste lära sig att säga nej till sin chef"), [])
    assert "Hur tänker hon själv kring att lära sig att säga nej till sin chef?" in lines


@pytest.mark.parametrize("language", ["sv", "da"])
def test_no_suggestion_for_a_labelled_stretch_is_softened_or_flagged(language: Language) -> None:
    """For the development messages: everything offered passes the check, in both settings."""
    messages = [message for message in corpus(language, "dev") if message.gold][:60]
    for message in messages:
        for stretch in message.gold:
            quote = message.text[stretch.start : stretch.end]
            finding = directive(quote, stretch.category)
            offered = FEEDBACK.explain(finding, message.text, language).suggestions
            assert 1 <= len(offered) <= 3
            for line in offered:
                assert not any(phrase in line.lower() for phrase in FORBIDDEN[language]), line
                assert not FEEDBACK.check(line, language, "message"), line
                assert not FEEDBACK.check(line, language, "reflection"), line


@pytest.mark.parametrize("language", ["sv", "da"])
def test_no_fixed_line_is_flagged(language: Language) -> None:
    lines = load_rewriter(language).fixed_lines()
    assert len(lines) > 10
    for line in lines:
        assert not FEEDBACK.check(line, language, "message"), line
        assert not FEEDBACK.check(line, language, "reflection"), line
