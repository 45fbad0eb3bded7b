"""The encoder at run time, and the two ends of its training: the file it starts from and the file it becomes."""

import struct
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.encoder import Encoder, load_encoder
from bot.language.findings import CATEGORIES
from bot.language.training import base_model, export

WIDTH, HEADS, INNER, WORDS, LAYERS, EPSILON = 8, 2, 16, 11, 2, 1e-12


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_and_its_tokens_lie_in_it(text: str) -> None:
    reading = load_encoder().read(text)
    assert len(reading.tokens) == len(reading.starts) == len(reading.ends)
    assert all(0 <= a <= b <= len(text) for a, b in zip(reading.starts, reading.ends, strict=True))
    assert sum(reading.crisis.values()) == pytest.approx(1)
    assert np.isfinite(reading.clause(0, len(text))).all()


def test_a_long_text_is_read_in_pieces_and_its_setting_matters() -> None:
    text = "hon borde ta sina mediciner och sluta klaga " * 60
    message, reflection = (load_encoder().read(text, setting) for setting in ("message", "reflection"))
    assert message.ends[-1] >= len(text.rstrip())
    assert message.tokens.shape == (len(message.starts), len(CATEGORIES))
    assert not np.allclose(message.tokens, reflection.tokens)


def test_places_are_counted_in_characters_beyond_the_basic_plane_too() -> None:
    text = "😀😀 du borde ringa"
    reading = load_encoder().read(text)
    assert any(text[a:b].strip() == "borde" for a, b in zip(reading.starts, reading.ends, strict=True))


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no trained encoder"):
        Encoder(tmp_path)


def weights() -> dict[str, np.ndarray]:
    """A tiny encoder with random weights."""
    chance = np.random.default_rng(0)

    def some(*shape: int) -> np.ndarray:
        return chance.normal(size=shape).astype(np.float32)

    made = {"word.weight": some(WORDS, WIDTH), "place": some(6, WIDTH), "kinds": some(2, WIDTH)}
    shapes = {
        **dict.fromkeys(("q", "k", "v", "ao"), (WIDTH, WIDTH)),
        "fi": (INNER, WIDTH),
        "fo": (WIDTH, INNER),
    }
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            made[f"layers.{layer}.{name}.weight"] = some(*shape) / 3
            made[f"layers.{layer}.{name}.bias"] = some(shape[0]) / 3
    norms = ["norm", *(f"layers.{layer}.{name}" for layer in range(LAYERS) for name in ("aln", "oln"))]
    for name in norms:
        made |= {f"{name}.weight": 1 + some(WIDTH) / 9, f"{name}.bias": some(WIDTH) / 9}
    for name, size in (("clause", 5), ("intent", 4), ("crisis", 3)):
        made |= {f"{name}.weight": some(size, WIDTH), f"{name}.bias": some(size)}
    return made


def norm(x: np.ndarray, w: dict[str, np.ndarray], name: str) -> np.ndarray:
    centred = x - x.mean(-1, keepdims=True)
    return (
        centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * w[f"{name}.weight"]
        + w[f"{name}.bias"]
    )


def by_the_book(w: dict[str, np.ndarray], ids: list[int], kind: int) -> tuple[np.ndarray, np.ndarray]:
    """The same in numpy, as the paper on BERT says it."""
    x = norm(w["word.weight"][ids] + w["place"][: len(ids)] + w["kinds"][kind], w, "norm")
    erf = np.vectorize(__import__("math").erf)
    for layer in range(LAYERS):
        name = f"layers.{layer}"
        q, k, v = (x @ w[f"{name}.{one}.weight"].T + w[f"{name}.{one}.bias"] for one in "qkv")
        seen = []
        for part in np.split(np.arange(WIDTH), HEADS):
            scores = np.exp(q[:, part] @ k[:, part].T / np.sqrt(len(part)))
            seen.append(scores / scores.sum(-1, keepdims=True) @ v[:, part])
        told = np.concatenate(seen, -1) @ w[f"{name}.ao.weight"].T + w[f"{name}.ao.bias"]
        x = norm(x + told, w, f"{name}.aln")
        wide = x @ w[f"{name}.fi.weight"].T + w[f"{name}.fi.bias"]
        wide = wide * (1 + erf(wide / np.sqrt(2))) / 2
        x = norm(x + wide @ w[f"{name}.fo.weight"].T + w[f"{name}.fo.bias"], w, f"{name}.oln")
    clause = x @ w["clause.weight"].T + w["clause.bias"]
    text = [x.mean(0) @ w[f"{task}.weight"].T + w[f"{task}.bias"] for task in ("intent", "crisis")]
    return clause, np.concatenate(text)


def test_the_file_written_computes_what_was_trained(tmp_path: Path) -> None:
    made, ids = weights(), [3, 10, 1, 7]
    export.write(made, HEADS, EPSILON, ("intent", "crisis"), tmp_path / "encoder.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "encoder.onnx", providers=["CPUExecutionProvider"])
    for kind in (0, 1):
        given_ids = {"ids": np.array(ids), "places": np.arange(4), "kind": np.array([kind])}
        clause, text = session.run(["clause", "text"], given_ids)
        wanted_clause, wanted_text = by_the_book(made, ids, kind)
        assert np.allclose(clause, wanted_clause, atol=0.25)  # weights of 8 bits
        assert np.allclose(text[0], wanted_text, atol=0.25)
        assert np.corrcoef(clause.ravel(), wanted_clause.ravel())[0, 1] > 0.995


def test_the_packed_file_is_unpacked(tmp_path: Path) -> None:
    pieces, block = ["<s>", "<pad>", "</s>", "<unk>", "▁hej"], 32
    blob = "".join(pieces).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in pieces)]).astype("<u4")
    quarters = np.arange(block, dtype=np.uint8) % 16
    packed = np.float16(0.5).tobytes() + (quarters[:16] | (quarters[16:] << 4)).tobytes()
    header = b"E5S1" + struct.pack("<I7if2i4i", 1, block, 0, 2, 8, 1, 4, 1, 1e-12, block, 5, 0, 2, 1, 3)
    head = header + struct.pack("<Q", len(blob)) + offsets.tobytes()
    head += np.array([0, 0, 0, 0, -2.5], "<f4").tobytes() + blob + struct.pack("<2I", 0, 0)
    name = b"emb.word"
    directory = struct.pack("<iH", 1, len(name)) + name
    start = len(head) + len(directory) + 21
    path = tmp_path / "packed.bin"
    path.write_bytes(head + directory + struct.pack("<BIQQ", 1, block, start, len(packed)) + packed)
    model = base_model.read(path)
    assert model.pieces == pieces
    assert (model.unknown, model.heads, float(model.scores[4])) == (3, 2, -2.5)
    assert model.tensors["emb.word"].tolist() == [[(int(q) - 8) / 2 for q in quarters]]
    path.write_bytes(b"another file")
    with pytest.raises(ValueError, match="not a packed encoder"):
        base_model.read(path)
