"""What the server refuses, and how it says so."""

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tryout import Account, BotApiServer
from bot.tryout.decode import decode
from bot.tryout.errors import ApiError
from bot.tryout.table import METHODS, OBJECTS

from .conftest import Raw
from .contract import load_spec


def keyboard(**button: object) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "Ja", **button}]]}


REFUSED = {
    "no text": (dict(), "message text is empty"),
    "blank text": (dict(text=" \n "), "message text is empty"),
    "only tags": (dict(text="<b></b>", parse_mode="HTML"), "message text is empty"),
    "too long": (dict(text="x" * 4097), "message is too long"),
    "too long in UTF-16": (dict(text="😀" * 2049), "message is too long"),
    "unknown parameter": (dict(text="a", colour="red"), 'unknown parameter "colour"'),
    "number as text": (dict(text=17), "can't parse text: expected String"),
    "wrong boolean": (
        dict(text="a", protect_content="maybe"),
        "can't parse protect_content: expected Boolean",
    ),
    "markup is no JSON": (dict(text="a", reply_markup="{"), "can't parse reply keyboard markup JSON object"),
    "markup is a list": (
        dict(text="a", reply_markup=[]),
        "can't parse reply keyboard markup: expected an Object",
    ),
    "markup without keyboard": (
        dict(text="a", reply_markup={"x": 1}),
        "can't parse reply keyboard markup: object expected as reply keyboard markup",
    ),
    "button without text": (
        dict(text="a", reply_markup={"inline_keyboard": [[{"callback_data": "x"}]]}),
        "can't parse reply_markup.inline_keyboard: Can't find field \"text\"",
    ),
    "button without action": (
        dict(text="a", reply_markup=keyboard()),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    "two actions": (
        dict(text="a", reply_markup=keyboard(callback_data="x", url="https://example.org")),
        "can't parse inline keyboard button: exactly one action is allowed",
    ),
    "empty data": (dict(text="a", reply_markup=keyboard(callback_data="")), "BUTTON_DATA_INVALID"),
    "65 bytes of data": (
        dict(text="a", reply_markup=keyboard(callback_data="x" * 65)),
        "BUTTON_DATA_INVALID",
    ),
    "66 bytes in 33 letters": (
        dict(text="a", reply_markup=keyboard(callback_data="å" * 33)),
        "BUTTON_DATA_INVALID",
    ),
    "bad address": (
        dict(text="a", reply_markup=keyboard(url="hemma")),
        "inline keyboard button URL 'hemma' is invalid: Wrong HTTP URL",
    ),
    "101 buttons": (
        dict(text="a", reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b"}]] * 101}),
        "REPLY_MARKUP_TOO_LONG",
    ),
    "unsupported tag": (
        dict(text="I <3 you", parse_mode="HTML"),
        "can't parse entities: Unclosed start tag at byte offset 2",
    ),
    "unknown tag": (
        dict(text="å <div>x</div>", parse_mode="HTML"),
        'can\'t parse entities: Unsupported start tag "div" at byte offset 3',
    ),
    "tag not closed": (
        dict(text="<b>x", parse_mode="HTML"),
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    "tags crossed": (
        dict(text="<b><i>x</b></i>", parse_mode="HTML"),
        'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    ),
    "end without start": (
        dict(text="x</b>", parse_mode="HTML"),
        "can't parse entities: Unexpected end tag at byte offset 1",
    ),
    "other parse mode": (dict(text="x", parse_mode="BBCode"), "unsupported parse_mode"),
    "reply to nothing": (
        dict(text="x", reply_parameters={"message_id": 999}),
        "message to be replied not found",
    ),
}


@pytest.mark.parametrize(("params", "description"), REFUSED.values(), ids=REFUSED)
async def test_send_message_is_refused(raw: Raw, anna: Account, params: dict, description: str) -> None:
    assert await raw.refusal("sendMessage", chat_id=101, **params) == (400, f"Bad Request: {description}")
    assert anna.received == []


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 2048, f"<b>{'x' * 4096}</b>", "  x  "])
async def test_the_longest_text_goes(raw: Raw, anna: Account, text: str) -> None:
    assert (await raw("sendMessage", chat_id=101, text=text, parse_mode="HTML"))["ok"]


async def test_button_data_of_64_bytes_goes(raw: Raw, anna: Account) -> None:
    assert (await raw("sendMessage", chat_id=101, text="a", reply_markup=keyboard(callback_data="å" * 32)))[
        "ok"
    ]


async def test_unknown_method_and_names_are_exact(raw: Raw) -> None:
    assert await raw.refusal("sendMesage") == (404, "Not Found")
    assert await raw.refusal("sendmessage", chat_id=1, text="a") == (404, "Not Found")


@pytest.mark.parametrize(("token", "status"), [("7:" + "x" * 35, 401), ("nonsense", 404)])
async def test_wrong_token(server: BotApiServer, token: str, status: int) -> None:
    async with aiohttp.ClientSession() as session:
        for path in (f"/bot{token}/getMe", f"/file/bot{token}/documents/file_0.txt"):
            async with session.get(server.url + path) as response:
                assert response.status == status
    assert server.calls == []


async def test_chats_the_bot_may_not_write_to(raw: Raw, server: BotApiServer, anna: Account) -> None:
    server.user(102, "Bo")
    not_found = (400, "Bad Request: chat not found")
    assert await raw.refusal("sendMessage", chat_id=102, text="a") == not_found
    assert await raw.refusal("sendMessage", chat_id=999, text="a") == not_found
    assert await raw.refusal("sendMessage", chat_id="@somebody", text="a") == not_found
    assert await raw.refusal("sendMessage", text="a") == (400, "Bad Request: chat_id is empty")
    await anna.block_bot()
    blocked = (403, "Forbidden: bot was blocked by the user")
    assert await raw.refusal("sendMessage", chat_id=101, text="a") == blocked
    assert await raw.refusal("sendChatAction", chat_id=101, action="typing") == blocked
    await anna.start()
    assert (await raw("sendMessage", chat_id=101, text="a"))["ok"]
    await anna.delete_account()
    assert await raw.refusal("sendMessage", chat_id=101, text="a") == (403, "Forbidden: user is deactivated")


async def test_a_body_that_is_not_an_object(server: BotApiServer) -> None:
    async with aiohttp.ClientSession(headers={"Content-Type": "application/json"}) as session:
        for body in ("{", "[1]", "17"):
            async with session.post(f"{server.base_url}{server.token}/getMe", data=body) as response:
                assert response.status == 400


async def test_commands(raw: Raw, anna: Account) -> None:
    async def refusal(command: str, description: str, **more: object) -> str:
        commands = [{"command": command, "description": description}]
        return (await raw.refusal("setMyCommands", commands=commands, **more))[1]

    assert await refusal("Hjälp", "a") == "Bad Request: BOT_COMMAND_INVALID"
    assert await refusal("x" * 33, "a") == "Bad Request: BOT_COMMAND_INVALID"
    assert await refusal("help", "") == "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"
    assert await refusal("help", "x" * 257) == "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"
    assert await refusal("help", "a", scope={"type": "chat", "chat_id": 5}) == "Bad Request: chat not found"
    assert "Can't find field" in await refusal("help", "a", scope={"type": "chat"})
    assert "Unsupported type" in await refusal("help", "a", scope={"type": "everybody"})
    assert await refusal("help", "a", language_code="swe") == "Bad Request: LANG_CODE_INVALID"


def test_the_table_is_part_of_the_published_one() -> None:
    spec = load_spec()
    if spec is None:
        pytest.skip("../shared/botapi is not beside this checkout")
    for method, ours in METHODS.items():
        _assert_part_of(method, ours, spec["methods"][method].get("fields", []))
    for name, ours in OBJECTS.items():
        published = spec["types"][name]
        fields = [f for each in published.get("subtypes", [name]) for f in spec["types"][each]["fields"]]
        _assert_part_of(name, ours, fields)


def _assert_part_of(name: str, ours: dict[str, str], published: list[dict]) -> None:
    theirs = {field["name"]: field for field in published}
    known = {field.rstrip("!") for field in ours}
    assert known <= theirs.keys(), name
    needed = {each for each, field in theirs.items() if field["required"] and name != "BotCommandScope"}
    assert needed <= {field.rstrip("!") for field in ours if field.endswith("!")}, name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(sorted({name.rstrip("!") for fields in METHODS.values() for name in fields}))


@settings(max_examples=300, deadline=None)
@given(method=st.sampled_from(sorted(METHODS)), params=st.dictionaries(NAMES, JSON, max_size=6))
def test_anything_is_decoded_or_refused(method: str, params: dict) -> None:
    try:
        decoded = decode(method, params)
    except ApiError as error:
        assert error.status == 400
        assert error.description.startswith("Bad Request: ")
    else:
        assert {name for name in METHODS[method] if name.endswith("!")} <= {f"{name}!" for name in decoded}
