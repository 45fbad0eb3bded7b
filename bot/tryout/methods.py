"""What each Bot API method does, once its parameters are known to be well formed.

A handler takes the server's parts and the decoded parameters and gives the call's `result`, or
raises `ApiError` as the real server would refuse.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.tryout import table
from bot.tryout.entities import formatted, utf16
from bot.tryout.errors import ApiError, bad_request
from bot.tryout.files import StoredFile, picture_size
from bot.tryout.updates import Updates, Webhook
from bot.tryout.world import Chat, Json, Message, Notice, World

_DELETABLE_FOR = timedelta(hours=48)
_ANSWERABLE_FOR = timedelta(minutes=15)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_CONTENT = ("text", "entities", "reply_markup", "link_preview_options")


@dataclass
class Parts:
    """What the methods work on."""

    world: World
    updates: Updates


Handler = Callable[[Parts, Json], Awaitable[Any]]
HANDLERS: dict[str, Handler] = {}


def method(function: Handler) -> Handler:
    """Register under the method's name: get_me -> getMe."""
    name = getattr(function, "__name__", "")
    HANDLERS[re.sub(r"_(\w)", lambda match: match[1].upper(), name)] = function
    return function


# Updates


@method
async def get_updates(parts: Parts, given: Json) -> list[Json]:
    parts.updates.allow(given.get("allowed_updates"))
    return await parts.updates.poll(given.get("offset", 0), given.get("limit", 100), given.get("timeout", 0))


@method
async def set_webhook(parts: Parts, given: Json) -> bool:
    parts.updates.allow(given.get("allowed_updates"))
    if given.get("drop_pending_updates"):
        parts.updates.drop()
    if not given["url"]:
        parts.updates.remove_webhook()
        return True
    webhook = Webhook(given["url"], given.get("secret_token"), given.get("max_connections", 40))
    parts.updates.set_webhook(webhook)
    return True


@method
async def delete_webhook(parts: Parts, given: Json) -> bool:
    if given.get("drop_pending_updates"):
        parts.updates.drop()
    parts.updates.remove_webhook()
    return True


@method
async def get_webhook_info(parts: Parts, given: Json) -> Json:
    webhook = parts.updates.webhook or Webhook("")
    info = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(parts.updates.waiting()),
        "max_connections": webhook.max_connections if webhook.url else None,
        "last_error_message": webhook.last_error,
        "last_error_date": webhook.last_error_date,
        "allowed_updates": parts.updates.allowed or None,
    }
    return _without_none(info)


# Messages


@method
async def send_message(parts: Parts, given: Json) -> Json:
    return _send(parts.world, given, _text(given))


@method
async def send_document(parts: Parts, given: Json) -> Json:
    chat = _writable(parts.world, given)
    file = parts.world.files.accept("documents", given["document"], table.DOCUMENT_BYTES)
    document = {"file_name": file.upload.filename, "mime_type": file.upload.content_type}
    return _send(parts.world, given, {"document": {**document, **file.described()}, **_caption(given)}, chat)


@method
async def send_photo(parts: Parts, given: Json) -> Json:
    chat = _writable(parts.world, given)
    file = parts.world.files.accept("photos", given["photo"], table.PHOTO_BYTES)
    return _send(parts.world, given, {"photo": [photo_size(file)], **_caption(given)}, chat)


def photo_size(file: StoredFile) -> Json:
    """Telegram's PhotoSize of a picture."""
    width, height = picture_size(file.upload.data)
    return {**file.described(), "width": width, "height": height}


@method
async def send_chat_action(parts: Parts, given: Json) -> bool:
    chat = _writable(parts.world, given)
    if given["action"] not in table.CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action = given["action"]
    parts.world.changed(chat.id)
    return True


@method
async def edit_message_text(parts: Parts, given: Json) -> Json:
    chat, message = _own_message(parts.world, given)
    if "text" not in message.json:
        raise bad_request("there is no text in the message to edit")
    return _edit(parts.world, chat, message, {**_text(given), **_inline_markup(given)})


@method
async def edit_message_reply_markup(parts: Parts, given: Json) -> Json:
    chat, message = _own_message(parts.world, given)
    kept = {key: message.json[key] for key in _CONTENT if key in message.json and key != "reply_markup"}
    return _edit(parts.world, chat, message, {**kept, **_inline_markup(given)})


@method
async def delete_message(parts: Parts, given: Json) -> bool:
    chat = parts.world.chat(given["chat_id"])
    message = chat.by_id.get(given["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if parts.world.unix_now() - message.date > _DELETABLE_FOR.total_seconds():
        raise bad_request("message can't be deleted for everyone")
    parts.world.remove(chat, message.id)
    return True


def _writable(world: World, given: Json) -> Chat:
    chat = world.chat(given["chat_id"])
    chat.check_writable()
    return chat


def _send(world: World, given: Json, content: Json, chat: Chat | None = None) -> Json:
    chat = chat or _writable(world, given)
    reply = _reply(chat, given.get("reply_parameters"))
    return world.add(chat, world.bot, {**content, **reply, **_inline_markup(given)}).json


def _reply(chat: Chat, given: Json | None) -> Json:
    if given is None:
        return {}
    if message := chat.by_id.get(given["message_id"]):
        return {"reply_to_message": {k: v for k, v in message.json.items() if k != "reply_to_message"}}
    if given.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def _text(given: Json) -> Json:
    text, entities = formatted(given["text"], given.get("parse_mode"), given.get("entities"))
    if not text:
        raise bad_request("message text is empty")
    if utf16(text) > table.TEXT_LIMIT:
        raise bad_request("message is too long")
    preview = {"link_preview_options": given.get("link_preview_options")}
    return _without_none({"text": text, "entities": entities or None, **preview})


def _caption(given: Json) -> Json:
    caption = given.get("caption", "")
    text, entities = formatted(caption, given.get("parse_mode"), given.get("caption_entities"))
    if utf16(text) > table.CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return _without_none({"caption": text or None, "caption_entities": entities or None})


def _own_message(world: World, given: Json) -> tuple[Chat, Message]:
    chat = world.chat(given["chat_id"])
    message = chat.by_id.get(given["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(world: World, chat: Chat, message: Message, content: Json) -> Json:
    now = {key: message.json[key] for key in _CONTENT if key in message.json}
    if now == content:
        raise bad_request(_NOT_MODIFIED)
    kept = {key: value for key, value in message.json.items() if key not in _CONTENT}
    return world.replace(chat, message.id, {**kept, **content}).json


# Buttons


def _inline_markup(given: Json) -> Json:
    """The keyboard that stays with the message; other markups are not part of it."""
    rows = given.get("reply_markup", {}).get("inline_keyboard")
    if not rows:
        return {}
    if sum(len(row) for row in rows) > table.BUTTONS_LIMIT:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _check_button(button)
    return {"reply_markup": {"inline_keyboard": rows}}


def _check_button(button: Json) -> None:
    actions = button.keys() - {"text", "style"}
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action is allowed")
    if not 1 <= len(button.get("callback_data", "-").encode()) <= table.CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not _is_address(button["url"]):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "tg") and bool(parts.netloc)


@method
async def answer_callback_query(parts: Parts, given: Json) -> bool:
    world = parts.world
    query = world.queries.pop(given["callback_query_id"], None)
    if query is None or world.clock.now() - query.at > _ANSWERABLE_FOR:
        raise bad_request(_TOO_OLD)
    if given.get("text"):
        notice = Notice(given["text"], given.get("show_alert", False))
        world.chats[query.chat_id].notices.append(notice)
    world.changed(query.chat_id)
    return True


# The bot itself


@method
async def get_me(parts: Parts, given: Json) -> Json:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return {**parts.world.bot, **abilities}


@method
async def set_my_commands(parts: Parts, given: Json) -> bool:
    for command in given["commands"]:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    parts.world.commands[_scope(parts.world, given), _language(given)] = given["commands"]
    parts.world.changed(None)
    return True


@method
async def get_my_commands(parts: Parts, given: Json) -> list[Json]:
    return parts.world.commands.get((_scope(parts.world, given), _language(given)), [])


@method
async def delete_my_commands(parts: Parts, given: Json) -> bool:
    parts.world.commands.pop((_scope(parts.world, given), _language(given)), None)
    parts.world.changed(None)
    return True


def _scope(world: World, given: Json) -> str:
    """A scope as one key: "default", "chat:17", "chat_member:-1001:17"."""
    scope = given.get("scope", {"type": "default"})
    needed = table.COMMAND_SCOPES.get(scope["type"])
    if needed is None:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if missing := sorted(needed - scope.keys()):
        raise bad_request(f"can't parse BotCommandScope: Can't find field \"{missing[0]}\"")
    if "chat_id" in needed:
        world.chat(scope["chat_id"])
    return ":".join([scope["type"], *(str(scope[key]) for key in sorted(needed))])


def _language(given: Json) -> str:
    code = str(given.get("language_code", ""))
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("LANG_CODE_INVALID")
    return code


def _profile(name: str, field: str) -> None:
    """Register setMyX and getMyX, which keep one text per language."""

    async def set_text(parts: Parts, given: Json) -> bool:
        parts.world.profile[field, _language(given)] = given.get(field, "").strip()
        parts.world.changed(None)
        return True

    async def get_text(parts: Parts, given: Json) -> Json:
        return {field: parts.world.profile_text(field, _language(given))}

    HANDLERS[f"setMy{name}"] = set_text
    HANDLERS[f"getMy{name}"] = get_text


_profile("Name", "name")
_profile("Description", "description")
_profile("ShortDescription", "short_description")


# Chats and files


@method
async def leave_chat(parts: Parts, given: Json) -> bool:
    chat = parts.world.chat(given["chat_id"])
    if chat.about["type"] == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.check_writable()
    chat.access = "left"
    change = membership(parts.world, chat, parts.world.bot, "member", "left")
    parts.updates.add("my_chat_member", change)
    return True


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


@method
async def get_chat(parts: Parts, given: Json) -> Json:
    chat = parts.world.chat(given["chat_id"])
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        True,
    )
    return {**chat.about, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


@method
async def get_file(parts: Parts, given: Json) -> Json:
    if given["file_id"] not in parts.world.files.by_id:
        raise bad_request("invalid file_id")
    file = parts.world.files.by_id[given["file_id"]]
    if len(file.upload.data) > 20 * 1024 * 1024:
        raise bad_request("file is too big")
    return {**file.described(), "file_path": file.path}


def _without_none(value: Json) -> Json:
    return {key: item for key, item in value.items() if item is not None}


def answer(result: Any) -> Json:
    return {"ok": True, "result": result}


def refusal(error: ApiError) -> Json:
    """The body of a refused call."""
    body: Json = {"ok": False, "error_code": error.status, "description": error.description}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return body
