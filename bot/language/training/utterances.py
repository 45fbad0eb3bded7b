"""The utterances that understanding learns from: files of plain lines, and noise as people type it.

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


_SPOKEN = {
    "och": "o", "att": "o", "det": "de", "är": "e", "jag": "ja", "mig": "mej", "dig": "dej", "någon": "nån",
    "något": "nåt", "några": "nåra", "också": "oxå", "inte": "int", "mycket": "mkt", "vad": "va", "imorgon": "imorn",
    "hade": "had", "skulle": "sku", "vara": "va", "sedan": "sen", "med": "me", "till": "ti", "kan": "kn",
    "og": "å", "ikke": "ik", "jeg": "jg", "hvad": "hva", "noget": "noet", "nogen": "nogn", "kunne": "ku",
    "også": "os", "skal": "ska", "meget": "møj", "hvordan": "hvordn", "have": "ha", "være": "vær", "siger": "sir",
    "morgen": "mrg", "tage": "ta", "blive": "bli", "lige": "lig", "sige": "si",
}  # fmt: skip
_BARE = str.maketrans("åäöæøé", "aaoaoe")
_NEIGHBOURS = {
    "a": "s",
    "e": "r",
    "i": "o",
    "n": "m",
    "t": "r",
    "d": "f",
    "s": "a",
    "l": "k",
    "r": "t",
    "o": "p",
}


def noisy(text: str, chance: random.Random) -> str:
    """The text as somebody might type it in a hurry: lower case, no marks, spoken forms, slips of the finger."""
    if chance.random() < 0.85:
        text = text.lower()
    if chance.random() < 0.7:
        text = re.sub(r"[.,!?;:\"]+", "", text)
    if chance.random() < 0.4:
        text = " ".join(_SPOKEN.get(word, word) if chance.random() < 0.5 else word for word in text.split())
    if chance.random() < 0.2:
        text = text.translate(_BARE)
    for _ in range(chance.choice((0, 1, 1, 2)) if len(text) > 8 else 0):
        text = _slip(text, chance)
    return text


def _slip(text: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(text) - 1)
    kind = chance.randrange(5)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 3:
        return text[:at] + _NEIGHBOURS.get(text[at], text[at]) + text[at + 1 :]
    return text[:at] + text[at:].replace(" ", "", 1)


def treebank_sentences(path: Path) -> Iterator[str]:
    """The `# text` lines of a CoNLL-U file."""
    for line in path.open(encoding="utf-8"):
        if line.startswith("# text = "):
            yield line[9:].strip()
