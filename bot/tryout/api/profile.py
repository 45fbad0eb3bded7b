"""The bot's own commands, name and descriptions, by language."""

import re

from bot.tryout import table
from bot.tryout.api.register import HANDLERS, Parts, method
from bot.tryout.errors import bad_request
from bot.tryout.world import Json, World


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
