"""Language, intent and danger of a message: the promises, the close calls, bad input, and that training repeats."""

import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.concepts import concepts
from bot.language.crisis import LOCALES, any_of, unfolded, windows
from bot.language.intents import INTENTS, SURE, choose
from bot.language.spelling import fold, normalise, words
from bot.language.training.noise import noisy
from bot.language.training.understanding import add_classifier, blank
from bot.language.training.utterances import Utterance, expand, read
from bot.language.understanding import MODELS, Understander
from bot.language.understanding_evaluation import CORPUS, evaluate


@pytest.fixture(scope="module")
def known() -> Understander:
    return Understander()


def rules() -> Iterator[tuple[str, dict[str, Any]]]:
    for language in ("sv", "da", "en"):
        for entries in tomllib.loads((LOCALES / language / "crisis.toml").read_text("utf-8")).values():
            yield from ((f"{language}.{rule['id']}", rule) for rule in entries)


@pytest.mark.parametrize(
    ("name", "rule"), list(rules()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_flags_and_passes_its_own_examples(name: str, rule: dict[str, Any]) -> None:
    pattern = any_of(rule["patterns"])
    assert [text for text in rule.get("flags", []) if not pattern.search(unfolded(text))] == []
    assert [text for text in rule.get("passes", []) if pattern.search(unfolded(text))] == []


def test_the_held_out_figures_hold(known: Understander) -> None:
    """A floor under what `evaluate` measures on messages that training has not read."""
    figures = evaluate("test", known)
    assert figures["language"]["accuracy"] >= 0.93
    assert figures["language"]["norwegian_as_danish"] <= 0.1
    for language in ("sv", "da"):
        assert figures["intent"][language]["accuracy"] >= 0.8
        assert figures["crisis"][language]["recall"] >= 0.8
        assert figures["crisis"][language]["false_alarms"] <= 0.2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ja tack", "sv"),
        ("Nej tak", "da"),
        ("ok", "other"),
        ("👍", "other"),
        ("42", "other"),
        ("https://example.dk/en-side", "other"),
        ("", "other"),
        ("Jeg vil gjerne snakke med noen", "other"),
        ("Thank you so much", "other"),
    ],
)
def test_short_messages_find_their_language(known: Understander, text: str, language: str) -> None:
    assert known.language(text)[0] == language


def test_a_shared_greeting_follows_what_was_written_before(known: Understander) -> None:
    assert known.language("Hej", {"da": 4})[0] == "da"
    assert known.language("Hej", {"sv": 4})[0] == "sv"


def test_a_chosen_language_is_never_guessed(known: Understander) -> None:
    assert known.understand("Nej tak", language="sv").language == "sv"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Kan jag få en annan peer?", "request_peer"),
        ("Jeg er utilfreds med min peer", "coordinator"),
        ("Min peer har fortalt andre, hvad jeg sagde", "coordinator"),
        ("Har ni tystnadsplikt?", "ask_about"),
        ("Ställ in mötet imorgon", "cancel_session"),
        ("Jeg vil gerne stoppe helt med det her", "pause"),
        ("Ta bort allt ni har om mig", "my_data"),
        ("Jag vill bli peer, får man betalt?", "offer_support"),
        ("Jag mår så dåligt idag", "other"),
        ("Skift til svensk", "change_language"),
    ],
)
def test_close_calls_of_intent(known: Understander, text: str, intent: str) -> None:
    assert known.understand(text).intent == intent


def test_only_known_intents_are_learnt() -> None:
    learnt = {label for path in CORPUS.glob("intents/*.txt") for _, label in read(path)}
    assert learnt == set(INTENTS)


def test_an_unsure_choice_offers_two_or_three() -> None:
    sure = choose({"pause": SURE, "help": 1 - SURE})
    unsure = choose({"pause": 0.4, "help": 0.35, "other": 0.25})
    assert sure.alternatives == ()
    assert unsure.alternatives == ("pause", "help", "other")


@pytest.mark.parametrize(
    "text",
    [
        "Jag vill dö",
        "jeg vil ikke leve mere",
        "vill dööö",
        "v i l l  d ö",
        "Jag har tagit alla mina tabletter",
        "Hvis hun går fra mig, tager jeg livet af mig",
        "min mand låser mig inde og truer mig",
        "Jag slog min son idag och kan inte sluta",
        "I want to kill myself",
        "jag orkar inte leva",
        "jeg håber jeg ikke vågner i morgen",
        "Hej! Mötet gick bra och jobbet med. " * 12
        + "Jag tänker ta livet av mig ikväll. "
        + "Vi ses på torsdag. " * 12,
    ],
)
def test_danger_is_noticed(known: Understander, text: str) -> None:
    assert known.crisis(text) == "acute"


@pytest.mark.parametrize(
    "text",
    [
        "Jag dör av skratt",
        "jeg er ved at dø af sult",
        "det tar livet av mig, all den här tvätten",
        "Min bror tog livet av sig för tio år sedan",
        "Hvad gør jeg som peer, hvis nogen skriver, at de vil dø?",
        "Kan vi flytta mötet till fredag?",
        "Tak for i dag",
        "",
    ],
)
def test_what_only_sounds_grave_is_no_alarm(known: Understander, text: str) -> None:
    assert known.crisis(text) != "acute"


@pytest.mark.parametrize("text", ["Jag orkar inte mer", "hvad er meningen med det hele"])
def test_despair_is_met_with_a_question(known: Understander, text: str) -> None:
    assert known.crisis(text) in ("unclear", "acute")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_understood(text: str) -> None:
    found = _SHARED.understand(text)
    assert found.intent in INTENTS
    assert _SHARED.crisis(text) in ("acute", "unclear", "none")
    assert 0 <= found.language_confidence <= 1.0001


@pytest.mark.parametrize(
    "text",
    [
        " \n\t",
        "👍👍🏽",
        "a" * 4096,
        "å" * 4096,
        "\u200b\u200d",
        "مرحبا كيف حالك",
        "e\u0301" * 500,
        "\ud800",
        "<b>&",
        "hej " * 1024,
    ],
    ids=["blank", "emoji", "a", "å", "invisible", "arabic", "combining", "surrogate", "markup", "long"],
)
def test_strange_input_is_no_crisis(known: Understander, text: str) -> None:
    assert known.crisis(text) == "none"


def test_threads_may_share_it(known: Understander) -> None:
    expected = known.understand("Kan vi flytta mötet till fredag?")
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(known.understand("Kan vi flytta mötet till fredag?")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_texts_are_not_remembered(known: Understander) -> None:
    known.understand("ett alldeles hemligt ord xyzzyqwv")
    known.crisis("ett alldeles hemligt ord xyzzyqwv")
    assert not any("xyzzyqwv" in string for string in known.vocabulary)


def test_long_messages_are_judged_in_pieces() -> None:
    text = "Det var en lugn dag. " * 40
    assert all(len(piece.split()) <= 40 for piece in windows(text))


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_concepts_cross_languages() -> None:
    swedish, danish = (
        [*concepts([fold(word) for word in words(normalise(text))])] for text in ("avboka", "aflys")
    )
    assert "cancel" in swedish and "cancel" in danish


def test_templates_expand_and_noise_repeats() -> None:
    import random

    assert expand("{a|b} c{ d|}", 9, random.Random(0)) == ["a c d", "a c", "b c d", "b c"]
    assert noisy("Jag vill prata med någon", random.Random(3)) == noisy(
        "Jag vill prata med någon", random.Random(3)
    )


def test_training_repeats() -> None:
    sample = [Utterance("jag vill prata", "yes"), Utterance("hej då", "no")] * 40

    def scores() -> list[float]:
        nlp = blank()
        add_classifier(nlp, "intent", sample, seed=1)
        return list(map(float, nlp.get_pipe("intent").predict([nlp.make_doc("vill prata")])[0]))

    assert scores() == scores()


def test_the_models_are_small_and_hold_no_texts() -> None:
    files = [path for path in Path(MODELS).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 6_000_000
    assert spacy.load(MODELS).pipe_names == ["language", "intent", "crisis"]
    assert not any(path.name == "strings.json" for path in files)


_SHARED = Understander()
