"""Scores the language feedback on labelled messages.

Two figures for each category, as the guidelines say: on messages (is the category found in the message at all)
and on stretches (a predicted stretch counts when it shares at least half of its characters, intersection over
union, with a labelled one of the same category).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.language.findings import CATEGORIES, Finding, Language, Setting

Check = Callable[[str, Language, Setting], Sequence[Finding]]


@dataclass(frozen=True)
class Stretch:
    """A labelled stretch, as character offsets."""

    category: str
    start: int
    end: int


@dataclass(frozen=True)
class Labelled:
    """A message or reflection with the stretches that its annotator marked."""

    id: str
    language: Language
    setting: Setting
    slice: str
    text: str
    gold: tuple[Stretch, ...]


@dataclass
class Score:
    """Counts of right, wrong and missed, and the figures made of them (0 where undefined)."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 0.0

    def add(self, right: int, wrong: int, missed: int) -> None:
        self.right += right
        self.wrong += wrong
        self.missed += missed


@dataclass
class Report:
    """Scores by category ("all" is the micro average, "dir+gen" directive and generalising taken together)."""

    messages: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    stretches: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    rules: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    clean: int = 0
    clean_flagged: int = 0

    @property
    def false_alarms(self) -> float:
        """The share of messages without a labelled stretch in which something was flagged."""
        return self.clean_flagged / self.clean if self.clean else 0.0


def load(path: Path) -> list[Labelled]:
    """Read labelled JSON lines; raises ValueError where a quote is not in its text."""
    return [_labelled(json.loads(line)) for line in path.read_text().splitlines() if line.strip()]


def _labelled(row: dict[str, Any]) -> Labelled:
    gold: list[Stretch] = []
    for entry in row["findings"]:
        start = row["text"].find(entry["quote"])
        if start < 0:
            raise ValueError(f"{row['id']}: the quote {entry['quote']!r} is not in the text")
        gold.append(Stretch(entry["category"], start, start + len(entry["quote"])))
    return Labelled(
        row["id"],
        row["language"],
        row.get("setting", "message"),
        row.get("slice", ""),
        row["text"],
        tuple(gold),
    )


def evaluate(check: Check, corpus: Iterable[Labelled]) -> Report:
    """Run `check` over a labelled corpus and count."""
    report = Report()
    for item in corpus:
        findings = check(item.text, item.language, item.setting)
        _count_messages(report, item, findings)
        _count_stretches(report, item, findings)
        if not item.gold:
            report.clean += 1
            report.clean_flagged += bool(findings)
    return report


def _count_messages(report: Report, item: Labelled, findings: Sequence[Finding]) -> None:
    gold, found = {s.category for s in item.gold}, {f.category for f in findings}
    for category in CATEGORIES:
        counts = (
            int(category in gold & found),
            int(category in found - gold),
            int(category in gold - found),
        )
        for name in _groups(category):
            report.messages[name].add(*counts)


def _groups(category: str) -> tuple[str, ...]:
    return (category, "all", "dir+gen") if category in {"directive", "generalising"} else (category, "all")


def _count_stretches(report: Report, item: Labelled, findings: Sequence[Finding]) -> None:
    left = list(item.gold)
    outcome: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        match = next((s for s in left if s.category == finding.category and overlap(s, finding) >= 0.5), None)
        if match:
            left.remove(match)
        outcome[finding.category, "right" if match else "wrong"] += 1
        report.rules[finding.rule].add(int(bool(match)), int(not match), 0)
    for stretch in left:
        outcome[stretch.category, "missed"] += 1
    for category in CATEGORIES:
        counts = (outcome[category, "right"], outcome[category, "wrong"], outcome[category, "missed"])
        for name in _groups(category):
            report.stretches[name].add(*counts)


def overlap(one: Stretch | Finding, other: Stretch | Finding) -> float:
    """Intersection over union of two stretches, in 0..1."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(0, shared) / (max(one.end, other.end) - min(one.start, other.start)) if shared > 0 else 0.0
