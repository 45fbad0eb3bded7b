"""The validator finds what is wrong with a call."""

import json
from typing import Any

import pytest

from bot.tryout import Call

from .contract import Spec, load_spec, validate


@pytest.fixture
def spec() -> Spec:
    found = load_spec()
    if found is None:
        pytest.skip("../shared/botapi is not beside this checkout")
    return found


def markup(**button: Any) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "Ja", **button}]]})


SCOPE = {"type": "chat", "chat_id": 1}
COMMANDS = [{"command": "help", "description": "Hjälp"}]


@pytest.mark.parametrize(
    ("method", "raw"),
    [
        ("sendMessage", {"chat_id": "1", "text": "17", "protect_content": "true"}),
        ("sendMessage", {"chat_id": "1", "text": "a", "reply_markup": markup(callback_data="å" * 32)}),
        ("sendMessage", {"chat_id": 1, "text": f"<b>{'x' * 4096}</b>", "parse_mode": "HTML"}),
        ("setMyCommands", {"commands": json.dumps(COMMANDS), "scope": json.dumps(SCOPE)}),
        ("getUpdates", {"offset": "-1", "allowed_updates": '["message"]'}),
        ("getMe", {}),
    ],
)
def test_good_calls(spec: Spec, method: str, raw: dict[str, Any]) -> None:
    assert validate([Call(method, raw, 0)], spec) == []


@pytest.mark.parametrize(
    ("method", "raw", "problem"),
    [
        ("sendMesage", {}, "no such method"),
        ("sendMessage", {"text": "a"}, "sendMessage.chat_id: missing"),
        ("sendMessage", {"chat_id": "1", "text": "a", "colour": "red"}, "unknown parameter colour"),
        ("sendMessage", {"chat_id": "1", "text": ""}, "0 is not between 1 and 4096"),
        ("sendMessage", {"chat_id": "1", "text": "x" * 4097}, "4097 is not between"),
        ("sendMessage", {"chat_id": "1", "text": "a", "protect_content": "ja"}, "'ja' is not Boolean"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": markup(callback_data="å" * 33)},
            "66 is not",
        ),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": markup(colour="red")}, "no field colour"),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": "[]"}, "is not InlineKeyboardMarkup"),
        ("setMyCommands", {"commands": json.dumps([{"command": "a"}])}, "BotCommand needs description"),
        (
            "setMyCommands",
            {"commands": json.dumps(COMMANDS), "scope": '{"type": "all"}'},
            "'all' is not default",
        ),
        ("getUpdates", {"limit": "101"}, "101 is not between 1 and 100"),
        ("getUpdates", {"limit": "many"}, "'many' is not Integer"),
        ("sendPhoto", {"chat_id": "1"}, "sendPhoto.photo: missing"),
    ],
)
def test_bad_calls(spec: Spec, method: str, raw: dict[str, Any], problem: str) -> None:
    (found, *_) = validate([Call(method, raw, 0)], spec)
    assert problem in found
