"""The register of Bot API methods: each module of `bot.tryout.api` enters its own.

A handler takes the server's parts and the decoded parameters and gives the call's `result`, or
raises `ApiError` as the real server would refuse.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.tryout.updates import Updates
from bot.tryout.world import Json, World


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


def without_none(value: Json) -> Json:
    return {key: item for key, item in value.items() if item is not None}
