"""From Telegram's updates to our events. Nothing is kept that the services do not need."""

import re

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.services.event import Event

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]

KINDS = ("photo", "voice", "sticker", "location", "contact")
FILES = ("document", "audio", "video", "video_note", "animation")


INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufff9-\uffff]"
)
"""What nobody types and can do harm: control characters, halves of characters (which no database takes), and marks that
turn the direction of the text around, so that it reads as something else than it is."""


def clean(text: str) -> str:
    return INVISIBLE.sub("", text)


def event_from(update: Update) -> Event | None:
    """The event of an update; None for what the bot has no use for (channels, inline queries ...)."""
    if update.callback_query is not None:
        return _button(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return _group(update.update_id, message)
    return _message(update.update_id, message, edited=update.message is None)


def _message(update_id: int, message: Message, *, edited: bool) -> Event:
    kind = "edited" if edited else _kind(message)
    return Event(
        update_id=update_id,
        chat_id=message.chat.id,
        kind=kind,
        text=clean(message.text or message.caption or ""),
        language_code=(message.from_user.language_code or "") if message.from_user else "",
        message_id=message.message_id,
        sent_at=message.edit_date or message.date,
    )


def _kind(message: Message) -> str:
    if message.forward_origin is not None:
        return "forwarded"
    if message.text is not None:
        return "text"
    for kind in KINDS:
        if getattr(message, kind):
            return kind
    return "file" if any(getattr(message, each) for each in FILES) else "other"


def _button(update_id: int, query: CallbackQuery) -> Event | None:
    if query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    return Event(
        update_id=update_id,
        chat_id=query.message.chat.id,
        kind="button",
        data=clean(query.data or ""),
        about=clean(query.message.text or "") if isinstance(query.message, Message) else "",
        language_code=query.from_user.language_code or "",
        message_id=query.message.message_id,
        callback_id=query.id,
    )


def _group(update_id: int, message: Message) -> Event | None:
    if message.chat.type == ChatType.CHANNEL:
        return None
    code = (message.from_user.language_code or "") if message.from_user else ""
    return Event(update_id, message.chat.id, "group", language_code=code) if message.text else None


def _membership(update_id: int, change: ChatMemberUpdated) -> Event | None:
    gone = change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    code = change.from_user.language_code or ""
    if change.chat.type == ChatType.PRIVATE:
        return Event(update_id, change.chat.id, "left" if gone else "back", language_code=code)
    return None if gone else Event(update_id, change.chat.id, "group", language_code=code)
