"""What the Bot API takes, as data: each method's parameters and each object's fields.

A name ending in "!" is required. A type is `String`, `Integer`, `Boolean`, `Chat` (an id, or
"@name"), `File` (an upload, a file id or an address), an object named below, `[X]` for an array of X,
or `A|B` for one of several objects. Two numbers after a type bound a string's length in characters,
an integer's value, or an array's size. Limits that count after entity parsing, or in bytes, stand at
the end. Only what a bot like ours can need is listed: anything else is refused here, although the
real server ignores parameters it does not know.
"""

_SEND = {
    "chat_id!": "Chat",
    "disable_notification": "Boolean",
    "protect_content": "Boolean",
    "reply_parameters": "ReplyParameters",
    "reply_markup": "InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply",
}
_CAPTION = {"caption": "String", "parse_mode": "String", "caption_entities": "[MessageEntity]"}
_TEXT = {
    "text!": "String",
    "parse_mode": "String",
    "entities": "[MessageEntity]",
    "link_preview_options": "LinkPreviewOptions",
}
_OWN_MESSAGE = {"chat_id!": "Chat", "message_id!": "Integer"}
_COMMAND_SCOPE = {"scope": "BotCommandScope", "language_code": "String"}
_LANGUAGE = {"language_code": "String"}

METHODS: dict[str, dict[str, str]] = {
    "getMe": {},
    "getUpdates": {
        "offset": "Integer",
        "limit": "Integer 1-100",
        "timeout": "Integer 0-50",
        "allowed_updates": "[String]",
    },
    "setWebhook": {
        "url!": "String",
        "certificate": "File",
        "ip_address": "String",
        "max_connections": "Integer 1-100",
        "allowed_updates": "[String]",
        "drop_pending_updates": "Boolean",
        "secret_token": "String 1-256",
    },
    "deleteWebhook": {"drop_pending_updates": "Boolean"},
    "getWebhookInfo": {},
    "sendMessage": {**_SEND, **_TEXT},
    "sendDocument": {
        **_SEND,
        **_CAPTION,
        "document!": "File",
        "thumbnail": "File",
        "disable_content_type_detection": "Boolean",
    },
    "sendPhoto": {
        **_SEND,
        **_CAPTION,
        "photo!": "File",
        "show_caption_above_media": "Boolean",
        "has_spoiler": "Boolean",
    },
    "sendChatAction": {"chat_id!": "Chat", "action!": "String"},
    "editMessageText": {**_OWN_MESSAGE, **_TEXT, "reply_markup": "InlineKeyboardMarkup"},
    "editMessageReplyMarkup": {**_OWN_MESSAGE, "reply_markup": "InlineKeyboardMarkup"},
    "deleteMessage": _OWN_MESSAGE,
    "answerCallbackQuery": {
        "callback_query_id!": "String",
        "text": "String 0-200",
        "show_alert": "Boolean",
        "url": "String",
        "cache_time": "Integer",
    },
    "setMyCommands": {"commands!": "[BotCommand] 0-100", **_COMMAND_SCOPE},
    "getMyCommands": _COMMAND_SCOPE,
    "deleteMyCommands": _COMMAND_SCOPE,
    "setMyName": {"name": "String 0-64", **_LANGUAGE},
    "getMyName": _LANGUAGE,
    "setMyDescription": {"description": "String 0-512", **_LANGUAGE},
    "getMyDescription": _LANGUAGE,
    "setMyShortDescription": {"short_description": "String 0-120", **_LANGUAGE},
    "getMyShortDescription": _LANGUAGE,
    "leaveChat": {"chat_id!": "Chat"},
    "getChat": {"chat_id!": "Chat"},
    "getFile": {"file_id!": "String"},
}

OBJECTS: dict[str, dict[str, str]] = {
    "InlineKeyboardMarkup": {"inline_keyboard!": "[[InlineKeyboardButton]]"},
    "InlineKeyboardButton": {
        "text!": "String",
        "style": "String",
        "url": "String",
        "callback_data": "String",
        "copy_text": "CopyTextButton",
        "switch_inline_query": "String",
        "switch_inline_query_current_chat": "String",
    },
    "CopyTextButton": {"text!": "String 1-256"},
    "ReplyKeyboardMarkup": {
        "keyboard!": "[[KeyboardButton]]",
        "is_persistent": "Boolean",
        "resize_keyboard": "Boolean",
        "one_time_keyboard": "Boolean",
        "input_field_placeholder": "String 1-64",
        "selective": "Boolean",
    },
    "KeyboardButton": {"text!": "String", "request_contact": "Boolean", "request_location": "Boolean"},
    "ReplyKeyboardRemove": {"remove_keyboard!": "Boolean", "selective": "Boolean"},
    "ForceReply": {
        "force_reply!": "Boolean",
        "input_field_placeholder": "String 1-64",
        "selective": "Boolean",
    },
    "ReplyParameters": {
        "message_id!": "Integer",
        "allow_sending_without_reply": "Boolean",
        "quote": "String 0-1024",
    },
    "LinkPreviewOptions": {
        "is_disabled": "Boolean",
        "url": "String",
        "prefer_small_media": "Boolean",
        "prefer_large_media": "Boolean",
        "show_above_text": "Boolean",
    },
    "MessageEntity": {
        "type!": "String",
        "offset!": "Integer",
        "length!": "Integer",
        "url": "String",
        "language": "String",
    },
    "BotCommand": {"command!": "String", "description!": "String"},
    "BotCommandScope": {"type!": "String", "chat_id": "Chat", "user_id": "Integer"},
}

COMMAND_SCOPES: dict[str, frozenset[str]] = {
    "default": frozenset(),
    "all_private_chats": frozenset(),
    "all_group_chats": frozenset(),
    "all_chat_administrators": frozenset(),
    "chat": frozenset({"chat_id"}),
    "chat_administrators": frozenset({"chat_id"}),
    "chat_member": frozenset({"chat_id", "user_id"}),
}

CHAT_ACTIONS = frozenset(
    (
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    )
)

UPDATE_KINDS = frozenset(
    (
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    )
)
NOT_UNLESS_ASKED_FOR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_DATA_BYTES = 64
BUTTONS_LIMIT = 100
DOCUMENT_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024
