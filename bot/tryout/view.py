"""A chat as the page shows it: plain data, made from Telegram's objects."""

from typing import Any

from bot.tryout.account import Account
from bot.tryout.world import Json, Message, Notice, World


def chat_view(account: Account, role: str, world: World) -> Json:
    """Everything that one person's column shows."""
    chat = account.chat
    return {
        "id": account.id,
        "role": role,
        "name": account.first_name,
        "language": account.language_code,
        "started": bool(chat.messages),
        "blocked": chat.access == "blocked",
        "typing": chat.action is not None,
        "pressed": any(query.chat_id == chat.id for query in world.queries.values()),
        "commands": account.commands,
        "about": world.profile_text("description", account.language_code or ""),
        "notices": [notice_view(notice) for notice in chat.notices],
        "messages": [message_view(message, account.id) for message in chat.messages],
    }


def notice_view(notice: Notice) -> Json:
    return {"text": notice.text, "alert": notice.alert}


def message_view(message: Message, account_id: int) -> Json:
    """A bubble. `entities` count UTF-16 code units, as JavaScript's strings do."""
    shown: Json = {
        "id": message.id,
        "mine": not message.from_bot,
        "kind": message.kind,
        "text": message.text,
        "entities": message.entities,
        "rows": [
            [{"label": button.label, "data": button.data, "url": button.url} for button in row]
            for row in message.rows
        ],
        "date": message.date,
        "edited": message.edited,
    }
    return shown | _extras(message, account_id)


def _extras(message: Message, account_id: int) -> Json:
    json = message.json
    extras: Json = {}
    if message.kind in ("photo", "document"):
        extras["file"] = _file(message, account_id)
    if message.kind == "sticker":
        extras["emoji"] = json["sticker"]["emoji"]
    if message.kind == "voice":
        extras["seconds"] = json["voice"]["duration"]
    if "forward_origin" in json:
        extras["forwarded_from"] = json["forward_origin"]["sender_user_name"]
    if "reply_to_message" in json:
        extras["reply_to"] = Message(json["reply_to_message"]).text
    return extras


def _file(message: Message, account_id: int) -> Json:
    found: dict[str, Any] = message.json["document" if message.kind == "document" else "photo"]
    file = found[-1] if isinstance(found, list) else found
    return {
        "name": file.get("file_name", ""),
        "size": file["file_size"],
        "width": file.get("width"),
        "height": file.get("height"),
        "href": f"chats/{account_id}/files/{message.id}",
    }
