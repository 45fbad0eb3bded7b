"""Typing slips that keep every letter's place, so that labelled stretches stay where they are."""

from random import Random

from bot.language.training.augment import UNMARKED

LETTERS = "abcdefghijklmnopqrstuvwxyzåäöæø"
LOWER, BARE, SLIPPING = 0.3, 0.06, 0.2  # shares of the texts
SLIP = 0.03  # of the letters of a slipping text


def slip_letters(text: str, chance: Random) -> str:
    """The text, now and then in lower case, without marks on its letters, or with letters swapped or mistaken."""
    lower = text.lower()
    if len(lower) == len(text) and chance.random() < LOWER:
        text = lower
    if chance.random() < BARE:
        text = text.translate(UNMARKED)
    return _slipping(text, chance) if chance.random() < SLIPPING else text


def _slipping(text: str, chance: Random) -> str:
    letters = list(text)
    for at in range(1, len(letters) - 1):
        if letters[at].isalpha() and letters[at + 1].isalpha() and chance.random() < SLIP:
            if chance.random() < 0.6:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            else:
                letters[at] = chance.choice(LETTERS)
    return "".join(letters)
