"""How well a pipeline analyses a treebank, by spaCy's own scorer and from raw text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from spacy.language import Language
from spacy.scorer import Scorer
from spacy.training import Example

from .augment import lower_case, without_punctuation
from .treebank import Sentence, read_conllu, to_doc

GROUP = 10
"""Sentences to a document, as in spaCy's published figures."""
MEASURES = {"pos": "pos_acc", "morph": "morph_acc", "lemma": "lemma_acc", "uas": "dep_uas", "las": "dep_las"}


def score(nlp: Language, conllu: Path, chat: bool = False) -> dict[str, float]:
    """Accuracies from 0 to 1: ``pos``, ``morph``, ``lemma``, ``uas``, ``las``, and the F-score ``sents``.

    ``chat`` scores a copy of the treebank without capitals and punctuation. Raises OSError for a missing file.
    """
    return score_sentences(nlp, read_conllu(conllu), chat)


def score_sentences(nlp: Language, sentences: list[Sentence], chat: bool = False) -> dict[str, float]:
    """As :func:`score`, for sentences that were read already."""
    if chat:
        sentences = [without_punctuation(lower_case(sentence)) for sentence in sentences]
    examples = list(_examples(nlp, sentences))
    scorer = Scorer(nlp)
    found = scorer.score(examples) | Scorer.score_spans(examples, "sents", getter=lambda doc, _: doc.sents)
    return {name: round(found[key], 4) for name, key in {**MEASURES, "sents": "sents_f"}.items()}


def _examples(nlp: Language, sentences: list[Sentence]) -> Iterator[Example]:
    for start in range(0, len(sentences), GROUP):
        reference = to_doc(nlp.vocab, sentences[start : start + GROUP])
        yield Example(nlp(reference.text), reference)
