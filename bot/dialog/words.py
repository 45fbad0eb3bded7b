"""Comparing what a person typed with the label of a button."""

import re
import unicodedata

UNSEEN = "\u2800\u3164\u115f\u1160\uffa0"
"""Characters that show nothing, though Unicode counts them as letters or symbols."""


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: spaces, controls, joiners and fillers only."""
    return all(unicodedata.category(each)[0] in "ZC" or each in UNSEEN for each in text)


def plain(text: str) -> str:
    """Lower case, letters and digits only, single spaces."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return " ".join(re.findall(r"\w+", folded))


def is_one_of(typed: str, listed: str) -> bool:
    """Whether the typed words are one of those listed, with commas between."""
    return any(matching(typed, each) for each in listed.split(","))


def matching(typed: str, label: str) -> bool:
    """Whether the typed words are the label's."""
    return bool(plain(label)) and plain(typed) == plain(label)
