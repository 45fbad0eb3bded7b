"""What a person can do in the page: one function per act, with the page's JSON as its argument."""

import struct
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

from bot.tryout.account import Account
from bot.tryout.world import Message

Given = dict[str, Any]
Act = Callable[[Account, Given], Awaitable[Any]]


class WrongAct(Exception):
    """The page asked for something that cannot be done; `args[0]` is the name of a text."""


async def _start(account: Account, given: Given) -> None:
    payload = given.get("payload")
    if payload is not None and not isinstance(payload, str):
        raise WrongAct("act_unknown")
    await account.start(payload)


async def _send(account: Account, given: Given) -> None:
    try:
        await account.send(str(given.get("text", "")))
    except ValueError:
        raise WrongAct("act_empty") from None


async def _press(account: Account, given: Given) -> None:
    """The button by its data, on the message as the page showed it: it may be gone by now."""
    message = account.chat.by_id.get(given.get("message", 0))
    if message is None or not isinstance(given.get("data"), str):
        raise WrongAct("act_gone")
    await account.press(given["data"], message)


async def _edit(account: Account, given: Given) -> None:
    text = str(given.get("text", "")).strip()
    if not text:
        raise WrongAct("act_empty")
    await account.edit(_own_text(account, given.get("message")), text)


def _own_text(account: Account, message_id: Any) -> Message:
    message = account.chat.by_id.get(message_id)
    if message is None or message.from_bot or message.kind != "text":
        raise WrongAct("act_gone")
    return message


async def _attach(account: Account, given: Given) -> None:
    """Something that is not typed text; `sample` is what a document or a forwarded message says."""
    kind, sample = given.get("kind"), given.get("sample")
    if kind not in ATTACHMENTS or not isinstance(sample, str):
        raise WrongAct("act_unknown")
    await ATTACHMENTS[kind](account, sample)


async def _language(account: Account, given: Given) -> None:
    if given.get("code") not in LANGUAGES:
        raise WrongAct("act_unknown")
    account.language_code = given["code"]


async def _block(account: Account, given: Given) -> None:
    await account.block_bot()


LANGUAGES = ("sv", "da", "en")
ATTACHMENTS: dict[str, Callable[[Account, str], Awaitable[Message]]] = {
    "photo": lambda account, sample: account.send_photo(picture()),
    "voice": lambda account, sample: account.send_voice(),
    "sticker": lambda account, sample: account.send_sticker(),
    "location": lambda account, sample: account.send_location(),
    "document": lambda account, sample: account.send_document("text.txt", sample.encode()),
    "forward": lambda account, sample: account.forward(sample),
}
ACTS: dict[str, Act] = {
    "start": _start,
    "send": _send,
    "press": _press,
    "edit": _edit,
    "attach": _attach,
    "language": _language,
    "block": _block,
}


def picture(width: int = 320, height: int = 200) -> bytes:
    """A PNG of an evening sky, so that there is something to send (PNG specification, clauses 5 and 11)."""

    def line(y: int) -> bytes:
        part = y / height
        return b"\0" + bytes((int(250 - 60 * part), int(190 - 90 * part), int(140 + 50 * part))) * width

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(line(y) for y in range(height)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
