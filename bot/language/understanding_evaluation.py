"""How well messages are understood, on labelled messages that training has not read."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.language.training.utterances import Utterance, read
from bot.language.understanding import Understander

CORPUS = Path(__file__).parent / "corpus" / "understanding"
Figures = dict[str, Any]


def evaluate(split: str = "test", understander: Understander | None = None) -> Figures:
    """The figures of language, intent and crisis on our `split` ("test", or "dev", which thresholds were set on).

    Shares are in 0..1; confusions count (what it is, what it was taken for), the most frequent first.
    """
    known = understander or Understander()
    return {
        "language": language_figures(known, read(CORPUS / f"language/{split}.txt")),
        "intent": {
            tongue: intent_figures(known, _lines("intents", split, tongue)) for tongue in ("sv", "da")
        },
        "crisis": {
            tongue: crisis_figures(known, _lines("crisis", split, tongue)) for tongue in ("sv", "da", "en")
        },
    }


def _lines(task: str, split: str, tongue: str) -> list[Utterance]:
    return read(CORPUS / task / f"{split}.{tongue}.txt")


def language_figures(known: Understander, messages: Iterable[Utterance]) -> Figures:
    """Accuracy of sv, da and other; and how much of the Norwegian is read as Danish."""
    pairs = Counter((label, known.language(text)[0]) for text, label in messages)
    wrong = Counter({pair: count for pair, count in pairs.items() if pair[1] != _home(pair[0])})
    norwegian = sum(count for (label, _), count in pairs.items() if label == "nb")
    return {
        "messages": pairs.total(),
        "accuracy": 1 - wrong.total() / pairs.total(),
        "norwegian_as_danish": pairs["nb", "da"] / norwegian if norwegian else 0.0,
        "confusions": wrong.most_common(),
    }


def _home(label: str) -> str:
    return label if label in ("sv", "da") else "other"


def intent_figures(known: Understander, messages: Iterable[Utterance]) -> Figures:
    """Accuracy over all; how often the assistant would ask, and how right it is when it does not."""
    found = [(label, known.understand(text, "sv")) for text, label in messages]
    wrong = Counter((label, seen.intent) for label, seen in found if label != seen.intent)
    sure = [label == seen.intent for label, seen in found if not seen.alternatives]
    return {
        "messages": len(found),
        "accuracy": 1 - wrong.total() / len(found),
        "asked": 1 - len(sure) / len(found),
        "accuracy_when_sure": sum(sure) / len(sure) if sure else 0.0,
        "offered": sum(label in (seen.intent, *seen.alternatives) for label, seen in found) / len(found),
        "confusions": wrong.most_common(),
    }


def crisis_figures(known: Understander, messages: Iterable[Utterance]) -> Figures:
    """Recall of acute messages, false alarms among those that only look so, and what the gentle question catches."""
    pairs = Counter((label, known.crisis(text)) for text, label in messages)
    acute = sum(count for (label, _), count in pairs.items() if label == "acute")
    calm = pairs.total() - acute
    return {
        "messages": pairs.total(),
        "recall": pairs["acute", "acute"] / acute,
        "recall_with_unclear": (pairs["acute", "acute"] + pairs["acute", "unclear"]) / acute,
        "false_alarms": pairs["none", "acute"] / calm,
        "asked_gently": pairs["none", "unclear"] / calm,
    }
