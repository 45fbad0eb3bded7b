"""The pipelines that ship load, say what they come from, and tell apart what the language feedback rests on."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, Token

from bot.language import pipelines
from bot.language.engine import PipelineMissing
from bot.language.pipelines import LanguageCode, analyse, load


def token(doc: Doc, text: str) -> Token:
    return next(found for found in doc if found.text == text)


def moods(language: LanguageCode, text: str) -> list[str]:
    return [found.text for found in analyse(language, text) if "Mood=Imp" in found.morph]


@pytest.mark.parametrize("language", ["sv", "da"])
def test_ours_load_once_with_stable_components(language: LanguageCode) -> None:
    nlp = load(language)
    assert nlp.lang == language and load(language) is nlp
    expected = [
        "lexicon",
        "tok2vec",
        "morphologizer",
        "features",
        "trainable_lemmatizer",
        "lemmas",
        "senter",
        "parser",
    ]
    assert [name for name in nlp.pipe_names if name in expected] == expected


def test_swedish_words_and_tree() -> None:
    doc = analyse("sv", "Jag ringde min läkare i går.")
    assert [found.pos_ for found in doc][:4] == ["PRON", "VERB", "PRON", "NOUN"]
    assert token(doc, "ringde").lemma_ == "ringa" and "Tense=Past" in token(doc, "ringde").morph
    assert token(doc, "läkare").head.text == "ringde" and token(doc, "Jag").dep_ == "nsubj"


def test_danish_words_and_tree() -> None:
    doc = analyse("da", "Jeg ringede til min læge i går.")
    assert token(doc, "ringede").lemma_ == "ringe" and "Tense=Past" in token(doc, "ringede").morph
    assert token(doc, "læge").head.text == "ringede" and token(doc, "Jeg").dep_ == "nsubj"


@pytest.mark.parametrize(
    ("language", "text", "verbs"),
    [
        ("sv", "Ring läkaren i morgon", ["Ring"]),
        ("sv", "ring läkaren i morgon", ["ring"]),
        ("sv", "Sluta ta tabletterna.", ["Sluta"]),
        ("sv", "Jag förstår dig, men prata med din chef.", ["prata"]),
        ("sv", "Ringer du läkaren i morgon?", []),
        ("sv", "Jag ringde läkaren.", []),
        ("da", "Ring til din læge i morgen", ["Ring"]),
        ("da", "ring til din læge i morgen", ["ring"]),
        ("da", "Tag dig nu sammen.", ["Tag"]),
        ("da", "Jeg forstår dig godt, men snak med din chef.", ["snak"]),
        ("da", "Ringer du til lægen i morgen?", []),
        ("da", "Jeg ringede til lægen.", []),
    ],
)
def test_imperatives(language: LanguageCode, text: str, verbs: list[str]) -> None:
    assert moods(language, text) == verbs


@pytest.mark.parametrize(
    ("language", "text", "modal"),
    [("sv", "du borde ringa läkaren", "böra"), ("da", "du burde ringe til lægen", "burde")],
)
def test_modals_and_whom_they_are_said_to(language: LanguageCode, text: str, modal: str) -> None:
    doc = analyse(language, text)
    assert doc[1].pos_ == "AUX" and doc[1].lemma_ == modal
    assert doc[2].pos_ == "VERB" and doc[0].head.i == 2 and doc[0].dep_ == "nsubj"


@pytest.mark.parametrize(
    ("language", "greeting"), [("sv", "hej"), ("da", "hej"), ("sv", "ja"), ("da", "nej")]
)
def test_greetings_are_interjections(language: LanguageCode, greeting: str) -> None:
    assert analyse(language, greeting)[0].pos_ == "INTJ"


def test_sentences_are_told_apart() -> None:
    assert len(list(analyse("sv", "Det låter tungt. Hur mår du i dag? Jag finns här.").sents)) == 3
    assert len(list(analyse("da", "Det lyder hårdt. Hvordan har du det i dag? Jeg er her.").sents)) == 3


@pytest.mark.parametrize("text", ["", " ", "🙂", "a" * 4096, "\u200b\u0301", "שלום"])
def test_odd_texts_are_analysed_to_the_letter(text: str) -> None:
    assert analyse("sv", text).text == text


def test_several_threads_get_the_same_answer() -> None:
    alone = analyse("sv", "Jag förstår dig.").to_json()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: analyse("sv", "Jag förstår dig.").to_json(), range(20)))
    assert together == [alone] * 20


def test_a_named_pipeline_that_is_not_installed_is_told() -> None:
    with pytest.raises(PipelineMissing, match="sv_not_there"):
        load("sv", "sv_not_there")


def test_a_pipeline_of_another_language_is_refused(tmp_path: Path) -> None:
    spacy.blank("da").to_disk(tmp_path / "da")
    with pytest.raises(PipelineMissing, match="not for 'sv'"):
        load("sv", str(tmp_path / "da"))


def test_missing_models_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines, "MODELS", tmp_path)
    pipelines._load.cache_clear()
    with pytest.raises(PipelineMissing, match="peerbot train"):
        load("sv")


@pytest.mark.parametrize(
    "source",
    [
        "UD Swedish-Talbanken",
        "UD Swedish-PUD",
        "UD Swedish-SweLL",
        "UD Danish-DDT",
        "Copenhagen Dependency Treebanks",
        "UD Norwegian-Bokmaal",
        "spaCy lookups data",
    ],
)
def test_every_source_is_attributed(source: str) -> None:
    text = (pipelines.MODELS / "ATTRIBUTION.md").read_text("utf-8")
    assert source in text and "CC BY-SA 4.0" in text
