"""Texts as people type them in a hurry: lower case, no marks, spoken forms, letters without their marks, slips.

Every change is told place by place, so that labelled stretches can be found again.
"""

import itertools
import re
from random import Random
from typing import NamedTuple

from bot.language.training.augment import UNMARKED

_SPOKEN = {
    "och": "o", "att": "o", "det": "de", "är": "e", "jag": "ja", "mig": "mej", "dig": "dej", "någon": "nån",
    "något": "nåt", "några": "nåra", "också": "oxå", "inte": "int", "mycket": "mkt", "vad": "va", "imorgon": "imorn",
    "hade": "had", "skulle": "sku", "vara": "va", "sedan": "sen", "med": "me", "till": "ti", "kan": "kn",
    "og": "å", "ikke": "ik", "jeg": "jg", "hvad": "hva", "noget": "noet", "nogen": "nogn", "kunne": "ku",
    "også": "os", "skal": "ska", "meget": "møj", "hvordan": "hvordn", "have": "ha", "være": "vær", "siger": "sir",
    "morgen": "mrg", "tage": "ta", "blive": "bli", "lige": "lig", "sige": "si",
}  # fmt: skip
_NEIGHBOURS = {
    "a": "s", "e": "r", "i": "o", "n": "m", "t": "r", "d": "f", "s": "a", "l": "k", "r": "t", "o": "p",
}  # fmt: skip
_MARKS = re.compile(r'[.,!?;:"]+(?=\s|$)')
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 9  # letters of a text that slips


class Hurry(NamedTuple):
    """How often a text is changed in each way; `slips` are the numbers of slips to choose from."""

    lower: float
    unmarked: float
    spoken: float
    bare: float
    slips: tuple[int, ...]


IN_A_HURRY = Hurry(0.85, 0.7, 0.4, 0.2, (0, 1, 1, 2))
AT_EASE = Hurry(0.15, 0.05, 0.05, 0.02, (0, 0, 0, 0, 1))


class Typed(NamedTuple):
    """A text as it was typed, and for each place in the clean one (its end included) the place in this."""

    text: str
    places: list[int]


def typed(text: str, hurry: Hurry, chance: Random) -> Typed:
    """The text with the changes that `chance` draws."""
    letters = list(text)
    if chance.random() < hurry.lower:
        letters = [letter.lower() for letter in letters]
    if chance.random() < hurry.unmarked:
        for found in _MARKS.finditer(text):
            letters[found.start() : found.end()] = [""] * len(found.group())
    if chance.random() < hurry.spoken:
        _speak(text, letters, chance)
    if chance.random() < hurry.bare:
        letters = [letter.translate(UNMARKED) for letter in letters]
    for _ in range(chance.choice(hurry.slips) if len(text) >= _SHORTEST else 0):
        _slip(letters, chance.randrange(1, len(letters) - 1), chance)
    return Typed("".join(letters), [0, *itertools.accumulate(len(letter) for letter in letters)])


def noisy(text: str, chance: Random) -> str:
    """The text as somebody might type it in a hurry."""
    return typed(text, IN_A_HURRY, chance).text


def _speak(text: str, letters: list[str], chance: Random) -> None:
    for found in _WORD.finditer(text):
        spoken = _SPOKEN.get(found.group().lower())
        if spoken and chance.random() < 0.5:
            letters[found.start() : found.end()] = [spoken] + [""] * (len(found.group()) - 1)


def _slip(letters: list[str], at: int, chance: Random) -> None:
    """A letter lost, doubled, swapped with the next or mistaken for its neighbour, or the next space lost."""
    kind = chance.randrange(5)
    if kind == 0:
        letters[at] = ""
    elif kind == 1:
        letters[at] *= 2
    elif kind == 2:
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    elif kind == 3:
        letters[at] = _NEIGHBOURS.get(letters[at], letters[at])
    elif " " in letters[at:]:
        letters[letters.index(" ", at)] = ""
