"""The part of the pretrained encoder's vocabulary that Swedish and Danish chat needs, and a tokenizer made of it."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram

from bot.language.training.base_model import BaseModel
from bot.language.training.understanding import comments, forum
from bot.language.training.utterances import treebank_sentences

CORPUS = Path(__file__).parents[1] / "corpus"

SPECIAL = 4  # <s>, <pad>, </s>, <unk>
ALWAYS = 0x2000  # single letters and marks below this stay


def tokenizer(pieces: Iterable[tuple[str, float]], unknown: int) -> Tokenizer:
    """A SentencePiece tokenizer (unigram language model) over pieces with their scores; offsets are in characters."""
    made = Tokenizer(Unigram([(piece, float(score)) for piece, score in pieces], unk_id=unknown))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("  ", " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    return made


def needed(model: BaseModel, texts: Iterable[str], words: Iterable[str], rare: int = 3) -> list[int]:
    """The numbers of the pieces to keep, in order.

    They are the special ones, single letters, all pieces that occur in `texts`, and those that occur at least `rare`
    times among `words` (a word list, where any rare form stands once).
    """
    whole = tokenizer(zip(model.pieces, model.scores, strict=True), model.unknown)
    kept = set(range(SPECIAL))
    kept.update(n for n, piece in enumerate(model.pieces) if len(piece.strip("▁")) <= 1 and _plain(piece))
    for batch in _batches(texts):
        for coded in whole.encode_batch(batch):
            kept.update(coded.ids)
    listed: Counter[int] = Counter()
    for batch in _batches(words):
        for coded in whole.encode_batch(batch):
            listed.update(coded.ids)
    kept.update(piece for piece, count in listed.items() if count >= rare)
    return sorted(kept)


def _plain(piece: str) -> bool:
    return all(ord(letter) < ALWAYS for letter in piece.strip("▁"))


def _batches(texts: Iterable[str], size: int = 1000) -> Iterable[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def texts(data: Path) -> Iterator[str]:
    """All texts at hand, as they are and in lower case; test messages are not among them."""
    for text in _texts(data):
        yield text
        yield text.lower()


def _texts(data: Path) -> Iterator[str]:
    for treebank in sorted(data.glob("treebanks/*.conllu")):
        yield from treebank_sentences(treebank)
    yield from forum(data)
    yield from comments(data)
    for path in sorted(CORPUS.glob("*/*.jsonl")):
        if path.stem != "test":
            yield from (json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())
    for path in sorted(CORPUS.glob("understanding/*/*.txt")):
        if not path.name.startswith("test"):
            yield from path.read_text("utf-8").splitlines()


def words() -> Iterator[str]:
    """The words that spacy-lookups-data knows."""
    package = find_spec("spacy_lookups_data")
    if package is None or package.origin is None:
        raise FileNotFoundError("The package spacy-lookups-data is not installed.")
    for language in ("sv", "da"):
        path = Path(package.origin).parent / "data" / f"{language}_lemma_lookup.json.gz"
        yield from json.loads(gzip.decompress(path.read_bytes()))
