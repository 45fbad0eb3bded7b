"""Understanding a free-text message: its language and what the person wants; and whether somebody is in danger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal, cast

import spacy
from spacy.pipeline import TextCategorizer

from bot.language import crisis as danger
from bot.language.crisis import Crisis
from bot.language.encoder import load_encoder
from bot.language.identification import Language, decide
from bot.language.intents import choose

MODELS = Path(__file__).parent / "models" / "understanding"


@dataclass(frozen=True)
class Understanding:
    """What a message was understood as; confidences are in 0..1, `alternatives` are there when it is better to ask."""

    language: Language
    language_confidence: float
    intent: str
    confidence: float
    alternatives: tuple[str, ...]


ENCODER = 0.5
"""How far the encoder is trusted beside the n-grams, 0..1 (set on dev to dev4)."""
READ = 600
"""Characters of a stretch that the encoder reads: more than sixty words have, and enough to know what is wanted."""
DOUBT = 1e-4
"""What the least likely of an opinion's labels keeps, so that neither can rule it out alone."""


class Understander:
    """Loads the classifiers once; may be used by several threads (they take turns, a message takes milliseconds)."""

    def __init__(self, models: Path = MODELS) -> None:
        self._nlp = spacy.load(models)
        self._rules = danger.CrisisRules.load()
        self._limits = danger.Thresholds()
        self._encoder = load_encoder()
        self._lock = Lock()

    def understand(
        self, text: str, language: Literal["sv", "da"] | None = None, history: Mapping[str, int] | None = None
    ) -> Understanding:
        """Understand any text. A known `language` is not guessed; `history` counts earlier messages by language."""
        guess: tuple[Language, float] = (language, 1.0) if language else self.language(text, history)
        intents = together(self._encoder.read(text[:READ]).intents, self._scores("intent", [text])[0])
        choice = choose(intents)
        return Understanding(*guess, choice.intent, choice.confidence, choice.alternatives)

    def language(self, text: str, history: Mapping[str, int] | None = None) -> tuple[Language, float]:
        """The language of the text and how sure that is (0..1)."""
        scores = self._scores("language", [text])[0]
        with self._lock:
            return decide(text, scores, history)

    def crisis(self, text: str) -> Crisis:
        """Whether the text speaks of danger to life now: the gravest verdict on the whole and on its stretches."""
        stretches = danger.windows(text)
        scores = self._scores("crisis", stretches)
        read = (self._encoder.read(stretch[:READ]).crisis for stretch in stretches)
        verdicts = {
            danger.verdict(stretch, self._rules.signs(stretch), together(encoded, score), self._limits)
            for stretch, encoded, score in zip(stretches, read, scores, strict=True)
        }
        return next(grade for grade in ("acute", "unclear", "none") if grade in verdicts)

    @property
    def vocabulary(self) -> Iterator[str]:
        """Every string that spaCy keeps: labels and names of parts, never what people wrote."""
        return iter(self._nlp.vocab.strings)

    def _scores(self, name: str, texts: Sequence[str]) -> list[dict[str, float]]:
        """Each label's probability for each text. The zone makes spaCy forget the texts again."""
        with self._lock, self._nlp.memory_zone():
            pipe = cast(TextCategorizer, self._nlp.get_pipe(name))
            rows = pipe.predict([self._nlp.make_doc(text) for text in texts])
            return [dict(zip(pipe.labels, map(float, row), strict=True)) for row in rows]


def together(encoded: Mapping[str, float], counted: Mapping[str, float]) -> dict[str, float]:
    """The opinions of the encoder and of the n-grams as one: their weighted geometric mean."""
    shares = {
        label: (encoded[label] + DOUBT) ** ENCODER * (counted[label] + DOUBT) ** (1 - ENCODER)
        for label in counted
    }
    total = sum(shares.values())
    return {label: share / total for label, share in shares.items()}
