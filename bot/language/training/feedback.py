"""Trains what the language feedback needs: the verb list and the weights of the classifier.

`train_feedback` reads the parts of the corpus named below and writes `weights.npz`; `write_verbs` reads the lemma table
of spacy-lookups-data and the word counts of treebanks and writes `verbs.tsv.gz`. Both are reproducible: there is no
chance in them. `test.jsonl` and the test split of `real.jsonl` are never read here.
"""

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.language import pipelines
from bot.language.classifier import (
    BUCKETS,
    Candidate,
    Describer,
    buckets,
    candidates,
    join_features,
    place,
    together,
)
from bot.language.encoder import Encoder, load_encoder
from bot.language.evaluation import Labelled, Stretch, load
from bot.language.feedback import UNUSED, tags_of
from bot.language.findings import CATEGORIES, SETTINGS, Language
from bot.language.rewriting import load_rewriter
from bot.language.rules.families import load_rules
from bot.language.rules.lexicon import MODELS
from bot.language.rules.reading import Unit, read

CORPUS = Path(__file__).parents[1] / "corpus"
LEARNT = ("train", "train2", "train3", "train4", "train5", "train6", "pairs", "real:train")
SET_ON = ("dev", "dev2", "real:dev")
PENALTY = 0.3  # L2, on every weight
STEPS = 150
RARE = 2  # a feature must occur in that many clauses
HARD_NEGATIVES_FLAGGED = 0.03
TRUST = 3.0  # what a hard negative flagged beyond that costs, in F1
GRID = np.arange(0.05, 0.96, 0.025)
ABOUT = 3
WIDE = np.full(2 * ABOUT + 1, 1 / (2 * ABOUT + 1))

Floats = NDArray[np.float64]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Example:
    """A clause of a labelled message: its hashed features, what the encoder says of it, and whether it is flagged.

    The last by category; nan where it is unclear.
    """

    message: Labelled
    unit: Unit
    candidate: Candidate
    start: int
    end: int
    features: NDArray[np.int64]
    encoded: NDArray[np.float32]
    flagged: Floats


def examples(
    messages: Sequence[Labelled], language: Language, encoder: Encoder | None = None
) -> Iterator[Example]:
    """The clauses of labelled messages, with what the encoder says of them where one is given."""
    rules = load_rules(language)
    texts = (message.text for message in messages)
    docs = pipelines.load(language).pipe(texts, batch_size=64, disable=UNUSED)
    for message, doc in zip(messages, docs, strict=True):
        units = read(message.text, rules.lexicon)
        describer = Describer(units, tags_of(doc), rules, message.setting)
        reading = encoder.read(message.text, message.setting) if encoder else None
        for candidate in candidates(units):
            start, end = place(units, candidate)
            features = buckets(describer.features(candidate))
            encoded = reading.clause(start, end) if reading else np.zeros(len(CATEGORIES), np.float32)
            flagged = _flagged(message, start, end)
            yield Example(message, units[candidate.unit], candidate, start, end, features, encoded, flagged)


def _flagged(message: Labelled, start: int, end: int) -> Floats:
    """1 where most of the clause lies in a labelled stretch (or the other way round), nan for a lesser part."""
    flagged = np.zeros(len(CATEGORIES))
    for stretch in message.gold:
        shared = min(end, stretch.end) - max(start, stretch.start)
        if shared > 0:
            number = CATEGORIES.index(stretch.category)
            most = shared >= (end - start) / 2 or shared >= 0.6 * (stretch.end - stretch.start)
            flagged[number] = 1.0 if most or flagged[number] == 1.0 else np.nan
    return flagged


class _Design:
    """Clauses as sparse rows of the features that are frequent enough, ready for gradients."""

    def __init__(self, rows: Sequence[NDArray[np.int64]]) -> None:
        every = np.concatenate(rows)
        self.names, counts = np.unique(every, return_counts=True)
        self.names = self.names[counts >= RARE]
        kept = [row[np.isin(row, self.names, assume_unique=True)] for row in rows]
        lengths = np.array([len(row) for row in kept])
        self._columns = np.searchsorted(self.names, np.concatenate(kept))
        self._rows = np.repeat(np.arange(len(kept)), lengths)
        self._size = len(kept)

    def scores(self, weights: Floats) -> Floats:
        return np.bincount(self._rows, weights[self._columns], self._size).astype(np.float64)

    def gradient(self, errors: Floats) -> Floats:
        return np.bincount(self._columns, errors[self._rows], len(self.names)).astype(np.float64)


def fit(design: _Design, wanted: Floats) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression, by full-batch Adam; rows with nan in `wanted` do not count."""
    known = ~np.isnan(wanted)
    target = np.where(known, wanted, 0.0)
    state = np.zeros(len(design.names) + 1)
    state[-1] = -3.0
    mean, square = np.zeros_like(state), np.zeros_like(state)
    for step in range(1, STEPS + 1):
        errors = (_sigmoid(design.scores(state[:-1]) + state[-1]) - target) * known
        gradient = np.append(design.gradient(errors) + PENALTY * state[:-1], errors.sum())
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        rate = 0.08 * (1 - step / (STEPS + 1))
        state -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return state[:-1], float(state[-1])


def _sigmoid(scores: Floats) -> Floats:
    return 1 / (1 + np.exp(-scores))


@dataclass(frozen=True)
class Model:
    """What training finds; see `bot.language.classifier.Classifier`."""

    names: NDArray[np.int64]
    weights: Floats
    bias: Floats
    join_names: NDArray[np.int64]
    join_weights: Floats

    def seen(self, items: Sequence[Example]) -> Floats:
        """The log odds of the regression."""
        spread = np.zeros((BUCKETS, len(CATEGORIES)))
        spread[self.names] = self.weights
        return np.array([spread[item.features].sum(axis=0) for item in items]) + self.bias


def fit_model(items: Sequence[Example], tell: Progress = lambda _: None) -> Model:
    """Fit one regression per category, and that of joining."""
    design = _Design([item.features for item in items])
    fitted = []
    for number, category in enumerate(CATEGORIES):
        tell(f"fitting {category}")
        fitted.append(fit(design, np.array([item.flagged[number] for item in items])))
    pairs = list(_pairs(items))
    join_design = _Design([names for names, _ in pairs])
    join_weights, _ = fit(join_design, np.array([float(joined) for _, joined in pairs]))
    return Model(
        design.names,
        np.stack([weights for weights, _ in fitted], axis=1),
        np.array([bias for _, bias in fitted]),
        join_design.names,
        join_weights,
    )


def _pairs(items: Sequence[Example]) -> Iterator[tuple[NDArray[np.int64], bool]]:
    """Neighbouring clauses flagged alike: their join features, and whether one labelled stretch holds both."""
    for one, other in pairwise(items):
        if one.unit is not other.unit:
            continue
        for number, category in enumerate(CATEGORIES):
            if one.flagged[number] == other.flagged[number] == 1.0:
                names = buckets(join_features(one.unit, one.candidate, other.candidate, category))
                yield (
                    names,
                    any(
                        stretch.category == category and stretch.start < one.end and other.start < stretch.end
                        for stretch in one.message.gold
                    ),
                )


def trust(items: Sequence[Example], seen: Floats) -> Floats:
    """How far to trust the regression and the encoder, for each category, on messages that neither has seen.

    A logistic regression of the two log odds, by Newton's method, with a slight pull towards equal trust.
    """
    encoded = np.array([item.encoded for item in items])
    flagged = np.array([item.flagged for item in items])
    return np.stack(
        [_newton(seen[:, n], encoded[:, n], flagged[:, n]) for n in range(len(CATEGORIES))], axis=1
    )


def _newton(seen: Floats, encoded: Floats, flagged: Floats) -> Floats:
    """A step that would make it worse is halved until it does not."""
    known = ~np.isnan(flagged)
    given, wanted = np.stack([seen, encoded, np.ones_like(seen)], axis=1)[known], flagged[known]
    start, pull = np.array([0.5, 0.5, 0.0]), np.array([1.0, 1.0, 0.1])

    def cost(state: Floats) -> float:
        scores = given @ state
        fit = np.logaddexp(0.0, scores).sum() - (wanted * scores).sum()
        return float(fit + 0.5 * (pull * (state - start) ** 2).sum())

    state = start.copy()
    for _ in range(20):
        found = _sigmoid(given @ state)
        slope = given.T @ (found - wanted) + pull * (state - start)
        curve = (given * (found * (1 - found))[:, None]).T @ given + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        while cost(state - step) > cost(state) and np.abs(step).max() > 1e-9:
            step = step / 2
        state = state - step
    return state


def thresholds(items: Sequence[Example], probabilities: Floats, real: Collection[str]) -> list[float]:
    """The threshold of each category on development messages, found one after the other in a few rounds.

    What is sought is the best F1 on written messages, over all categories and over directive and generalising
    together, and on `real` sentences (their ids), where both are rare, less what the share of flagged hard
    negatives above HARD_NEGATIVES_FLAGGED costs in trust.
    """
    tops = _message_tops(items, probabilities)
    written, natural = (
        _columns([top for name, top in tops.items() if (name in real) == wanted]) for wanted in (False, True)
    )
    chosen = np.full(len(CATEGORIES), 0.4)
    for _ in range(4):
        for number in range(len(CATEGORIES)):
            tried = [np.where(np.arange(len(CATEGORIES)) == number, value, chosen) for value in GRID]
            worth = [_worth(written, natural, each) for each in tried]
            # With its neighbours, as a peak of its own is the development messages' luck.
            chosen = tried[int(np.argmax(np.convolve(np.pad(worth, ABOUT, "edge"), WIDE, "valid")))]
    return [round(float(value), 3) for value in chosen]


Tops = tuple[Floats, NDArray[np.bool_]]


def _message_tops(items: Sequence[Example], probabilities: Floats) -> dict[str, Tops]:
    """For each message, by category: the highest probability over its clauses, and whether it is labelled so."""
    tops: dict[str, Tops] = {}
    for item, row in zip(items, probabilities, strict=True):
        gold = np.array([any(stretch.category == c for stretch in item.message.gold) for c in CATEGORIES])
        known = tops.get(item.message.id)
        tops[item.message.id] = (np.maximum(known[0], row) if known else row, gold)
    return tops


def _columns(tops: Sequence[Tops]) -> Tops:
    return np.array([top for top, _ in tops]), np.array([gold for _, gold in tops])


def _worth(written: Tops, natural: Tops, chosen: Floats) -> float:
    main = [CATEGORIES.index("directive"), CATEGORIES.index("generalising")]
    tops, gold = written
    flagged = tops >= chosen
    false_alarms = float(flagged[~gold.any(axis=1)].any(axis=1).mean())
    real_flagged, real_gold = natural[0] >= chosen, natural[1]
    return (
        _f1(flagged, gold)
        + 0.5 * _f1(flagged[:, main], gold[:, main])
        + 0.5 * sum(_f1(real_flagged[:, [number]], real_gold[:, [number]]) for number in main)
        - TRUST * max(0.0, false_alarms - HARD_NEGATIVES_FLAGGED)
    )


def _f1(flagged: NDArray[np.bool_], gold: NDArray[np.bool_]) -> float:
    right = (flagged & gold).sum()
    return float(2 * right / max(flagged.sum() + gold.sum(), 1))


def corpus(language: Language, *parts: str) -> list[Labelled]:
    """The labelled messages of parts of a corpus: "train", "dev", "pairs", "real:train", "real:dev" ..."""
    messages: list[Labelled] = []
    for part in parts:
        name, _, split = part.partition(":")
        path = CORPUS / language / f"{name}.jsonl"
        kept = {
            row["id"]
            for row in map(json.loads, path.read_text().splitlines())
            if not split or row["split"] == split
        }
        messages.extend(message for message in load(path) if message.id in kept)
    return messages


def rule_sentences(language: Language) -> list[Labelled]:
    """The sentences beside the rules, and the lines that Peerbot itself suggests, as labelled messages."""
    rules = load_rules(language)
    messages = []
    for family in rules.families:
        for setting in family.settings:
            for marked in family.must_flag:
                start, end = marked.index("["), marked.index("]") - 1
                categories = filter(None, (family.category, family.also))
                gold = tuple(Stretch(category, start, end) for category in categories)
                messages.append((re.sub(r"[\[\]]", "", marked), setting, gold))
            messages.extend((text, setting, ()) for text in family.must_pass)
    for exemption in rules.exemptions:
        messages.extend((text, exemption.settings[0], ()) for text in exemption.must_pass)
    for line in load_rewriter(language).fixed_lines():
        messages.extend((line, setting, ()) for setting in SETTINGS)
    return [
        Labelled(f"rules-{number}", language, setting, "", text, gold)
        for number, (text, setting, gold) in enumerate(messages)
    ]


def train_feedback(language: Language, tell: Progress = lambda _: None) -> Path:
    """Train the classifier of a language and write its weights; returns their path. Takes some minutes.

    Trust and thresholds are set on messages of other authors (`dev2`), on the development messages and on real
    texts, of which neither the encoder nor the regression has seen any.
    """
    tell("reading the messages")
    learnt = list(examples([*corpus(language, *LEARNT), *rule_sentences(language)], language))
    others = list(examples(corpus(language, *SET_ON), language, load_encoder()))
    real = {message.id for message in corpus(language, "real:dev")}
    model = fit_model(learnt, tell)
    tell("setting the thresholds")
    seen = model.seen(others)
    trusted = trust(others, seen)
    encoded = np.array([item.encoded for item in others])
    chosen = thresholds(others, _sigmoid(together(trusted, seen, encoded)), real)
    return _write(language, model, trusted, chosen)


def _write(language: Language, model: Model, trusted: Floats, chosen: Sequence[float]) -> Path:
    path = MODELS / language / "weights.npz"
    heavy = np.abs(model.weights).max(axis=1) > 1e-3
    np.savez_compressed(
        path,
        rows=model.names[heavy].astype(np.int32),
        values=model.weights[heavy].astype(np.float16),
        bias=model.bias.astype(np.float32),
        trust=trusted.astype(np.float32),
        join_rows=model.join_names.astype(np.int32),
        join_values=model.join_weights.astype(np.float16),
        thresholds=np.array(chosen, np.float32),
    )
    return path


def write_verbs(language: Language, lemma_table: Path, treebanks: Iterable[Path]) -> Path:
    """Write the verb list: infinitive, present, imperative ("-" where it is mostly another word) and past forms.

    `lemma_table` is the gzipped JSON of spacy-lookups-data, `treebanks` are CoNLL-U files.
    """
    forms: dict[str, set[str]] = defaultdict(set)
    for form, lemma in json.loads(gzip.decompress(lemma_table.read_bytes())).items():
        if form.isalpha() and form.islower() and lemma.islower():
            forms[lemma].add(form)
    counts = _verb_counts(treebanks)
    paradigm = {"sv": _swedish, "da": _danish}[language]
    rows = []
    for lemma in sorted(forms):
        verb = paradigm(lemma, forms[lemma])
        if verb:
            present, imperative, *past = verb
            other, verbal = counts[imperative, False], counts[imperative, True]
            doubtful = len(imperative) < 3 or (other >= 2 and other > verbal)
            rows.append("\t".join([lemma, present, "-" if doubtful else imperative, *past]))
    path = MODELS / language / "verbs.tsv.gz"
    path.write_bytes(gzip.compress("\n".join(rows).encode(), mtime=0))
    return path


def _verb_counts(treebanks: Iterable[Path]) -> Counter[tuple[str, bool]]:
    """How often a word form stands as a verb (True) and as something else (False)."""
    counts: Counter[tuple[str, bool]] = Counter()
    for path in treebanks:
        for line in path.read_text().splitlines():
            columns = line.split("\t")
            if len(columns) == 10:
                counts[columns[1].lower(), columns[3] in {"VERB", "AUX"}] += 1
    return counts


def _swedish(lemma: str, forms: set[str]) -> list[str] | None:
    """Present, imperative and past of a Swedish verb, None for another word."""
    if not lemma.endswith("a") or len(lemma) < 3:
        return None
    stem = lemma[:-1]
    if lemma + "de" in forms or (lemma.endswith("era") and stem + "ande" in forms):
        return [lemma + "r", lemma, lemma + "de"]
    if stem + "ande" not in forms:
        return None
    past = [stem + ending for ending in ("de", "te") if stem + ending in forms]
    imperative = stem[:-1] if stem.endswith(("mm", "nn")) and stem not in forms else stem
    return [stem + "er" if stem + "er" in forms else stem, imperative, *past]


def _danish(lemma: str, forms: set[str]) -> list[str] | None:
    """Present, imperative and past of a Danish verb, None for another word."""
    if not lemma.endswith("e") or len(lemma) < 3 or not {lemma + "nde", lemma + "r"} <= forms:
        return None
    stem = lemma[:-1]
    imperative = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem
    return [lemma + "r", imperative, *(stem + ending for ending in ("ede", "te") if stem + ending in forms)]
