"""Sending, changing and deleting messages, and answering pressed buttons."""

from datetime import timedelta

from bot.tryout import table
from bot.tryout.api.keyboards import inline_markup
from bot.tryout.api.register import Parts, method, without_none
from bot.tryout.entities import formatted, utf16
from bot.tryout.errors import bad_request
from bot.tryout.files import photo_size
from bot.tryout.world import Chat, Json, Message, Notice, World

_DELETABLE_FOR = timedelta(hours=48)
_ANSWERABLE_FOR = timedelta(minutes=15)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_CONTENT = ("text", "entities", "reply_markup", "link_preview_options")


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
    return _edit(parts.world, chat, message, {**_text(given), **inline_markup(given)})


@method
async def edit_message_reply_markup(parts: Parts, given: Json) -> Json:
    chat, message = _own_message(parts.world, given)
    kept = {key: message.json[key] for key in _CONTENT if key in message.json and key != "reply_markup"}
    return _edit(parts.world, chat, message, {**kept, **inline_markup(given)})


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
    return world.add(chat, world.bot, {**content, **reply, **inline_markup(given)}).json


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
    return without_none({"text": text, "entities": entities or None, **preview})


def _caption(given: Json) -> Json:
    caption = given.get("caption", "")
    text, entities = formatted(caption, given.get("parse_mode"), given.get("caption_entities"))
    if utf16(text) > table.CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return without_none({"caption": text or None, "caption_entities": entities or None})


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
