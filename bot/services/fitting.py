"""A text that is too long for one message, in several."""

import html
import re
from collections.abc import Iterator

MAX_TEXT = 4096
"""Telegram's limit, in UTF-16 code units after entities are parsed."""

_TAG = re.compile(r"<(/?)([a-z]+)[^>]*>")
_LINE = re.compile(r"[^\n]*\n*")


def length(text: str) -> int:
    """How long Telegram finds a text in its HTML."""
    return len(html.unescape(_TAG.sub("", text)).encode("utf-16-le")) // 2


def pieces(text: str, limit: int = MAX_TEXT) -> list[str]:
    """The text in parts of at most `limit`, cut between lines; a line alone too long is cut short.

    What is open at a cut (bold, a quotation) is closed there and opened again.
    """
    if length(text) <= limit:
        return [text]
    parts = [""]
    for line in _lines(text, limit):
        if parts[-1] and length(parts[-1] + line.rstrip("\n")) > limit:
            open_tags = _open(parts[-1])
            parts[-1] += "".join(f"</{tag}>" for tag in reversed(open_tags))
            parts.append("".join(f"<{tag}>" for tag in open_tags))
        parts[-1] += line
    return [part.strip() for part in parts if part.strip()]


def _lines(text: str, limit: int) -> Iterator[str]:
    for line in _LINE.findall(text):
        yield (
            line
            if length(line) <= limit
            else html.escape(html.unescape(_TAG.sub("", line))[: limit // 2]) + "…\n"
        )


def _open(text: str) -> list[str]:
    found: list[str] = []
    for close, tag in _TAG.findall(text):
        found = found[:-1] if close else [*found, tag]
    return found
