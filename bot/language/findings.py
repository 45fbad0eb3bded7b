"""What the language feedback says: a finding, and the explanation of it."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["sv", "da"]
Setting = Literal["message", "reflection"]

SETTINGS: tuple[Setting, ...] = ("message", "reflection")
CATEGORIES = ("directive", "generalising", "judging", "overstepping", "confidentiality")


@dataclass(frozen=True)
class Finding:
    """A stretch of text that goes against a principle.

    `start` and `end` are character offsets into the text (`quote == text[start:end]`), `rule` is the stable id of
    the rule family or trained component that found it, `confidence` lies in 0..1, `principle` is P1 to P6 and
    `source` the id of the document that the principle comes from.
    """

    category: str
    start: int
    end: int
    quote: str
    rule: str
    confidence: float
    principle: str
    source: str


@dataclass(frozen=True)
class Explanation:
    """A finding in the person's language: what it is, why, from which document, and other ways to say it."""

    message: str
    principle: str
    source: str
    suggestions: tuple[str, ...]
