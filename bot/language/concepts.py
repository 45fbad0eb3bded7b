"""Concepts: words and short phrases of the two languages that count as the same thing."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.language.spelling import fold, normalise

_SOURCE = Path(__file__).with_name("concepts.toml")
_LONGEST_PHRASE = 4
Entries = Mapping[str, list[str]]


def concepts(folded: Sequence[str]) -> Iterator[str]:
    """The concepts of the folded words of a message, in order; a longer phrase goes before its words."""
    exact, stems = _lexicon()
    at = 0
    while at < len(folded):
        size = min(_LONGEST_PHRASE, len(folded) - at)
        while size > 1 and "_".join(folded[at : at + size]) not in exact:
            size -= 1
        yield from _look_up("_".join(folded[at : at + size]), exact, stems)
        at += size


def _look_up(phrase: str, exact: Entries, stems: Entries) -> list[str]:
    if phrase in exact:
        return exact[phrase]
    return next((stems[phrase[:end]] for end in range(len(phrase), 2, -1) if phrase[:end] in stems), [])


@cache
def _lexicon() -> tuple[Entries, Entries]:
    exact: dict[str, list[str]] = defaultdict(list)
    stems: dict[str, list[str]] = defaultdict(list)
    for concept, entries in tomllib.loads(_SOURCE.read_text("utf-8")).items():
        for entry in {fold(normalise(entry)) for entry in entries.split()}:
            (stems if entry.endswith("*") else exact)[entry.rstrip("*")].append(concept)
    return dict(exact), dict(stems)
