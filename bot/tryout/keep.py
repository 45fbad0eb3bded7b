"""Carries the try-out's chats over to the next run, as Telegram would remember them.

One JSON file, rewritten after every change; it holds what people wrote in the try-out and stays on this machine.
"""

import asyncio
import base64
import itertools
import json
from dataclasses import asdict
from pathlib import Path

from bot.tryout.decode import Upload
from bot.tryout.files import StoredFile
from bot.tryout.updates import Updates
from bot.tryout.world import Chat, Json, Message, World


class Keep:
    """Reads `path` at once, if it is there, and writes it after each change of the world."""

    def __init__(self, path: Path, world: World, updates: Updates) -> None:
        self._path = path
        self._world = world
        self._updates = updates
        self._planned = False
        if path.exists():
            self._load(json.loads(path.read_text("utf-8")))
        world.watch(lambda _: self._plan())

    def _plan(self) -> None:
        """Once for all that happens in this turn of the event loop, so that a message goes with its update."""
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_soon(self.save)

    def save(self) -> None:
        self._planned = False
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(self._dumped()), "utf-8")
        draft.replace(self._path)

    def _dumped(self) -> Json:
        world = self._world
        return {
            "chats": [_dumped_chat(chat) for chat in world.chats.values()],
            "files": [_dumped_file(file) for file in world.files.by_id.values()],
            "languages": list(world.languages.items()),
            "commands": [[*key, commands] for key, commands in world.commands.items()],
            "profile": [[*key, text] for key, text in world.profile.items()],
            "updates": self._updates.waiting(),
            "next_update": self._updates.next_id,
        }

    def _load(self, kept: Json) -> None:
        world = self._world
        world.chats = {chat["id"]: _loaded_chat(chat) for chat in kept["chats"]}
        world.group_ids = itertools.count(min([*world.chats, -1000]) - 1, -1)
        world.files.by_id = {file["file_id"]: _loaded_file(file) for file in kept["files"]}
        world.languages = dict(kept["languages"])
        world.commands = {(scope, language): commands for scope, language, commands in kept["commands"]}
        world.profile = {(what, language): text for what, language, text in kept["profile"]}
        self._updates.restore(kept["updates"], kept["next_update"])


def _dumped_chat(chat: Chat) -> Json:
    messages = [message.json for message in chat.messages]
    return {
        "id": chat.id,
        "about": chat.about,
        "access": chat.access,
        "last_id": chat.last_id,
        "messages": messages,
    }


def _loaded_chat(kept: Json) -> Chat:
    messages = {json["message_id"]: Message(json) for json in kept["messages"]}
    return Chat(kept["id"], kept["about"], kept["access"], messages, kept["last_id"])


def _dumped_file(file: StoredFile) -> Json:
    return asdict(file) | {
        "upload": asdict(file.upload) | {"data": base64.b64encode(file.upload.data).decode()}
    }


def _loaded_file(kept: Json) -> StoredFile:
    upload = kept["upload"]
    data = base64.b64decode(upload["data"])
    return StoredFile(kept["file_id"], kept["path"], Upload(upload["filename"], upload["content_type"], data))
