"""Holds every call of the bot against the published Bot API, read from `../shared/botapi`.

This knows nothing of our own table in `bot/tryout/table.py`: it decodes what went over the wire by the types
that the specification declares.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

Spec = Mapping[str, Any]

SPEC = Path(__file__).parents[3] / "shared" / "botapi" / "api.min.json"

_PLAIN = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool, "True": bool}
_LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)")
_VALUES = re.compile(r"(\d+)-(\d+)")


class SentCall(Protocol):
    """What the server recorded: the method, and its parameters as they came over the wire."""

    method: str
    raw: dict[str, Any]


def load_spec() -> Spec | None:
    """The specification, where it is present beside the checkout."""
    return json.loads(SPEC.read_text()) if SPEC.exists() else None


def validate(calls: Iterable[SentCall], spec: Spec) -> list[str]:
    """What is wrong with these calls, each once and with its method; an empty list if nothing is."""
    return list(dict.fromkeys(problem for call in calls for problem in _call_problems(call, spec)))


def _call_problems(call: SentCall, spec: Spec) -> Iterable[str]:
    if call.method not in spec["methods"]:
        yield f"{call.method}: no such method"
        return
    fields = {field["name"]: field for field in spec["methods"][call.method].get("fields", [])}
    given = _without_attachments(call.raw)
    for name in given.keys() - fields.keys():
        yield f"{call.method}: unknown parameter {name}"
    for name, field in fields.items():
        where = f"{call.method}.{name}"
        if name in given:
            value = _decoded(given[name], field["types"])
            yield from _value_problems(value, field, where, spec, _is_html(given))
        elif field["required"]:
            yield f"{where}: missing"


def _without_attachments(raw: dict[str, Any]) -> dict[str, Any]:
    attached = {
        value[9:] for value in raw.values() if isinstance(value, str) and value.startswith("attach://")
    }
    return {name: value for name, value in raw.items() if name not in attached}


def _is_html(given: Mapping[str, Any]) -> bool:
    return str(given.get("parse_mode", "")).upper() == "HTML"


def _decoded(value: Any, types: list[str]) -> Any:
    """A form field by its declared type: a string stays one, everything else is JSON."""
    if not isinstance(value, str) or types == ["String"]:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _value_problems(
    value: Any, field: Mapping[str, Any], where: str, spec: Spec, is_html: bool
) -> Iterable[str]:
    problems = [list(_type_problems(value, kind, where, spec)) for kind in field["types"]]
    yield from min(problems, key=len)
    yield from _bound_problems(value, field["description"], where, is_html)


def _type_problems(value: Any, kind: str, where: str, spec: Spec) -> Iterable[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{where}: {value!r} is not an array"
            return
        for item in value:
            yield from _type_problems(item, kind.removeprefix("Array of "), where, spec)
    elif kind in _PLAIN:
        if not isinstance(value, _PLAIN[kind]) or (isinstance(value, bool) and kind in ("Integer", "Float")):
            yield f"{where}: {value!r} is not {kind}"
    elif kind == "InputFile":
        if not hasattr(value, "data"):
            yield f"{where}: {value!r} is not an upload"
    else:
        yield from _object_problems(value, kind, where, spec)


def _object_problems(value: Any, kind: str, where: str, spec: Spec) -> Iterable[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is not {kind}"
        return
    declared = spec["types"][kind]
    if subtypes := declared.get("subtypes"):
        yield from min((list(_object_problems(value, each, where, spec)) for each in subtypes), key=len)
        return
    fields = {field["name"]: field for field in declared.get("fields", [])}
    for name in value.keys() - fields.keys():
        yield f"{where}: {kind} has no field {name}"
    for name, field in fields.items():
        if name in value:
            yield from _value_problems(value[name], field, f"{where}.{name}", spec, False)
        elif field["required"]:
            yield f"{where}: {kind} needs {name}"
    yield from _kind_problems(value, fields, where)


def _kind_problems(value: dict[str, Any], fields: Mapping[str, Any], where: str) -> Iterable[str]:
    """A field that is always the same ("type of the scope, must be chat") tells subtypes apart."""
    for name, field in fields.items():
        constant = re.search(r"(?:must be|always) [\"“]?(\w+)", field["description"])
        if constant and field["types"] == ["String"] and value.get(name, constant[1]) != constant[1]:
            yield f"{where}: {name} {value[name]!r} is not {constant[1]}"


def _bound_problems(value: Any, description: str, where: str, is_html: bool) -> Iterable[str]:
    if isinstance(value, str) and (bounds := _LENGTH.search(description)):
        text = html.unescape(re.sub(r"<[^>]*>", "", value)) if is_html else value
        size = len(text.encode()) if bounds[3] == "bytes" else len(text)
        yield from _outside(size, int(bounds[1]), int(bounds[2]), where)
    elif isinstance(value, int) and (bounds := _VALUES.search(description)):
        yield from _outside(value, int(bounds[1]), int(bounds[2]), where)


def _outside(size: int, least: int, most: int, where: str) -> Iterable[str]:
    if not least <= size <= most:
        yield f"{where}: {size} is not between {least} and {most}"
