"""Crises that are not now: somebody was lost to suicide, or one's own is over. Met as that, never taken for danger.

Rules alone, as data: `locales/*/mentions.toml`. Who doubts reads the rest of the text for danger.
"""

import re
import tomllib
from pathlib import Path

from bot.language.crisis import LOCALES, any_of, unfolded

KINDS = ("bereaved", "past")
"""In the order of importance."""


class Mentions:
    """The rules of all languages, read together."""

    def __init__(self, folder: Path = LOCALES) -> None:
        found: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for file in sorted(folder.glob("*/mentions.toml")):
            for kind, rules in tomllib.loads(file.read_text("utf-8")).items():
                found[kind] += rules["patterns"]
        self._patterns: dict[str, re.Pattern[str]] = {kind: any_of(each) for kind, each in found.items()}

    def find(self, text: str) -> tuple[str, str]:
        """(kind or "", the folded text without what was found)."""
        plain = unfolded(text)
        for kind, pattern in self._patterns.items():
            rest, count = pattern.subn(" ", plain)
            if count:
                return kind, rest.strip()
        return "", plain
