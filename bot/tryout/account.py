"""A person at the other end of the chat, for tests, scripts and the page.

Each act enqueues the update that Telegram would send and returns; nothing waits for the bot.
"""

import itertools
import secrets
from typing import Any

from bot.tryout.decode import Upload
from bot.tryout.entities import detected, utf16
from bot.tryout.files import photo_size
from bot.tryout.table import TEXT_LIMIT
from bot.tryout.updates import Updates
from bot.tryout.world import Button, Chat, Json, Message, Query, World, membership


class Account:
    """A Telegram user and their private chat with the bot."""

    def __init__(
        self, world: World, updates: Updates, user_id: int, first_name: str, language_code: str | None
    ) -> None:
        self._world = world
        self._updates = updates
        self._seen = 0
        self._query_ids = itertools.count(1)
        self.id = user_id
        self.first_name = first_name
        world.languages.setdefault(user_id, language_code)
        self.chat = world.private_chat(self.user)

    @property
    def language_code(self) -> str | None:
        """The language of the person's app; it goes along with what they do from then on."""
        return self._world.languages[self.id]

    @language_code.setter
    def language_code(self, code: str | None) -> None:
        self._world.languages[self.id] = code

    @property
    def user(self) -> Json:
        """Telegram's User object."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return {**user, "language_code": self.language_code} if self.language_code else user

    @property
    def received(self) -> list[Message]:
        """What the bot wrote and has not deleted."""
        return self.chat.received

    @property
    def last(self) -> Message:
        """The bot's newest message; raises LookupError if there is none."""
        if not self.received:
            raise LookupError(f"the bot has not written to {self.first_name}")
        return self.received[-1]

    @property
    def commands(self) -> list[Json]:
        """The command menu that this person sees."""
        return self._world.commands_for(self.id, self.language_code or "")

    # Writing

    async def start(self, payload: str | None = None) -> Message:
        """Press Start, also after a block, or open a link to the bot with a payload."""
        return await self.send(f"/start {payload}" if payload else "/start")

    async def send(self, text: str) -> Message:
        """Write a text; one over 4,096 characters goes in several messages, as Telegram's apps do.

        Returns the last message. Raises ValueError for an empty text, which no app sends.
        """
        text = text.strip()
        if not text:
            raise ValueError("an empty message cannot be sent")
        return [self._say(_with_entities(piece)) for piece in _pieces(text)][-1]

    async def reply_to(self, message: Message, text: str) -> Message:
        """Answer one of the messages in the chat."""
        return self._say({**_with_entities(text), "reply_to_message": message.json})

    async def edit(self, message: Message, text: str) -> Message:
        """Change a text sent earlier."""
        json = {**_without(message.json, "entities"), **_with_entities(text)}
        edited = self._world.replace(self.chat, message.id, json)
        self._updates.add("edited_message", edited.json)
        return edited

    async def forward(self, text: str, sender_name: str = "Kim") -> Message:
        """Forward what somebody wrote who hides their account."""
        origin = {"type": "hidden_user", "sender_user_name": sender_name, "date": self._world.unix_now()}
        return self._say({**_with_entities(text), "forward_origin": origin})

    async def press(self, button: str, message: Message | None = None) -> str:
        """Press an inline button by its label or its data; returns the query's id.

        Without a message the newest one with such a button is meant (LookupError if there is none). With one,
        a button it does not show any more is pressed by its data, as a stale screen allows.
        """
        if message:
            return self._press(message, _data(message, button) or button)
        for shown in reversed(self.received):
            if data := _data(shown, button):
                return self._press(shown, data)
        seen = [label for each in self.received for label in each.labels]
        raise LookupError(f"no button {button!r} for {self.first_name}; there are {seen}")

    def _press(self, message: Message, data: str) -> str:
        query_id = f"{self.id}{secrets.randbelow(10**9):09d}{next(self._query_ids)}"
        self._world.queries[query_id] = Query(self.chat.id, self._world.clock.now())
        query = {
            "id": query_id,
            "from": self.user,
            "chat_instance": str(-self.id * 31),
            "message": self._as_pressed(message),
            "data": data,
        }
        self._updates.add("callback_query", query)
        return query_id

    def _as_pressed(self, message: Message) -> Json:
        """The message as it now stands; a deleted one is inaccessible, with date 0."""
        now = self.chat.by_id.get(message.id)
        return now.json if now else {"chat": self.chat.about, "message_id": message.id, "date": 0}

    # Things that are not text

    async def send_photo(self, data: bytes, caption: str | None = None) -> Message:
        """Send a PNG or JPEG."""
        file = self._world.files.store("photos", Upload("photo.jpg", "image/jpeg", data))
        return self._say({"photo": [photo_size(file)], **({"caption": caption} if caption else {})})

    async def send_voice(self, seconds: int = 3) -> Message:
        return self._say({"voice": {**self._file("voice", "ogg", "audio/ogg"), "duration": seconds}})

    async def send_sticker(self, emoji: str = "🙂") -> Message:
        looks: Json = {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        }
        return self._say(
            {"sticker": {**self._file("stickers", "webp", "image/webp"), **looks, "emoji": emoji}}
        )

    async def send_location(self, latitude: float = 59.33, longitude: float = 18.07) -> Message:
        return self._say({"location": {"latitude": latitude, "longitude": longitude}})

    async def send_document(self, filename: str, data: bytes, content_type: str = "text/plain") -> Message:
        file = self._world.files.store("documents", Upload(filename, content_type, data))
        document = {"file_name": filename, "mime_type": content_type, **file.described()}
        return self._say({"document": document})

    def _file(self, kind: str, ending: str, content_type: str) -> Json:
        upload = Upload(f"{kind}.{ending}", content_type, b"\0" * 64)
        file = self._world.files.store(kind, upload)
        return {**file.described(), "mime_type": content_type}

    # Coming and going

    async def block_bot(self) -> None:
        self._leave("blocked")

    async def unblock_bot(self) -> None:
        """Let the bot write again without writing to it."""
        if self.chat.access == "blocked":
            self._change_standing("kicked", "member")
        self.chat.access = "open"

    async def delete_account(self) -> None:
        """The person leaves Telegram: the bot is told nothing, and may not write any more."""
        self.chat.access = "deactivated"

    def _leave(self, access: Any) -> None:
        self.chat.access = access
        self._change_standing("member", "kicked")

    def _change_standing(self, old: str, new: str) -> None:
        change = membership(self._world, self.chat, self.user, old, new)
        self._updates.add("my_chat_member", change)

    async def add_bot_to_group(self, title: str) -> Chat:
        """Make a group with the bot in it."""
        group = self._world.new_group(title)
        group.access = "open"
        self._updates.add("my_chat_member", membership(self._world, group, self.user, "left", "member"))
        await self.say_in(group, {"group_chat_created": True})
        return group

    async def say_in(self, group: Chat, content: Json) -> Message:
        """Put a message of this person into a group, e.g. `{"text": "Hej"}`."""
        message = self._world.add(group, self.user, content)
        if group.access == "open":
            self._updates.add("message", message.json)
        return message

    # Reading

    async def reply(self, seconds: float = 5.0) -> Message:
        """The bot's next message that this has not returned before; raises TimeoutError."""
        await self._world.until(lambda: bool(self._unseen()), seconds)
        message = self._unseen()[0]
        self._seen = message.id
        return message

    def _unseen(self) -> list[Message]:
        return [message for message in self.received if message.id > self._seen]

    def _say(self, content: Json) -> Message:
        if self.chat.access == "blocked":
            self._change_standing("kicked", "member")
        self.chat.access = "open"
        message = self._world.add(self.chat, self.user, content)
        self._updates.add("message", message.json)
        return message


def _pieces(text: str) -> list[str]:
    """Cut after every 4,096 UTF-16 code units, between characters."""
    pieces, size = [""], 0
    for character in text:
        size += utf16(character)
        if size > TEXT_LIMIT:
            pieces.append("")
            size = utf16(character)
        pieces[-1] += character
    return pieces


def _without(json: Json, *names: str) -> Json:
    return {name: value for name, value in json.items() if name not in names}


def _with_entities(text: str) -> Json:
    entities = detected(text)
    return {"text": text, "entities": entities} if entities else {"text": text}


def _data(message: Message, button: str) -> str | None:
    """The data of the button with this label or data."""
    for shown in message.buttons:
        if button in (shown.label, shown.data):
            return shown.data
    return None


def deep_link(button: Button | str, username: str) -> str | None:
    """The start payload of an address that opens this bot, e.g. an invitation; None for any other."""
    address = button.url if isinstance(button, Button) else button
    head = f"https://t.me/{username}?start="
    return address[len(head) :] if address and address.startswith(head) else None
