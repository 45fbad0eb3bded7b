"""Training the classifiers of understanding (language, intent, crisis): from our own utterances to a small folder."""

from __future__ import annotations

import bz2
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import cast

import spacy
from rich.progress import Progress
from spacy.language import Language
from spacy.pipeline import TextCategorizer
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

import bot.language.identification  # noqa: F401  (registers the features of languages)
from bot.language.spelling import clean, words
from bot.language.training.noise import noisy
from bot.language.training.utterances import Utterance, expand, read, treebank_sentences, utterances

CORPUS = Path(__file__).parents[1] / "corpus" / "understanding"
TABLE = {"language": 2**15, "intent": 2**15, "crisis": 2**16}
EPOCHS = {"language": 5, "intent": 10, "crisis": 10}
RATES = (0.02, 0.001)
BATCH = 256
DECAY = 1e-5
SWEDISH, DANISH, NORWEGIAN = (
    ("sv_talbanken-dev", "sv_pud", "sv_swell", "sv_swell-corrected"),
    ("da_cdt-train", "da_ddt-dev"),
    ("nb-dev", "nb-test"),
)
Sample = list[Utterance]


def dice(seed: int) -> random.Random:
    """Chance that falls the same way for the same seed."""
    return random.Random(seed)  # noqa: S311


def train_understanding(data: Path, out: Path, seed: int = 0, progress: bool = True) -> None:
    """Train the three classifiers from ``data`` (the folder of ``treebanks/`` and ``language/``) into ``out``.

    The same seed and data give the same models; the texts themselves are not kept in them. Raises OSError when a
    source is missing.
    """
    nlp = blank()
    samples = {"language": language_sample(data, seed), "intent": intent_sample(seed)}
    samples["crisis"] = crisis_sample(data, seed)
    with Progress(disable=not progress) as bar:
        for name, sample in samples.items():
            task = bar.add_task(name, total=EPOCHS[name])
            add_classifier(nlp, name, sample, seed, partial(bar.advance, task))
    nlp.to_disk(out, exclude=["vocab"])


def blank() -> Language:
    """A pipeline without components that leaves texts whole."""
    return spacy.blank("mul", config={"nlp": {"tokenizer": {"@tokenizers": "peerbot.OneToken.v1"}}})


def add_classifier(
    nlp: Language, name: str, sample: Sample, seed: int, report: Callable[[], object] = lambda: None
) -> None:
    """Add a ``textcat`` called ``name`` to ``nlp`` and teach it the sample; ``report`` is called after each epoch."""
    fix_random_seed(seed)
    labels = sorted({label for _, label in sample})
    features = "language" if name == "language" else "message"
    architecture = {
        "@architectures": "peerbot.NgramClassifier.v1",
        "features": features,
        "length": TABLE[name],
    }
    component = cast(
        TextCategorizer, nlp.add_pipe("textcat", name=name, config={"model": architecture, "threshold": 0.0})
    )
    examples = [_example(nlp, utterance, labels) for utterance in sample]
    component.initialize(lambda: examples, nlp=nlp, labels=labels)
    optimizer = Adam(RATES[0], L2=DECAY, L2_is_weight_decay=True)
    chance = dice(seed)
    for epoch in range(EPOCHS[name]):
        optimizer.learn_rate = RATES[0] + (RATES[1] - RATES[0]) * epoch / max(1, EPOCHS[name] - 1)
        chance.shuffle(examples)
        for start in range(0, len(examples), BATCH):
            component.update(examples[start : start + BATCH], sgd=optimizer)
        report()


def _example(nlp: Language, utterance: Utterance, labels: Sequence[str]) -> Example:
    told = {"cats": {label: float(label == utterance.label) for label in labels}}
    return Example.from_dict(nlp.make_doc(utterance.text), told)


def with_noise(sample: Iterable[Utterance], copies: int, chance: random.Random) -> Sample:
    """Each utterance as it is and in ``copies`` noisy versions."""
    return [
        Utterance(text, label)
        for clean, label in sample
        for text in (clean, *(noisy(clean, chance) for _ in range(copies)))
    ]


def intent_sample(seed: int) -> Sample:
    """What the intents are learnt from, in both languages together; requests also behind a greeting or a sigh."""
    chance = dice(seed)
    sample = utterances(sorted(CORPUS.glob("intents/train.*.txt")), 8, chance)
    return with_noise(sample + led_in(sample, chance), 2, chance)


_LEAD_INS = [
    "Hej",
    "Hej!",
    "Hejsan,",
    "Hej igen",
    "God kväll!",
    "Hallå,",
    "Ursäkta,",
    "Asså",
    "Du,",
    "Jo,",
    "Okej,",
    "Förlåt att jag stör men",
    "Tack!",
    "Snälla,",
    "Alltså,",
    "Vet du,",
    "Hejsa,",
    "Godaften!",
    "Hallo,",
    "Undskyld,",
    "Altså",
    "Undskyld jeg forstyrrer, men",
    "Okay,",
    "Tak!",
    "Please,",
    "Hør,",
]


def led_in(sample: Iterable[Utterance], chance: random.Random) -> Sample:
    """A share of the requests with a lead-in before them; greetings, thanks and small talk stay as they are."""
    wanted = [
        one for one in sample if one.label not in ("greeting", "thanks", "other") and chance.random() < 0.25
    ]
    return [
        Utterance(f"{chance.choice(_LEAD_INS)} {text[0].lower()}{text[1:]}", label) for text, label in wanted
    ]


def crisis_sample(data: Path, seed: int) -> Sample:
    """What danger is learnt from: our utterances, alone and amid other talk, and real sentences without danger."""
    chance = dice(seed)
    own = utterances(sorted(CORPUS.glob("crisis/train.*.txt")), 12, chance)
    talk = calm_talk(own, chance)
    amid = [_amid(one, chance.choice(talk).text, chance) for one in own if chance.random() < 0.3]
    noisily = with_noise(own, 1, chance) + with_noise(amid, 1, chance) + with_noise(talk, 1, chance)
    return noisily + calm_sentences(data, chance)


def calm_talk(dangerous: Sample, chance: random.Random) -> Sample:
    """What people ask of the assistant on other days, without what also stands among the `dangerous`."""
    known = {text.lower() for text, _ in dangerous}
    return [
        Utterance(text, "none")
        for text, _ in utterances(sorted(CORPUS.glob("intents/train.*.txt")), 3, chance)
        if text.lower() not in known and "orke" not in text.lower() and "orka" not in text.lower()
    ]


def calm_sentences(data: Path, chance: random.Random) -> Sample:
    """Real sentences without a grave word, and what peers write."""
    texts = [*real_sentences(data, chance, 7000), *chance.sample(peers_messages(), 4000)]
    return [Utterance(text, "none") for text in texts]


def drawn_once(pattern: str, chance: random.Random) -> Sample:
    """Each line of our utterances in these files, once, templates drawn anew; every other one noisy."""
    return [
        Utterance(noisy(text, chance) if chance.random() < 0.5 else text, label)
        for text, label in utterances(sorted(CORPUS.glob(pattern)), 1, chance)
    ]


def peers_messages() -> list[str]:
    """What peers write in the corpus of the feedback: blunt at times, but nobody's danger."""
    parts = sorted(path for path in CORPUS.parent.glob("*/train*.jsonl"))
    return [json.loads(line)["text"] for path in parts for line in path.read_text("utf-8").splitlines()]


def _amid(one: Utterance, other: str, chance: random.Random) -> Utterance:
    mark = chance.choice((". ", " ", ", ", "\n"))
    return Utterance(mark.join((one.text, other) if chance.random() < 0.5 else (other, one.text)), one.label)


_GRAVE = (
    "dö",
    "dø",
    "död",
    "død",
    "mord",
    "själv",
    "selv",
    "slå",
    "skär",
    "skær",
    "liv",
    "våld",
    "vold",
    "sjæl",
)


def real_sentences(data: Path, chance: random.Random, count: int) -> list[str]:
    """Sentences from forum, social media and treebanks without a grave word: what people write on other days."""
    lines = [*forum(data), *comments(data), *_sentences(data, SWEDISH), *_sentences(data, DANISH)]
    calm = [
        line for line in lines if 5 < len(line) < 200 and not any(word in line.lower() for word in _GRAVE)
    ]
    return chance.sample(calm, count)


def forum(data: Path) -> Iterable[str]:
    """Swedish forum sentences."""
    text = bz2.decompress((data / "language/forum_sv/dev-set.conllu.bz2").read_bytes()).decode("utf-8")
    return [line[9:].strip() for line in text.splitlines() if line.startswith("# text = ")]


def comments(data: Path) -> list[str]:
    """Danish social media comments."""
    return (data / "language/social_da/comments.txt").read_text("utf-8").splitlines()


def language_sample(data: Path, seed: int) -> Sample:
    """What the languages are learnt from: our utterances, and short pieces of real sentences."""
    chance = dice(seed)
    swedish, danish, norwegian = ([*_sentences(data, names)] for names in (SWEDISH, DANISH, NORWEGIAN))
    real = [
        Utterance(piece, label)
        for label, lines in (
            ("sv", [*swedish, *forum(data)]),
            ("da", danish + comments(data)),
            ("no", norwegian),
        )
        for line in chance.sample(lines, 3000)
        for piece in fragments(line, chance)
    ]
    own = own_languages(chance)
    norwegian_words = _peculiar(norwegian, danish + comments(data) + swedish + [*forum(data)])
    return [one for one in own + real if one.label != "no" or _words(one.text) & norwegian_words]


def own_languages(chance: random.Random) -> Sample:
    """Our utterances by language, without those that both languages share."""
    shared: dict[str, set[str]] = {}
    for language in ("sv", "da"):
        for text, _ in utterances(sorted(CORPUS.glob(f"*/train*.{language}.txt")), 2, chance):
            shared.setdefault(text.strip(".!? ").lower(), set()).add(language)
    home = [Utterance(text, only) for text, found in shared.items() if len(found) == 1 for only in found]
    foreign = [
        Utterance(text, "no" if label in ("nb", "nn") else "other")
        for text, label in read(CORPUS / "language/train.other.txt")
        if text.strip(".!? ").lower() not in shared
    ]
    english = [
        text for template, _ in read(CORPUS / "crisis/train.en.txt") for text in expand(template, 3, chance)
    ]
    abroad = foreign + [Utterance(text, "other") for text in english]
    return with_noise(home, 1, chance) + with_noise(abroad, 5, chance)


def _words(text: str) -> set[str]:
    return {word for word in words(clean(text)) if word.isalpha()}


def _peculiar(texts: Iterable[str], others: Iterable[str]) -> set[str]:
    """Words far more frequent in `texts` than in `others`: without one a message may as well be in the other tongue."""
    here, there = (Counter(word for text in side for word in _words(text)) for side in (texts, others))
    return {
        word for word, count in here.items() if count / here.total() > 5 * (there[word] + 0.2) / there.total()
    }


def _sentences(data: Path, names: Sequence[str]) -> Iterable[str]:
    return [text for name in names for text in treebank_sentences(data / f"treebanks/{name}.conllu")]


def fragments(sentence: str, chance: random.Random) -> list[str]:
    """The sentence cut to chat length: its first words, some from the middle, half of the time in lower case."""
    tokens = sentence.split()
    pieces = []
    for longest in (4, 9):
        size = chance.randint(2, longest)
        start = chance.choice((0, chance.randrange(max(1, len(tokens) - size))))
        piece = " ".join(tokens[start : start + size]).strip(" ,;:-")
        pieces.append(piece.lower() if chance.random() < 0.5 else piece)
    return [piece for piece in pieces if sum(letter.isalpha() for letter in piece) > 4]
