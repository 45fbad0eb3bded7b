"""Measuring: how good the language engine is on our own test sets, and how fast, as ratios."""

import gc
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import spacy

from bot.language import pipelines, understanding_evaluation
from bot.language.engine import LanguageEngine
from bot.language.evaluation import Report, Score, evaluate
from bot.language.findings import Language
from bot.language.training.feedback import corpus

SLICES = ("formal", "casual", "noisy")
ROUNDS = 3
MESSAGE = {
    "sv": "Hej igen, jag förstår att veckan har varit tung och att du knappt har sovit. För mig hjälpte det att "
    "gå ut en stund på morgonen, men du borde nog prata med din chef.",
    "da": "Hej igen, jeg kan godt høre, at ugen har været hård, og at du næsten ikke har sovet. For mig hjalp det "
    "at gå ud en tur om morgenen, men du skal nok tale med din chef.",
}
"""About thirty words each."""


def quality() -> str:
    """The figures of our own test set: findings per category and slice, understanding, rules one by one."""
    return "\n".join([*_findings(), *_understanding()])


def _findings() -> Iterator[str]:
    engine = LanguageEngine()
    languages: tuple[Language, ...] = ("sv", "da")
    for language in languages:
        ours = corpus(language, "test")
        for setting in ("message", "reflection"):
            chosen = [item for item in ours if item.setting == setting]
            yield f"\n{language}, {setting}s (ours, held out: {len(chosen)})"
            yield from _table(evaluate(engine.check, chosen))
        for name in SLICES:
            chosen = [item for item in ours if item.setting == "message" and item.slice == name]
            yield f"\n{language}, {name} messages ({len(chosen)})"
            yield from _table(evaluate(engine.check, chosen))
        real = corpus(language, "real:test")
        yield f"\n{language}, real sentences (held out: {len(real)})"
        yield from _table(evaluate(engine.check, real))


def _table(report: Report) -> Iterator[str]:
    yield f"  {'':26}{'P':>6}{'R':>6}{'F1':>6}{'n':>6}   stretches F1"
    for group, score in sorted(report.messages.items()):
        yield f"{_line(group, score)}   {report.stretches[group].f1:.2f}"
    for rule, score in sorted(report.rules.items()):
        yield f"    {rule:40}{score.precision:6.2f} of {score.right + score.wrong}"
    yield f"  texts without findings flagged: {report.false_alarms:.1%} of {report.clean}"


def _line(name: str, score: Score) -> str:
    total = score.right + score.missed
    return f"  {name:26}{score.precision:6.2f}{score.recall:6.2f}{score.f1:6.2f}{total:6}"


def _understanding() -> Iterator[str]:
    for task, figures in understanding_evaluation.evaluate().items():
        yield f"\nunderstanding: {task}"
        yield from (f"  {name}: {value}" for name, value in figures.items())


def language() -> str:
    """The speed of `check`, beside the bare pipeline and a blank tokenizer, and load time and memory."""
    gc.collect()
    started = time.process_time()
    engine = LanguageEngine()
    engine.warm_up()
    loaded = time.process_time() - started
    lines = [f"load, both languages: {loaded:.2f} s CPU; {_megabytes()} MB resident at most"]
    for code, text in MESSAGE.items():
        lines += _speed(engine, code, text)
    return "\n".join(lines)


def _speed(engine: LanguageEngine, code: str, text: str) -> list[str]:
    nlp, tokenizer = pipelines.load("sv" if code == "sv" else "da"), spacy.blank(code)
    check = _times(lambda: engine.check(text, code), 300)
    bare = _times(lambda: nlp(text), 300)
    blank = _times(lambda: tokenizer(text), 300)
    middle = statistics.median(check)
    p99 = sorted(check)[int(len(check) * 0.99)]
    understood = statistics.median(_times(lambda: (engine.crisis(text), engine.understand(text)), 300))
    return [
        f"{code}: check {1 / middle:.0f} messages a second, p50 {middle * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms",
        f"{code}: check takes {middle / statistics.median(bare):.2f} times the bare pipeline, "
        f"{middle / statistics.median(blank):.0f} times a blank tokenizer",
        f"{code}: danger, intent and language take {understood / statistics.median(bare):.2f} times the bare pipeline",
    ]


def _times(do: Callable[[], object], count: int) -> Sequence[float]:
    """CPU seconds of each call, after a few to warm up."""
    for _ in range(ROUNDS):
        do()
    found = []
    for _ in range(count):
        started = time.process_time()
        do()
        found.append(time.process_time() - started)
    return found


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
