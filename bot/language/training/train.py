"""Training the pipelines: from the treebanks to a folder that spaCy loads."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import cast

import srsly
from rich.progress import Progress
from spacy.language import Language
from spacy.training import Example
from spacy.util import load_config, load_model_from_config, registry
from thinc.api import Config, fix_random_seed, use_ops
from thinc.optimizers import Optimizer

from ..features import FeatureComponent
from ..lemmas import LemmaComponent
from ..lexicon import Lexicon, LexiconComponent
from .address import addressed
from .augment import as_chat, with_capital_lemmas
from .corpus import corpus, neighbours
from .treebank import Sentence, Texts, to_doc

CONFIG = Path(__file__).with_name("config.cfg")
EPOCHS = {"sv": 17, "da": 16}
CHAT_SHARE, TOLD_CHAT_SHARE, NEAR_CHAT_SHARE = 0.3, 0.5, 0.1
LONGEST_GROUP, LONGEST_CHAT, LONGEST_NEAR = 10, 3, 4
NEAR_EPOCHS, NEAR_SHARE = 0.65, 0.5
"""Neighbours take part in the first epochs only, with a share of their texts that is drawn anew in each."""
BATCH_WORDS = (300, 1000)
RATES = (0.001, 0.0001)
"""Batch size and learning rate at the start and at the end; between, they change evenly."""
DROPOUT = 0.15


def train_pipelines(
    data: Path, out: Path, languages: Sequence[str] = ("sv", "da"), *, seed: int = 0, progress: bool = True
) -> None:
    """Train a pipeline for each language from ``data`` (the folder of ``treebanks/`` and ``language/``) into ``out``.

    Writes ``out/sv`` and ``out/da``; the same seed, data, machine and libraries give the same pipelines. Raises OSError
    when a source is missing and RuntimeError when the package spacy-lookups-data is not installed.
    """
    with Progress(disable=not progress) as bar:
        tasks = {language: bar.add_task(language, total=EPOCHS[language]) for language in languages}
        for language, task in tasks.items():
            training = Training(language, corpus(data, language), neighbours(data, language), seed=seed)
            for _ in training.epochs(EPOCHS[language]):
                bar.advance(task)
            save(training.nlp, out / language)


class Training:
    """The training of one pipeline on texts of consecutive sentences.

    ``near`` are texts of neighbouring languages (only their trees count), ``forms`` the full-form list of the lexicon
    (form to lemma; that of spacy-lookups-data if None).
    """

    def __init__(
        self,
        language: str,
        texts: Texts,
        near: Texts = (),
        *,
        seed: int,
        forms: Mapping[str, str] | None = None,
    ) -> None:
        fix_random_seed(seed)
        self.language, self.texts, self.near = language, texts, near
        self.random = Random(seed)  # noqa: S311 - not for secrets
        self.forms = full_forms(language) if forms is None else forms
        self.nlp = blank(language)
        self._remember(Lexicon.build(self.forms), addressed(texts, language, self.forms, Random(seed)))  # noqa: S311
        self.optimizer: Optimizer = registry.resolve(load_config(CONFIG)["training"])["optimizer"]
        self.nlp.initialize(lambda: self._examples(near_share=1.0), sgd=self.optimizer)

    def _remember(self, lexicon: Lexicon, told: Sequence[Sentence]) -> None:
        """Fill the components that know words, without weights; ``told`` shows which forms can be imperatives."""
        words = [word for text in self.texts for sentence in text for word in sentence]
        cast(LexiconComponent, self.nlp.get_pipe("lexicon")).lexicon = lexicon
        cast(LemmaComponent, self.nlp.get_pipe("lemmas")).remember((w.form, w.pos, w.lemma) for w in words)
        features = cast(FeatureComponent, self.nlp.get_pipe("features"))
        words += [word for sentence in told for word in sentence if "Mood=Imp" in word.morph]
        features.remember(((w.form, w.pos, w.morph) for w in words), lexicon)

    def epochs(self, number: int) -> Iterator[dict[str, float]]:
        """Train for ``number`` epochs, giving the losses after each; then the weights become their averages."""
        for epoch in range(number):
            yield self._epoch(epoch / number, 1 / number)
        use_averages(self.nlp, self.optimizer)

    def _epoch(self, done: float, length: float) -> dict[str, float]:
        losses: dict[str, float] = {}
        found = self._examples(NEAR_SHARE if done < NEAR_EPOCHS else 0.0)
        batches = list(by_words(found, int(between(BATCH_WORDS, done)), self.random))
        for step, batch in enumerate(batches):
            self.optimizer.learn_rate = between(RATES, done + length * step / len(batches))
            self.nlp.update(batch, sgd=self.optimizer, drop=DROPOUT, losses=losses, annotates=["lexicon"])
        return losses

    def _examples(self, near_share: float) -> list[Example]:
        told = addressed(self.texts, self.language, self.forms, self.random)
        found = list(examples(self.nlp, self.texts, self.random, CHAT_SHARE))
        found += examples(self.nlp, [told], self.random, TOLD_CHAT_SHARE)
        near = examples(self.nlp, self.near, self.random, NEAR_CHAT_SHARE, LONGEST_NEAR)
        return found + [example for example in near if self.random.random() < near_share]


def blank(language: str) -> Language:
    """An untrained pipeline as ``config.cfg`` describes it."""
    config = load_config(CONFIG)
    config["nlp"]["lang"] = language
    wanted = Config({"nlp": config["nlp"], "components": config["components"]})
    with use_ops("numpy", use_blis=False):  # numpy's own matrix product is twice as fast here
        return load_model_from_config(wanted, auto_fill=True)


def full_forms(language: str) -> dict[str, str]:
    """Form to lemma in lower case, from the package spacy-lookups-data."""
    package = find_spec("spacy_lookups_data")
    if package is None or package.origin is None:
        raise RuntimeError("training needs the package spacy-lookups-data (pip install 'peerbot[dev]')")
    path = Path(package.origin).parent / "data" / f"{language}_lemma_lookup.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {form.lower(): lemma.lower() for form, lemma in json.load(file).items()}


def examples(
    nlp: Language, texts: Texts, random: Random, chat_share: float, longest: int = LONGEST_GROUP
) -> Iterator[Example]:
    """Documents of one to a few consecutive sentences; about ``chat_share`` of the sentences as they look in chat."""
    chat_documents = min(1.0, chat_share * LONGEST_GROUP / LONGEST_CHAT / 2)
    for text in texts:
        start = 0
        while start < len(text):
            chat = random.random() < chat_documents
            length = random.randint(1, LONGEST_CHAT if chat else longest)
            group = text[start : start + length]
            start += length
            shown = [
                as_chat(sentence, random) if chat else with_capital_lemmas(sentence) for sentence in group
            ]
            reference = to_doc(nlp.vocab, shown)
            yield Example(nlp.make_doc(reference.text), reference)


def by_words(found: list[Example], words: int, random: Random) -> Iterator[list[Example]]:
    """Shuffled batches of about as many words."""
    random.shuffle(found)
    batch: list[Example] = []
    for example in found:
        batch.append(example)
        if sum(map(len, batch)) >= words:
            yield batch
            batch = []
    if batch:
        yield batch


def between(ends: tuple[float, float], done: float) -> float:
    """The value at ``done`` (0 to 1) of the way from one end to the other."""
    return ends[0] + (ends[1] - ends[0]) * done


def use_averages(nlp: Language, optimizer: Optimizer) -> None:
    """Replace each weight by its running average over the training, which generalises better."""
    averages = optimizer.averages or {}
    models = [component.model for _, component in nlp.pipeline if hasattr(component, "model")]
    for node in (node for model in models for node in model.walk()):
        for name in node.param_names:
            if (node.id, name) in averages:
                node.set_param(name, averages[node.id, name])


def save(nlp: Language, folder: Path) -> None:
    """Write the pipeline to ``folder`` for ``bot.language.pipelines`` to load."""
    nlp.meta["name"], nlp.meta["license"] = "peerbot", "CC BY-SA 4.0"
    nlp.to_disk(folder)
    srsly.write_json(folder / "vocab" / "strings.json", needed_strings(nlp))


def needed_strings(nlp: Language) -> list[str]:
    """The strings that the pipeline itself refers to, without all those it met in training."""
    trees = srsly.msgpack_loads(nlp.get_pipe("trainable_lemmatizer").trees.to_bytes())["trees"]  # type: ignore[attr-defined]
    keys = {value for tree in trees for value in tree.values()}
    keep = {
        *load_model_from_config(nlp.config).vocab.strings,
        *(label for labels in nlp.pipe_labels.values() for label in labels),
    }
    strings = nlp.vocab.strings
    return sorted(string for string in strings if string in keep or strings[string] in keys)
