"""Training the pipelines: from the treebanks to a folder that spaCy loads."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random

from rich.progress import Progress
from spacy.language import Language
from spacy.training import Example
from spacy.util import fix_random_seed, load_config, load_model_from_config, registry
from thinc.api import Config
from thinc.optimizers import Optimizer

from ..lexicon import Lexicon, LexiconComponent
from .augment import varied
from .corpus import corpus
from .treebank import Sentence, to_doc

CONFIG = Path(__file__).with_name("config.cfg")
EPOCHS = 30
CHAT_SHARE = 0.35
LONGEST_GROUP = 8
BATCH_WORDS = (300, 1000)
RATES = (0.001, 0.0001)
"""The learning rate at the start and at the end; it falls evenly."""
DROPOUT = 0.15

Texts = Sequence[Sequence[Sentence]]
Report = Callable[[int, dict[str, float]], None]


def train_pipelines(
    data: Path, out: Path, languages: Sequence[str] = ("sv", "da"), *, seed: int = 0, progress: bool = True
) -> None:
    """Train a pipeline for each language from ``data`` (the folder of ``treebanks/`` and ``language/``) into ``out``.

    Writes ``out/sv`` and ``out/da``; the same seed and data give the same pipelines. Raises OSError when a source is
    missing and RuntimeError when the package spacy-lookups-data is not installed.
    """
    for language in languages:
        with Progress(disable=not progress) as bar:
            task = bar.add_task(language, total=EPOCHS)
            nlp = train(language, corpus(data, language), seed, EPOCHS, lambda *_: bar.advance(task))
        save(nlp, out / language)


def train(language: str, texts: Texts, seed: int, epochs: int, report: Report | None = None) -> Language:
    """Train a pipeline on texts of consecutive sentences; ``report`` hears the number and losses of each epoch."""
    fix_random_seed(seed)
    random = Random(seed)
    nlp = blank(language)
    lexicon(nlp).lexicon = Lexicon.build(full_forms(language))
    optimizer: Optimizer = registry.resolve(load_config(CONFIG)["training"])["optimizer"]
    nlp.initialize(lambda: list(examples(nlp, texts, Random(seed), 0.0)), sgd=optimizer)
    for epoch in range(epochs):
        losses: dict[str, float] = {}
        words = BATCH_WORDS[0] + (BATCH_WORDS[1] - BATCH_WORDS[0]) * epoch / epochs
        batches = list(by_words(list(examples(nlp, texts, random, CHAT_SHARE)), int(words), random))
        for step, batch in enumerate(batches):
            done = (epoch + step / len(batches)) / epochs
            optimizer.learn_rate = RATES[0] + (RATES[1] - RATES[0]) * done
            nlp.update(batch, sgd=optimizer, drop=DROPOUT, losses=losses, annotates=["lexicon"])
        if report:
            report(epoch, losses)
    use_averages(nlp, optimizer)
    return nlp


def blank(language: str) -> Language:
    config = load_config(CONFIG)
    config["nlp"]["lang"] = language
    return load_model_from_config(Config({"nlp": config["nlp"], "components": config["components"]}), auto_fill=True)


def lexicon(nlp: Language) -> LexiconComponent:
    component = nlp.get_pipe("lexicon")
    if not isinstance(component, LexiconComponent):
        raise TypeError("the component 'lexicon' is not ours")
    return component


def full_forms(language: str) -> dict[str, str]:
    """Form to lemma in lower case, from the package spacy-lookups-data."""
    package = find_spec("spacy_lookups_data")
    if package is None or package.origin is None:
        raise RuntimeError("training needs the package spacy-lookups-data (pip install 'peerbot[dev]')")
    path = Path(package.origin).parent / "data" / f"{language}_lemma_lookup.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {form.lower(): lemma.lower() for form, lemma in json.load(file).items()}


def examples(nlp: Language, texts: Texts, random: Random, chat_share: float) -> Iterator[Example]:
    """Documents of one to a few consecutive sentences; ``chat_share`` of the documents as chat."""
    for text in texts:
        start = 0
        while start < len(text):
            length = random.randint(1, LONGEST_GROUP)
            chat = 1.0 if random.random() < chat_share else 0.0
            group = [varied(sentence, random, chat) for sentence in text[start : start + length]]
            start += length
            reference = to_doc(nlp.vocab, group)
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


def use_averages(nlp: Language, optimizer: Optimizer) -> None:
    """Replace each weight by its running average over the training, which generalises better."""
    for _, component in nlp.pipeline:
        for node in getattr(component, "model", None).walk() if hasattr(component, "model") else ():
            for name in node.param_names:
                if (node.id, name) in optimizer.averages:
                    node.set_param(name, optimizer.averages[node.id, name])


def save(nlp: Language, folder: Path) -> None:
    """Write the pipeline without what the tokenizer and the vocabulary can make anew."""
    nlp.to_disk(folder)
