"""Hashed n-grams of a message, and a spaCy text classifier that is linear in them.

Short, misspelt chat leaves a word model with nothing to hold on to; pieces of words and pairs of words survive
noise. The three classifiers of understanding (language, intent, crisis) share this one architecture.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab
from thinc.api import Model, chain
from thinc.layers import SparseLinear_v2

from bot.language.concepts import concepts
from bot.language.spelling import fold, normalise, words

Features = Iterable[tuple[str, float]]

_LONG = 1200


def message_features(text: str) -> Iterator[tuple[str, float]]:
    """Words, pairs and pieces of words of a message, whatever its language; very long texts only at both ends."""
    plain = normalise(text if len(text) <= _LONG else f"{text[: _LONG // 2]} {text[-_LONG // 2 :]}")
    tokens = words(plain)
    marked = ["^", *tokens, "$"]
    yield f"n{min(len(tokens), 12)}", 1.0
    for token in tokens:
        yield f"w{token}", 1.0
    for left, right in pairwise(marked):
        yield f"b{left} {right}", 1.0
    for left, right in zip(tokens, tokens[2:], strict=False):
        yield f"s{left} {right}", 0.7
    for triple in zip(marked, marked[1:], marked[2:], strict=False):
        yield "t" + " ".join(triple), 0.7
    for token in tokens:
        yield from pieces(f" {token[:30]} ", 3, 5, 0.5)
    yield from concept_features([fold(token) for token in tokens if token[0].isalnum()])


def concept_features(folded: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Concepts, pairs that stand near each other, and triples, of the folded words."""
    found = list(concepts(folded))
    for at, concept in enumerate(found):
        yield f"k{concept}", 1.0
        for later in found[at + 1 : at + 6]:
            yield f"p{concept} {later}", 0.7
    for triple in zip(found, found[1:], found[2:], strict=False):
        yield "q" + " ".join(triple), 0.7


def pieces(padded: str, shortest: int, longest: int, weight: float) -> Iterator[tuple[str, float]]:
    """All substrings of `padded` from `shortest` to `longest` characters, each with `weight`."""
    for size in range(shortest, longest + 1):
        for start in range(len(padded) - size + 1):
            yield f"c{padded[start : start + size]}", weight


class OneToken(DummyTokenizer):
    """Makes a Doc of a single token of any text; an empty text becomes a space, a lone surrogate a question mark."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return Doc(self.vocab, words=[whole or " "], spaces=[False])


@registry.tokenizers("peerbot.OneToken.v1")  # type: ignore[untyped-decorator]
def build_tokenizer() -> Callable[[Language], OneToken]:
    """A tokenizer that leaves the text whole: the features read the text, not its tokens."""
    return lambda nlp: OneToken(nlp.vocab)


@registry.architectures("peerbot.NgramClassifier.v1")  # type: ignore[untyped-decorator]
def build_classifier(features: str, length: int, nO: int | None = None) -> Model[list[Doc], np.ndarray]:
    """A softmax over hashed features of the texts; `features` names one of `FEATURES`, `length` is the table size."""
    linear = SparseLinear_v2(nO=nO, length=length)
    model: Model[list[Doc], np.ndarray] = chain(_extract(features), linear, _softmax())
    model.set_ref("output_layer", linear)
    model.attrs["multi_label"] = False
    return model


FEATURES: dict[str, Callable[[str], Features]] = {"message": message_features}


def _extract(features: str) -> Model[list[Doc], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    return Model("peerbot_features", _forward, attrs={"features": features})


def _forward(model, docs, is_train):  # type: ignore[no-untyped-def]
    function = FEATURES[model.attrs["features"]]
    rows = [_hashed(doc, function) for doc in docs]
    keys = np.concatenate([row[0] for row in rows]) if rows else np.zeros(0, np.uint64)
    values = np.concatenate([row[1] for row in rows]) if rows else np.zeros(0, np.float32)
    lengths = np.array([len(row[0]) for row in rows], dtype=np.int32)
    return (keys, values, lengths), lambda _: []


def _softmax() -> Model[np.ndarray, np.ndarray]:
    """Softmax whose gradient is that of the cross entropy: spaCy hands back "score minus truth" as it should be."""
    return Model(
        "cross_entropy_softmax", lambda model, scores, is_train: (model.ops.softmax(scores), lambda d: d)
    )


def _hashed(doc: Doc, function: Callable[[str], Features]) -> tuple[np.ndarray, np.ndarray]:
    kept = doc.user_data.get("ngrams")
    if kept is None:
        kept = doc.user_data["ngrams"] = hashed(function(doc.text))
    return kept


def hashed(features: Features) -> tuple[np.ndarray, np.ndarray]:
    """Keys and values of the features, scaled so that long messages do not shout (Euclidean length 1)."""
    total: dict[int, float] = {}
    for name, value in features:
        key = crc32(name.encode("utf-8", "surrogatepass"))
        total[key] = total.get(key, 0.0) + value
    values = np.sqrt(np.array(list(total.values()), dtype=np.float32))
    norm = float(np.linalg.norm(values)) or 1.0
    return np.array(list(total.keys()), dtype=np.uint64), values / norm
