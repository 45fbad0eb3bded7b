"""One spelling for what people type: invisible characters, stretched letters and missing diacritics taken away."""

import re
import unicodedata

_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn", "Mn"}
_LOOKALIKES = str.maketrans({"æ": "ä", "ø": "ö", "’": "'", "´": "'", "`": "'"})
_DIGRAPHS = (("aa", "å"), ("ae", "ä"), ("oe", "ö"))
_PLAIN = str.maketrans("åäöéèü", "aaoeeu")
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_STRETCHED = re.compile(r"(\D)\1{2,}")
_DOUBLE = re.compile(r"([a-z])\1")


def clean(text: str) -> str:
    """The text in lower case, composed (NFKC), without invisible characters; letters and order are kept."""
    composed = unicodedata.normalize("NFKC", text)
    visible = (
        " " if c.isspace() else c
        for c in composed
        if c.isspace() or unicodedata.category(c) not in _INVISIBLE
    )
    return "".join(visible).lower()


def normalise(text: str) -> str:
    """`clean` text in one spelling for both languages: ø/ö and æ/ä alike, no stretched letters, digits as 0."""
    plain = clean(text).translate(_LOOKALIKES)
    for digraph, letter in _DIGRAPHS:
        plain = plain.replace(digraph, letter)
    return re.sub(r"\d", "0", _STRETCHED.sub(r"\1", plain))


def fold(normalised: str) -> str:
    """`normalise`d text without diacritics and double letters: how people type in a hurry."""
    return _DOUBLE.sub(r"\1", normalised.translate(_PLAIN))


def words(text: str) -> list[str]:
    """Words, numbers and single marks of a text."""
    return _WORD.findall(text)
