"""Reading, harmonising, varying and training on treebanks; the data here are small and our own."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import cast

import pytest
import spacy
from spacy.tokens import Doc

from bot.language.features import FeatureComponent
from bot.language.lemmas import LemmaComponent
from bot.language.lexicon import Lexicon, LexiconComponent
from bot.language.training import score
from bot.language.training.address import (
    addressed,
    as_imperative,
    as_question,
    imperative_form,
    joined,
    to_you,
    without_subject,
)
from bot.language.training.augment import (
    as_chat,
    lower_case,
    misspell,
    with_capital_lemmas,
    without_punctuation,
)
from bot.language.training.corpus import own
from bot.language.training.harmonise import close_quotes, is_deponent, swedish, usage
from bot.language.training.neighbour import as_own, spell
from bot.language.training.train import Training, save
from bot.language.training.treebank import Sentence, Word, read_conllu, to_doc

FORMS = {"ringer": "ringa", "pratade": "prata", "pratar": "prata"}


def words(sentence: Sentence | None) -> str:
    return " ".join(word.form for word in sentence or ())


def statement() -> Sentence:
    """Han ringer inte läkaren."""
    return (
        Word("Han", "han", "PRON", "Case=Nom", 2, "nsubj"),
        Word("ringer", "ringa", "VERB", "Mood=Ind|Tense=Pres|VerbForm=Fin|Voice=Act", 0, "root"),
        Word("inte", "inte", "PART", "Polarity=Neg", 2, "advmod"),
        Word("läkaren", "läkare", "NOUN", "Definite=Def", 2, "obj", space=False),
        Word(".", ".", "PUNCT", "", 2, "punct"),
    )


def test_reads_conllu_with_spaces_and_without_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(
        "# text = Hej!\n1\tHej\thej\tINTJ\t_\t_\t0\troot\t_\tSpaceAfter=No\n2\t!\t!\tPUNCT\t_\t_\t1\tpunct\t_\t_\n\n",
        encoding="utf-8",
    )
    (sentence,) = read_conllu(path)
    assert sentence[0] == Word("Hej", "hej", "INTJ", "", 0, "root", space=False)


def test_a_file_that_marks_no_spaces_gets_usual_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(
        "1\tHej\thej\tINTJ\t_\t_\t0\troot\t_\t_\n2\t!\t!\tPUNCT\t_\t_\t1\tpunct\t_\t_\n", encoding="utf-8"
    )
    assert to_doc(spacy.blank("sv").vocab, read_conllu(path)).text == "Hej! "


def test_a_line_without_ten_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text("1\tHej\thej\n\n", encoding="utf-8")
    with pytest.raises(ValueError, match="CoNLL-U"):
        read_conllu(path)


def test_documents_carry_the_trees_of_all_their_sentences() -> None:
    doc = to_doc(spacy.blank("sv").vocab, [statement(), statement()])
    assert [sent.root.text for sent in doc.sents] == ["ringer", "ringer"]
    assert doc[8].head.text == "ringer" and doc[8].dep_ == "obj"


def test_swedish_features_follow_talbanken() -> None:
    def features(word: Word) -> str:
        return swedish((word,), {})[0].morph

    assert features(Word("som", "som", "PRON", "PronType=Int,Rel", 0, "root")) == "PronType=Rel"
    assert features(Word("där", "där", "ADV", "PronType=Int,Rel", 0, "root")) == ""
    assert features(Word("tre", "tre", "NUM", "", 0, "root")) == "Case=Nom|NumType=Card"
    assert features(Word("inte", "inte", "PART", "", 0, "root")) == "Polarity=Neg"
    assert features(Word("finns", "finnas", "VERB", "Mood=Ind|Voice=Pass", 0, "root")) == "Mood=Ind"
    assert features(Word("bil", "bil", "NOUN", "Case=Nom|Typo=Yes", 0, "root")) == "Case=Nom"


def test_quotation_marks_stand_next_to_what_they_enclose() -> None:
    spaced = tuple(
        Word(form, form, "X", "", 0, "dep")
        for form in ('"', "Ja", ",", '"', "sagde", "han", ":", '"', "Nej", '"')
    )
    assert to_doc(spacy.blank("da").vocab, [close_quotes(spaced)]).text == '"Ja ," sagde han : "Nej" '


def test_deponents_are_told_from_passives() -> None:
    assert is_deponent(Word("hoppas", "hoppas", "VERB", "", 0, "root"))
    assert not is_deponent(Word("sågs", "se", "VERB", "", 0, "root"))


def test_what_the_measure_always_does_is_taken_over() -> None:
    reference = usage([statement()] * 3)
    (word,) = swedish((Word("läkaren", "läkaren", "NOUN", "", 0, "root"),), reference)
    assert (word.lemma, word.morph) == ("läkare", "Definite=Def")


def test_chat_has_no_capitals_and_no_punctuation_and_a_whole_tree() -> None:
    copy = without_punctuation(lower_case(statement()))
    assert words(copy) == "han ringer inte läkaren"
    assert [word.head for word in copy] == [2, 0, 2, 2]


def test_a_sentence_of_punctuation_stays() -> None:
    dots = (Word("...", "...", "PUNCT", "", 0, "root"),)
    assert without_punctuation(dots) == dots


def test_misspelling_keeps_the_analysis_and_short_words() -> None:
    random = Random(1)
    word = statement()[3]
    forms = {misspell(word, random).form for _ in range(50)}
    assert len(forms) > 3 and misspell(word, random).lemma == "läkare"
    assert misspell(statement()[0], random) == statement()[0]


def test_chat_copies_are_reproducible() -> None:
    assert as_chat(statement(), Random(3)) == as_chat(statement(), Random(3))


@pytest.mark.parametrize(
    ("language", "lemma", "expected"),
    [("sv", "ringa", "ring"), ("sv", "prata", "prata"), ("sv", "gå", "gå"), ("sv", "höra", "hör"), ("sv", "ta", "ta"),
     ("sv", "glömma", "glöm"), ("da", "komme", "kom"), ("da", "ringe", "ring"), ("da", "gå", "gå"), ("da", "se", "se")],
)  # fmt: skip
def test_imperative_forms(language: str, lemma: str, expected: str) -> None:
    forms = FORMS | {"glömmer": "glömma"}
    assert imperative_form(language, lemma, forms) == expected


def test_a_statement_becomes_an_imperative_with_its_tree() -> None:
    told = next(
        t
        for seed in range(99)
        if (t := as_imperative(statement(), "sv", FORMS, Random(seed))) and len(t) == 4
    )
    assert words(told) == "Ring inte läkaren ."
    assert told[0].morph.startswith("Mood=Imp") and [w.head for w in told] == [0, 1, 1, 1]


def test_a_clause_without_a_pronoun_is_no_imperative() -> None:
    assert as_imperative(statement()[1:2], "sv", FORMS, Random(0)) is None


def test_the_subject_becomes_du() -> None:
    assert words(to_you(statement(), "sv")) == "Du ringer inte läkaren ."


def test_what_begins_with_a_verb_without_being_an_imperative() -> None:
    asked = as_question(statement())
    assert (
        words(asked) == "Ringer han inte läkaren ?" and asked and [w.head for w in asked] == [0, 1, 1, 1, 1]
    )
    mine = (replace(statement()[0], form="Jag"), *statement()[1:])
    noted = without_subject(mine)
    assert words(noted) == "Ringer inte läkaren ." and noted and [w.head for w in noted] == [0, 1, 1, 1]
    assert without_subject(statement()) is None


def test_a_text_yields_all_kinds_of_address() -> None:
    made = {
        words(sentence)
        for seed in range(9)
        for sentence in addressed([[statement()]], "sv", FORMS, Random(seed))
    }
    assert {"Du ringer inte läkaren .", "Ringer han inte läkaren ?"} < made
    assert any("ring" in sentence.lower().split() for sentence in made)


def test_two_clauses_make_one_sentence_with_one_root() -> None:
    both = joined(statement(), statement())
    assert words(both) == "Han ringer inte läkaren , han ringer inte läkaren ."
    assert [n for n, word in enumerate(both, start=1) if word.head == 0] == [2]
    assert both[6].head == 2 and both[6].dep == "parataxis"


def test_a_neighbour_is_read_as_own() -> None:
    assert spell("jeg", "da", "sv") == "jag" and spell("Ikke", "da", "sv") == "Inte"
    (word,) = as_own((Word("å", "å", "PART", "", 0, "advmod:lmod"),), "nb", "sv")
    assert (word.form, word.dep, word.pos, word.lemma) == ("att", "advmod", "", "")


def test_lexicon_knows_forms_compounds_and_their_lemmas(tmp_path: Path) -> None:
    nouns = {
        f"{stem}{ending}": stem
        for stem in ("bil", "stol", "båt", "hund", "vagn")
        for ending in ("en", "ar", "arna")
    }
    lexicon = Lexicon.build(nouns)
    lexicon.to_disk(tmp_path / "lexicon.npz")
    again = Lexicon.from_disk(tmp_path / "lexicon.npz")
    for known in (lexicon, again):
        entry = known.find("bilarna")
        assert entry and entry.lemma("bilarna") == "bil"
        assert entry == known.find("stolarna") == known.find("lastvagnarna")
        assert known.find("xyzzy") is None
        genitive = known.find("bilarnas")
        assert genitive and genitive.lemma("bilarnas") == "bil"


def test_lexicon_component_writes_class_and_lemma() -> None:
    component = LexiconComponent()
    component.lexicon = Lexicon.build({"bilen": "bil"})
    doc = component(spacy.blank("sv")("Bilen kom"))
    assert [token.lemma_ for token in doc] == ["bil", "kom"] and doc[1].tag_ == "?"


def test_lemmas_are_remembered_then_looked_up_then_guessed(tmp_path: Path) -> None:
    nlp = spacy.blank("sv")
    component = cast(LexiconComponent, nlp.add_pipe("peerbot_lexicon", name="lexicon"))
    component.lexicon = Lexicon.build({"bilen": "bil"})
    lemmas = cast(LemmaComponent, nlp.add_pipe("peerbot_lemmas", name="lemmas"))
    lemmas.remember([("kom", "VERB", "komma"), ("den", "DET", "en"), ("den", "DET", "den")])
    nlp.to_disk(tmp_path / "sv")
    again = spacy.load(tmp_path / "sv")
    doc = Doc(
        again.vocab,
        words=["Bilen", "kom", "Den", "Annas"],
        pos=["NOUN", "VERB", "DET", "PROPN"],
        lemmas=["Bilen", "kom", "Den", "Annas"],
        morphs=["", "", "", "Case=Gen"],
    )
    assert [token.lemma_ for token in again.get_pipe("lemmas")(doc)] == ["bil", "komma", "den", "Anna"]


def test_a_known_form_gets_only_features_that_it_can_have(tmp_path: Path) -> None:
    component = FeatureComponent()
    singular, plural = "Gender=Neut|Number=Sing", "Gender=Neut|Number=Plur"
    seen = [("barn", "NOUN", plural)] * 3 + [("barn", "NOUN", singular)] * 2 + [("bil", "NOUN", "Gender=Com")]
    component.remember(seen, Lexicon.build({}))
    component.to_disk(tmp_path / "features")
    again = FeatureComponent().from_disk(tmp_path / "features")
    predicted = ["Gender=Com|Number=Sing", plural, "Gender=Neut"]
    doc = Doc(spacy.blank("sv").vocab, words=["Barn", "barn", "bil"], pos=["NOUN"] * 3, morphs=predicted)
    assert [str(token.morph) for token in again(doc)] == [singular, plural, "Gender=Neut"]


def test_an_unseen_form_gets_the_features_of_its_class() -> None:
    nouns = {f"{stem}en": stem for stem in ("bil", "stol", "båt", "hund", "vagn", "gran")}
    nlp = spacy.blank("sv")
    words = cast(LexiconComponent, nlp.add_pipe("peerbot_lexicon", name="lexicon"))
    words.lexicon = Lexicon.build(nouns)
    component = FeatureComponent()
    component.remember([(form, "NOUN", "Definite=Def|Gender=Com") for form in list(nouns)[:5]], words.lexicon)
    doc = nlp("granen")
    doc[0].pos_, doc[0].lemma_ = "NOUN", "gran"
    doc[0].set_morph("Definite=Def|Gender=Neut")
    assert str(component(doc)[0].morph) == "Definite=Def|Gender=Com"


def test_capitals_go_into_the_lemma_for_training() -> None:
    assert (
        with_capital_lemmas(statement())[0].lemma == "Han"
        and with_capital_lemmas(statement())[1].lemma == "ringa"
    )


@pytest.mark.parametrize("language", ["sv", "da"])
def test_own_sentences_are_whole_trees(language: str) -> None:
    sentences = own(language)
    assert len(sentences) > 200
    assert all(sum(word.head == 0 for word in sentence) == 1 for sentence in sentences)
    assert list(to_doc(spacy.blank(language).vocab, sentences).sents)


def test_a_small_training_learns_and_scores(tmp_path: Path) -> None:
    texts = [own("sv")[:40]]
    training = Training("sv", texts, seed=0, forms=FORMS)
    losses = list(training.epochs(6))
    nlp = training.nlp
    assert losses[-1]["morphologizer"] < losses[0]["morphologizer"]
    save(nlp, tmp_path / "sv")
    path = tmp_path / "few.conllu"
    path.write_text("\n".join(conllu(sentence) for sentence in texts[0]), encoding="utf-8")
    found = score(spacy.load(tmp_path / "sv"), path)
    assert found["pos"] > 0.5 and set(found) == {"pos", "morph", "lemma", "uas", "las", "sents"}
    assert score(nlp, path, chat=True)["pos"] > 0.4


def conllu(sentence: Sentence) -> str:
    rows = [
        [
            str(n),
            w.form,
            w.lemma,
            w.pos,
            "_",
            w.morph or "_",
            str(w.head),
            w.dep,
            "_",
            "_" if w.space else "SpaceAfter=No",
        ]
        for n, w in enumerate(sentence, start=1)
    ]
    return "\n".join("\t".join(row) for row in rows) + "\n"
