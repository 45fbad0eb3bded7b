"""The utterances that understanding learns from: files of plain lines.

A file has one utterance a line under headings `# label`. In training files `{a|b|}` stands for either of its
alternatives; test files are plain.
"""

import itertools
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_CHOICE = re.compile(r"\{([^{}]*)\}")


class Utterance(NamedTuple):
    """One message with its label."""

    text: str
    label: str


def read(path: Path) -> list[Utterance]:
    """The lines of a file with the heading they stand under, unexpanded."""
    label, found = "", []
    for line in path.read_text("utf-8").splitlines():
        if re.match(r"# \w+$", line):
            label = line[2:]
        elif line.strip():
            found.append(Utterance(line, label))
    return found


def expand(template: str, limit: int, chance: random.Random) -> list[str]:
    """The texts that a template stands for; of more than `limit`, so many drawn by `chance`."""
    parts = _CHOICE.split(template)
    options = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    texts = [" ".join("".join(choice).split()) for choice in itertools.product(*options)]
    unique = list(dict.fromkeys(re.sub(r" ([?.,!])", r"\1", text) for text in texts))
    return unique if len(unique) <= limit else chance.sample(unique, limit)


def utterances(paths: Iterable[Path], limit: int, chance: random.Random) -> list[Utterance]:
    """All texts of the files, templates expanded to at most `limit` each."""
    return [
        Utterance(text, label)
        for path in paths
        for template, label in read(path)
        for text in expand(template, limit, chance)
    ]


def treebank_sentences(path: Path) -> Iterator[str]:
    """The `# text` lines of a CoNLL-U file."""
    for line in path.open(encoding="utf-8"):
        if line.startswith("# text = "):
            yield line[9:].strip()
