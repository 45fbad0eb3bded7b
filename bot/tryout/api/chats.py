"""Chats and files."""

from bot.tryout.api.register import Parts, method
from bot.tryout.errors import bad_request
from bot.tryout.world import Json, membership


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
