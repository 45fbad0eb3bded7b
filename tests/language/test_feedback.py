"""The facade: what the guidelines name is found, what they exempt is not, and no text breaks it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.evaluation import Labelled, Stretch, evaluate
from bot.language.feedback import Feedback
from bot.language.findings import CATEGORIES, Finding, Language, Setting

FEEDBACK = Feedback()

FLAGGED = [
    ("sv", "message", "Du borde prata med din chef", {"directive"}),
    ("sv", "message", "Om jag var du skulle jag säga upp mig", {"directive"}),
    ("sv", "message", "Varför söker du inte bara ett nytt jobb?", {"directive"}),
    ("sv", "message", "Människor borde be om hjälp", {"generalising"}),
    ("sv", "message", "Folk med ångest överdriver", {"generalising"}),
    ("sv", "message", "Det var dumt gjort", {"judging"}),
    ("sv", "message", "Skärp dig", {"directive", "judging"}),
    ("sv", "message", "Du har säkert bipolär sjukdom", {"overstepping"}),
    ("sv", "message", "Sluta ta tabletterna", {"directive", "overstepping"}),
    (
        "sv",
        "message",
        "En annan jag stöttar, Lena på Storgatan, har också försökt ta sitt liv",
        {"confidentiality"},
    ),
    ("sv", "reflection", "Hon måste sluta isolera sig", {"directive"}),
    ("da", "message", "Du skal bare komme ud ad døren", {"directive"}),
    ("da", "message", "Hvis jeg var dig, ville jeg sige op", {"directive"}),
    ("da", "message", "Man skal ikke give op", {"generalising"}),
    ("da", "message", "Ingen bliver rask af piller", {"generalising"}),
    ("da", "message", "Det var dumt af dig", {"judging"}),
    ("da", "message", "Du har helt sikkert en depression", {"overstepping"}),
    ("da", "message", "Stop med pillerne", {"directive", "overstepping"}),
    ("da", "message", "En anden, jeg støtter, Mette fra Vejle, er lige blevet indlagt", {"confidentiality"}),
    ("da", "reflection", "Han har helt klart ADHD", {"overstepping"}),
]

PASSED = [
    ("sv", "Jag borde ha sökt hjälp tidigare"),
    ("sv", "För mig hjälpte det att gå upp tidigt"),
    ("sv", "Min läkare sa att jag måste vila"),
    ("sv", "Hur tänker du själv kring det?"),
    ("sv", "Du måste inte svara nu"),
    ("sv", "Hör av dig när du vill"),
    ("sv", "Ring 112 nu"),
    ("sv", "Man blir ju så trött"),
    ("sv", "Vad starkt av dig att du berättar"),
    ("sv", "Ska vi ses på torsdag?"),
    ("da", "Jeg var nødt til at sygemelde mig"),
    ("da", "Alle sagde, at jeg bare skulle tage mig sammen"),
    ("da", "Hvad har hjulpet dig før?"),
    ("da", "Pas på dig selv"),
    ("da", "Ring til Livslinjen"),
    ("da", "Man føler sig så alene"),
    ("da", "Det lyder virkelig hårdt"),
    ("da", "Skal vi snakke om det på torsdag?"),
]


@pytest.mark.parametrize(("language", "setting", "text", "categories"), FLAGGED)
def test_what_the_guidelines_flag(
    language: Language, setting: Setting, text: str, categories: set[str]
) -> None:
    found = FEEDBACK.check(text, language, setting)
    assert {finding.category for finding in found} == categories
    assert all(finding.quote == text[finding.start : finding.end] for finding in found)


@pytest.mark.parametrize(("language", "text"), PASSED)
def test_what_the_guidelines_never_flag(language: Language, text: str) -> None:
    assert FEEDBACK.check(text, language) == []


def test_the_stretch_is_the_clause_without_the_rest() -> None:
    text = "Jag förstår att det är tungt, men du borde prata med din chef."
    (finding,) = FEEDBACK.check(text, "sv")
    assert finding.quote == "du borde prata med din chef"
    assert 0 < finding.confidence <= 1


def test_a_rule_can_be_switched_off() -> None:
    (finding,) = FEEDBACK.check("Du borde prata med din chef", "sv")
    assert FEEDBACK.check("Du borde prata med din chef", "sv", switched_off={finding.rule}) == []


@pytest.mark.parametrize("language", ["sv", "da"])
def test_an_explanation_is_whole(language: Language) -> None:
    text = {"sv": "Ring din chef i morgon", "da": "Ring til din chef i morgen"}[language]
    (finding,) = FEEDBACK.check(text, language)
    explanation = FEEDBACK.explain(finding, text, language)
    assert explanation.message and explanation.principle and explanation.source
    assert 2 <= len(explanation.suggestions) <= 3


odd = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="aå\u0301\u200b\u202e😀𝒳\U0001f1f8ש ,.\n", max_size=300),
    st.lists(st.sampled_from(("du", "borde", "man", "jag", ",", ".", "ring", "och", "att", "😀", "\n"))).map(
        " ".join
    ),
)


@given(odd, st.sampled_from(("sv", "da")), st.sampled_from(("message", "reflection")))
@settings(max_examples=120, deadline=None)
def test_no_text_breaks_it_and_offsets_are_right(text: str, language: Language, setting: Setting) -> None:
    for finding in FEEDBACK.check(text, language, setting):
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.quote == text[finding.start : finding.end]
        assert finding.category in CATEGORIES


@pytest.mark.parametrize(
    "text", ["", " ", "😀😀", "a" * 4096, "x,-" * 1365, "du borde " * 455, "\u0301" * 50]
)
def test_extreme_texts(text: str) -> None:
    for language in ("sv", "da"):
        assert isinstance(FEEDBACK.check(text, language), list)


def test_offsets_beyond_the_basic_plane() -> None:
    text = "😀🫠 Du borde prata med din chef 😀"
    (finding,) = FEEDBACK.check(text, "sv")
    assert text[finding.start : finding.end] == "Du borde prata med din chef"


def test_many_threads_find_the_same() -> None:
    text = "Du borde prata med din chef. Skärp dig!"
    alone = FEEDBACK.check(text, "sv")
    with ThreadPoolExecutor(4) as pool:
        assert all(found == alone for found in pool.map(lambda _: FEEDBACK.check(text, "sv"), range(40)))


def test_the_scorer_counts_messages_and_stretches() -> None:
    item = Labelled("1", "sv", "message", "", "abcdefghij", (Stretch("directive", 0, 6),))
    clean = Labelled("2", "sv", "message", "", "klm", ())

    def check(text: str, _language: Language, _setting: Setting) -> list[Finding]:
        return [Finding("directive", 0, 2, text[0:2], "r", 1.0, "P1", "ili")]

    report = evaluate(check, [item, clean])
    assert (report.messages["directive"].right, report.messages["directive"].wrong) == (1, 1)
    assert (report.stretches["directive"].right, report.stretches["directive"].missed) == (0, 1)
    assert report.false_alarms == 1.0
