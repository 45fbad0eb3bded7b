"""Formatted text as Telegram sees it: HTML in, plain text with entities out.

Offsets and lengths count UTF-16 code units, as Telegram's do. The wording of the refusals follows the
real server's; its byte offsets count UTF-8.
"""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from bot.tryout.errors import bad_request

Entity = dict[str, Any]

_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
}
_TAGS = _SIMPLE.keys() | {"a", "span", "blockquote"}
_TOKEN = re.compile(r"<(?P<close>/?)(?P<name>[^\s>/]*)(?P<attributes>[^>]*)>|(?P<open><)|(?P<text>[^<]+)")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)\]])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/@<>])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/<>])"
    r"|(?<!\w)(?P<mention>@[A-Za-z][A-Za-z0-9_]{4,31})(?!\w)"
    r"|(?<!\w)(?P<hashtag>#\w*[^\W\d]\w*)"
)


def utf16(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class _Open:
    name: str
    entity: Entity


@dataclass
class _Parser:
    source: str
    text: str = ""
    found: list[Entity] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def run(self) -> None:
        for token in _TOKEN.finditer(self.source):
            at = len(self.source[: token.start()].encode("utf-8", "surrogatepass"))
            if token["text"]:
                self.text += _CHARACTER.sub(lambda match: html.unescape(match[0]), token["text"])
            elif token["open"]:
                raise _refusal(f"Unclosed start tag at byte offset {at}")
            elif token["close"]:
                self._close(token["name"].lower(), at)
            else:
                self._open(token["name"].lower(), token["attributes"], at)
        if self.stack:
            raise _refusal(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')

    def _open(self, name: str, attributes: str, at: int) -> None:
        values = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(attributes)}
        if name not in _TAGS or (name == "span" and values.get("class") != "tg-spoiler"):
            raise _refusal(f'Unsupported start tag "{name}" at byte offset {at}')
        self.stack.append(_Open(name, self._entity(name, values)))

    def _entity(self, name: str, values: dict[str, str]) -> Entity:
        entity: Entity = {"offset": utf16(self.text), "length": 0}
        if name == "a":
            return {"type": "text_link", **entity, "url": html.unescape(values.get("href", ""))}
        if name == "blockquote":
            return {"type": "expandable_blockquote" if "expandable" in values else "blockquote", **entity}
        return {"type": _SIMPLE.get(name, "spoiler"), **entity}

    def _close(self, name: str, at: int) -> None:
        if not self.stack:
            raise _refusal(f"Unexpected end tag at byte offset {at}")
        opened = self.stack.pop()
        if name and name != opened.name:
            raise _refusal(
                f'Unmatched end tag at byte offset {at}, expected "</{opened.name}>", found "</{name}>"'
            )
        opened.entity["length"] = utf16(self.text) - opened.entity["offset"]
        if opened.entity["length"]:
            self.found.append(opened.entity)


def _refusal(what: str) -> Exception:
    return bad_request(f"can't parse entities: {what}")


def formatted(text: str, parse_mode: str | None, entities: list[Entity] | None) -> tuple[str, list[Entity]]:
    """The text as it is shown, trimmed, and its entities, from an outgoing text.

    Raises ApiError for HTML that cannot be parsed, another parse mode than HTML (which is all
    that our bot speaks) and entities that reach outside the text.
    """
    if parse_mode is None:
        _check_inside(text, entities or [])
        return _trimmed(text, [*(entities or []), *detected(text)])
    if parse_mode.upper() != "HTML":
        raise bad_request("unsupported parse_mode")
    parser = _Parser(text)
    parser.run()
    return _trimmed(parser.text, parser.found + detected(parser.text))


def _check_inside(text: str, entities: list[Entity]) -> None:
    length = utf16(text)
    for entity in entities:
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > length:
            raise _refusal(f"entity {entity['type']} is outside of the text")


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Telegram strips white space at both ends and moves the entities along."""
    lead = utf16(text) - utf16(text.lstrip())
    shown = text.strip()
    kept = []
    for entity in sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])):
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, utf16(shown))
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return shown, kept


def detected(text: str) -> list[Entity]:
    """The entities that Telegram finds by itself: addresses, commands, mentions, hashtags."""
    return [
        {"type": match.lastgroup, "offset": utf16(text[: match.start()]), "length": utf16(match[0])}
        for match in _DETECTED.finditer(text)
    ]
