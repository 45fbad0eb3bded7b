"""Comparing what a person typed with the label of a button."""

import re
import unicodedata


def plain(text: str) -> str:
    """Lower case, letters and digits only, single spaces."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return " ".join(re.findall(r"\w+", folded))


def matching(typed: str, label: str) -> bool:
    """Whether the typed words are the label's."""
    return bool(plain(label)) and plain(typed) == plain(label)
