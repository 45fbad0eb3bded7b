"""From what arrived over HTTP to typed parameters, by the table.

Parameters arrive as form fields (objects as JSON strings, uploads as parts), in the query, or as
one JSON object; all give the same typed values, or an `ApiError` in Telegram's wording.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiohttp import web

from bot.tryout.errors import ApiError, bad_request
from bot.tryout.table import METHODS, OBJECTS

Raw = dict[str, Any]

_INTEGER = re.compile(r"-?\d{1,18}")
_ATTACHED = "attach://"
_MAY_BE_EMPTY = ("url",)  # an empty webhook address removes the webhook
_EMPTY = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "document": "there is no document in the request",
    "photo": "there is no photo in the request",
}


@dataclass(frozen=True)
class Upload:
    """A file sent along with a call."""

    filename: str
    content_type: str
    data: bytes


async def read(request: web.Request) -> Raw:
    """The call's parameters as they arrived: strings, uploads, or JSON values."""
    raw: Raw = dict(request.query)
    if request.content_type == "application/json":
        raw.update(_json_object(await request.text()))
    elif request.can_read_body:
        raw.update({name: _field(value) for name, value in (await request.post()).items()})
    return raw


def _json_object(body: str) -> Raw:
    try:
        value = json.loads(body) if body else {}
    except ValueError:
        raise bad_request("can't parse request JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("request body must be a JSON object")
    return value


def _field(value: str | bytes | bytearray | web.FileField) -> str | Upload:
    if isinstance(value, web.FileField):
        return Upload(value.filename, value.content_type, value.file.read())
    return value if isinstance(value, str) else value.decode()


def decode(method: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The typed parameters of a call.

    Raises ApiError 404 for an unknown method, 400 for a missing, unknown or wrong parameter.
    """
    if method not in METHODS:
        raise ApiError(404, "Not Found")
    table = METHODS[method]
    given = _with_attachments(raw, [name for name, kind, _ in _fields(table) if kind == "File"])
    _refuse_unknown(given, table, "parameter")
    return {
        name: _value(kind, given[name], name)
        for name, kind, required in _fields(table)
        if _is_given(given, name, required)
    }


def _with_attachments(raw: Mapping[str, Any], files: list[str]) -> Raw:
    """The parameters, with `attach://part` in a file's place replaced by that part."""
    given = dict(raw)
    for name in files:
        value = given.get(name)
        if isinstance(value, str) and value.startswith(_ATTACHED):
            given[name] = given.pop(value.removeprefix(_ATTACHED), value)
    return given


def _fields(table: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    return [(name.rstrip("!"), kind, name.endswith("!")) for name, kind in table.items()]


def _names(table: Mapping[str, str]) -> set[str]:
    return {name for name, _, _ in _fields(table)}


def _refuse_unknown(given: Mapping[str, Any], table: Mapping[str, str], what: str) -> None:
    if unknown := sorted(given.keys() - _names(table)):
        raise bad_request(f'unknown {what} "{unknown[0]}"')


def _is_given(given: Mapping[str, Any], name: str, required: bool) -> bool:
    present = given.get(name) is not None
    empty = not present or (given[name] == "" and name not in _MAY_BE_EMPTY)
    if required and empty:
        raise bad_request(_EMPTY.get(name, f'parameter "{name}" is required'))
    return present


@cache
def _parsed(kind: str) -> tuple[str, tuple[int, int] | None]:
    """ "Integer 1-100" -> ("Integer", (1, 100))."""
    base, _, bounds = kind.partition(" ")
    least, _, most = bounds.partition("-")
    return base, (int(least), int(most)) if bounds else None


def _value(kind: str, value: Any, name: str) -> Any:
    """A top-level parameter: objects and numbers may come as strings."""
    base, _ = _parsed(kind)
    if base == "File":
        return _file(value, name)
    if isinstance(value, str) and base not in ("String", "Chat"):
        value = _from_text(base, value, name)
    return _strict(kind, value, name)


def _file(value: Any, name: str) -> Upload | str:
    if not isinstance(value, (Upload, str)) or (isinstance(value, str) and value.startswith(_ATTACHED)):
        raise bad_request(f"wrong file {name} specified")
    return value


def _from_text(base: str, value: str, name: str) -> Any:
    if base == "Integer":
        return int(value) if _INTEGER.fullmatch(value) else value
    if base == "Boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {_spoken(name)} JSON object") from None


def _spoken(name: str) -> str:
    return {"reply_markup": "reply keyboard markup"}.get(name, name)


def _strict(kind: str, value: Any, where: str) -> Any:
    """A value of exactly this type, as it stands inside a JSON object."""
    base, bounds = _parsed(kind)
    checked = _plain(base, value, where) if base in _PLAIN else _nested(base, value, where)
    if bounds:
        _bound(checked, *bounds, where)
    return checked


def _plain(base: str, value: Any, where: str) -> Any:
    if base == "Chat":
        return _chat_id(value, where)
    if not isinstance(value, _PLAIN[base]) or (base == "Integer" and isinstance(value, bool)):
        raise bad_request(f"can't parse {_spoken(where)}: expected {base}")
    return value


_PLAIN: dict[str, type] = {"String": str, "Integer": int, "Boolean": bool, "Chat": object}


def _chat_id(value: Any, where: str) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, str) and value.startswith("@"):
        return value
    raise bad_request(
        "chat not found" if isinstance(value, str) else f"can't parse {where}: expected Integer"
    )


def _nested(base: str, value: Any, where: str) -> Any:
    if base.startswith("["):
        if not isinstance(value, list):
            raise bad_request(f"can't parse {_spoken(where)}: expected an Array")
        return [_strict(base[1:-1], item, where) for item in value]
    if not isinstance(value, dict):
        raise bad_request(f"can't parse {_spoken(where)}: expected an Object")
    return _object(_choose(base, value, where), value, where)


def _choose(base: str, value: Mapping[str, Any], where: str) -> str:
    """Of `A|B`, the object whose required field is there."""
    names = base.split("|")
    for name in names:
        if all(field in value for field, _, required in _fields(OBJECTS[name]) if required):
            return name
    if len(names) == 1:
        return names[0]
    raise bad_request(f"can't parse {_spoken(where)}: object expected as {_spoken(where)}")


def _object(name: str, value: Mapping[str, Any], where: str) -> dict[str, Any]:
    table = OBJECTS[name]
    _refuse_unknown(value, table, f"field in {name}")
    for field, _, required in _fields(table):
        if required and value.get(field) is None:
            raise bad_request(f"can't parse {_spoken(where)}: Can't find field \"{field}\"")
    return {
        field: _strict(kind, value[field], f"{where}.{field}")
        for field, kind, _ in _fields(table)
        if value.get(field) is not None
    }


def _bound(value: Any, least: int, most: int, where: str) -> None:
    size = value if isinstance(value, int) else len(value)
    if not least <= size <= most:
        raise bad_request(f"{_spoken(where)} must be between {least} and {most}, not {size}")
