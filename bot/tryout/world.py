"""What a Telegram server knows: people, chats, messages, the bot's profile. No HTTP in here."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.clock import Clock
from bot.tryout.errors import bad_request, forbidden
from bot.tryout.files import Files

Json = dict[str, Any]
Access = Literal["unknown", "open", "blocked", "deactivated", "left"]

_MEDIA = ("photo", "voice", "sticker", "location", "document", "video", "contact")


@dataclass(frozen=True)
class Button:
    """An inline button as a person sees it."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Message:
    """A message as it stood at one moment; `json` is Telegram's object, not to be changed."""

    json: Json

    @property
    def id(self) -> int:
        return int(self.json["message_id"])

    @property
    def from_bot(self) -> bool:
        return bool(self.json.get("from", {}).get("is_bot"))

    @property
    def text(self) -> str:
        """The text or the caption, without formatting."""
        return str(self.json.get("text", self.json.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        found: list[Json] = self.json.get("entities") or self.json.get("caption_entities") or []
        return found

    @property
    def date(self) -> int:
        """Unix time of sending."""
        return int(self.json["date"])

    @property
    def edited(self) -> bool:
        return "edit_date" in self.json

    @property
    def rows(self) -> list[list[Button]]:
        """The inline buttons, row by row."""
        rows = self.json.get("reply_markup", {}).get("inline_keyboard", [])
        return [[Button(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def kind(self) -> str:
        """What it is: "text", or the kind of thing sent ("photo", "document" ...), or "service"."""
        return next((kind for kind in ("text", *_MEDIA) if kind in self.json), "service")


@dataclass(frozen=True)
class Notice:
    """What answerCallbackQuery shows for a moment, or as a box to close."""

    text: str
    alert: bool


@dataclass
class Chat:
    """One chat with the bot: a person's private one, or a group."""

    id: int
    about: Json
    access: Access = "unknown"
    by_id: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    action: str | None = None
    notices: list[Notice] = field(default_factory=list)

    @property
    def messages(self) -> list[Message]:
        """Everything that stands in the chat, oldest first."""
        return list(self.by_id.values())

    @property
    def received(self) -> list[Message]:
        """What the bot wrote and has not deleted."""
        return [message for message in self.by_id.values() if message.from_bot]

    def check_writable(self) -> None:
        """Raise the ApiError that a bot gets when it may not write here."""
        if self.access == "unknown":
            raise bad_request("chat not found")
        if self.access != "open":
            raise forbidden(_SHUT[self.access])


_SHUT = {
    "blocked": "bot was blocked by the user",
    "deactivated": "user is deactivated",
    "left": "bot is not a member of the group chat",
}


@dataclass(frozen=True)
class Query:
    """A pressed button that waits for its answer."""

    chat_id: int
    at: datetime


class World:
    """Chats by id, files, pressed buttons, and who wants to hear of changes."""

    def __init__(self, clock: Clock, bot: Json) -> None:
        self.clock = clock
        self.bot = bot
        self.chats: dict[int, Chat] = {}
        self.languages: dict[int, str | None] = {}
        self.files = Files()
        self.queries: dict[str, Query] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {("name", ""): bot["first_name"]}
        self._watchers: list[Callable[[int | None], None]] = []
        self.group_ids = itertools.count(-1001, -1)

    def unix_now(self) -> int:
        return int(self.clock.now().timestamp())

    def chat(self, chat_id: int | str) -> Chat:
        """A chat the bot has met; raises ApiError for any other."""
        found = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if found is None or found.access == "unknown":
            raise bad_request("chat not found")
        return found

    def private_chat(self, user: Json) -> Chat:
        """The chat between a person and the bot, made when first asked for."""
        about = {"id": user["id"], "type": "private", "first_name": user["first_name"]}
        return self.chats.setdefault(user["id"], Chat(user["id"], about))

    def new_group(self, title: str) -> Chat:
        chat_id = next(self.group_ids)
        self.chats[chat_id] = Chat(chat_id, {"id": chat_id, "type": "group", "title": title})
        return self.chats[chat_id]

    def add(self, chat: Chat, sender: Json, content: Json) -> Message:
        """Put a message into a chat under its next number."""
        chat.last_id += 1
        head = {"message_id": chat.last_id, "date": self.unix_now(), "chat": chat.about, "from": sender}
        message = Message({**head, **content})
        chat.by_id[message.id] = message
        if message.from_bot:
            chat.action = None
        self.changed(chat.id)
        return message

    def replace(self, chat: Chat, message_id: int, json: Json) -> Message:
        """An edit: the old snapshot stays as it is, a new one takes its place."""
        chat.by_id[message_id] = Message({**json, "edit_date": self.unix_now()})
        self.changed(chat.id)
        return chat.by_id[message_id]

    def remove(self, chat: Chat, message_id: int) -> None:
        del chat.by_id[message_id]
        self.changed(chat.id)

    def commands_for(self, chat_id: int, language_code: str) -> list[Json]:
        """The command menu that a person sees, by Telegram's order: narrowest scope, own language first."""
        for scope in (f"chat:{chat_id}", "all_private_chats", "default"):
            for language in dict.fromkeys((language_code, "")):
                if found := self.commands.get((scope, language)):
                    return found
        return []

    def profile_text(self, what: str, language_code: str) -> str:
        """Name, description or short description in a language, or without one."""
        own = self.profile.get((what, language_code))
        return own or self.profile.get((what, ""), "")

    def watch(self, watcher: Callable[[int | None], None]) -> Callable[[], None]:
        """Call `watcher(chat id)` after each change; None means all chats. Returns how to stop it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until `condition()` holds, looking after each change; raises TimeoutError."""
        news = asyncio.Event()
        stop = self.watch(lambda _: news.set())
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    news.clear()
                    await news.wait()
        finally:
            stop()

    def changed(self, chat_id: int | None) -> None:
        for watcher in list(self._watchers):
            watcher(chat_id)


def membership(world: World, chat: Chat, by: Json, old: str, new: str) -> Json:
    """Telegram's ChatMemberUpdated for the bot: who changed its standing in a chat, from what to what."""
    member = {"user": world.bot}
    return {
        "chat": chat.about,
        "from": by,
        "date": world.unix_now(),
        "old_chat_member": _member(member, old),
        "new_chat_member": _member(member, new),
    }


def _member(member: Json, status: str) -> Json:
    return {**member, "status": status, **({"until_date": 0} if status == "kicked" else {})}
