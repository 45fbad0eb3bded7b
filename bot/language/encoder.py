"""The trained encoder: a small transformer that has read much Swedish and Danish, and then our messages.

It starts from the lower half of a pretrained multilingual encoder (see `bot.language.training.base_model`), so that it
knows words that our messages never use. One reading of a text serves all tasks: scores of the feedback categories
for each token, and scores of intent and danger for the whole text. The file is read by onnxruntime, on one thread,
and nothing is downloaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.language.findings import Setting

MODEL = Path(__file__).parent / "models" / "encoder"
BEGIN, END = 0, 2
LONGEST = 254
"""Tokens read at once; a longer text is read in pieces."""
INTENTS = (
    "ask_about",
    "book_session",
    "cancel_session",
    "change_language",
    "check_text",
    "coordinator",
    "greeting",
    "help",
    "my_data",
    "next_session",
    "offer_support",
    "other",
    "pause",
    "reflect",
    "request_peer",
    "reschedule_session",
    "thanks",
)
CRISIS = ("acute", "unclear", "none")
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """What the encoder says of a text: where each token lies (characters), its scores, and the text's."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    tokens: Floats
    text: Floats

    def clause(self, start: int, end: int) -> Floats:
        """The scores of the clause at these characters: log odds, in the order of CATEGORIES; low where it is empty."""
        inside = (self.ends > self.starts) & (self.starts < end) & (self.ends > start)
        if not inside.any():
            return np.full(self.tokens.shape[1], -10.0, np.float32)
        mean: Floats = self.tokens[inside].mean(axis=0)
        return mean

    @property
    def intents(self) -> dict[str, float]:
        """The probability of each intent."""
        return dict(zip(INTENTS, _softmax(self.text[: len(INTENTS)]), strict=True))

    @property
    def crisis(self) -> dict[str, float]:
        """The probabilities of "acute", "unclear" and "none"."""
        return dict(zip(CRISIS, _softmax(self.text[len(INTENTS) : len(INTENTS) + len(CRISIS)]), strict=True))


class Encoder:
    """Reads texts. Safe to use from several threads."""

    def __init__(self, folder: Path = MODEL) -> None:
        """Raises FileNotFoundError when the model is not there."""
        if not (folder / "encoder.onnx").exists():
            raise FileNotFoundError(f"no trained encoder in {folder}")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            folder / "encoder.onnx", options, providers=["CPUExecutionProvider"]
        )

    def read(self, text: str, setting: Setting = "message") -> Reading:
        """Read a text of any length and content."""
        coded = self._tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8"))
        ids, offsets = np.array(coded.ids, np.int64), np.array(coded.offsets, np.int64).reshape(-1, 2)
        pieces = [self._run(piece, setting) for piece in _pieces(ids)]
        sizes = [len(tokens) for tokens, _ in pieces]
        return Reading(
            starts=offsets[:, 0],
            ends=offsets[:, 1],
            tokens=np.concatenate([tokens for tokens, _ in pieces]),
            text=np.average([scores for _, scores in pieces], axis=0, weights=[size + 1 for size in sizes]),
        )

    def _run(self, ids: NDArray[np.int64], setting: Setting) -> tuple[Floats, Floats]:
        framed = np.concatenate([[BEGIN], ids, [END]]).astype(np.int64)
        given = {
            "ids": framed,
            "places": np.arange(len(framed)),
            "kind": np.array([setting == "reflection"], np.int64),
        }
        tokens, text = self._session.run(["clause", "text"], given)
        return tokens[1:-1], text[0]


def _pieces(ids: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    for start in range(0, max(1, len(ids)), LONGEST):
        yield ids[start : start + LONGEST]


def _softmax(scores: Floats) -> list[float]:
    raised = np.exp(scores - scores.max())
    return [float(value) for value in raised / raised.sum()]


@cache
def load_encoder() -> Encoder:
    """The shipped encoder, loaded once."""
    return Encoder()
