"""The updates that a person's acts make, as python-telegram-bot reads them."""

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.tryout import Account, BotApiServer
from bot.tryout.account import deep_link

from .test_methods import png


async def newest(bot: telegram.Bot) -> Update:
    return (await bot.get_updates())[-1]


async def test_first_contact(bot: telegram.Bot, server: BotApiServer) -> None:
    await server.user(5, "Maja", "sv").start("inbjudan-1")
    update = await newest(bot)
    assert update.message is not None
    assert update.message.text == "/start inbjudan-1"
    assert update.message.parse_entities(["bot_command"]).popitem()[1] == "/start"
    assert update.effective_user is not None
    assert (update.effective_user.id, update.effective_user.language_code) == (5, "sv")
    assert update.effective_chat is not None
    assert update.effective_chat.type == "private"


@pytest.mark.parametrize("kind", ["voice", "sticker", "location"])
async def test_things_that_are_not_text(bot: telegram.Bot, anna: Account, kind: str) -> None:
    await getattr(anna, f"send_{kind}")()
    update = await newest(bot)
    assert update.message is not None
    assert update.message.effective_attachment == getattr(update.message, kind)
    assert update.message.text is None


async def test_photo_and_document(bot: telegram.Bot, anna: Account) -> None:
    await anna.send_photo(png(), "Solnedgång")
    message = (await newest(bot)).message
    assert message is not None
    assert message.caption == "Solnedgång"
    assert bytes(await (await message.photo[-1].get_file()).download_as_bytearray()) == png()
    await anna.send_document("a.txt", b"hej")
    message = (await newest(bot)).message
    assert message is not None
    assert message.document is not None
    assert message.document.file_name == "a.txt"


async def test_edited_and_forwarded(bot: telegram.Bot, anna: Account) -> None:
    await anna.edit(await anna.send("/hej"), "hej")
    update = await newest(bot)
    assert update.edited_message is not None
    assert (update.edited_message.text, update.edited_message.entities) == ("hej", ())
    await anna.forward("Läs det här", "Kim")
    message = (await newest(bot)).message
    assert message is not None
    assert isinstance(message.forward_origin, telegram.MessageOriginHiddenUser)


async def test_pressing(bot: telegram.Bot, anna: Account, server: BotApiServer) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="1:yes")]])
    sent = await bot.send_message(101, "Ett", reply_markup=keyboard)
    stale = anna.last
    await bot.send_message(101, "Två", reply_markup=keyboard)
    await anna.press("Ja")
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.message_id) == ("1:yes", anna.last.id)
    await bot.delete_message(101, sent.message_id)
    await anna.press("Ja", stale)
    pressed = server.updates.waiting()[-1]["callback_query"]
    assert (pressed["data"], pressed["message"]["date"]) == ("1:yes", 0)
    with pytest.raises(LookupError, match="Kanske"):
        await anna.press("Kanske")


async def test_block_and_return(bot: telegram.Bot, anna: Account) -> None:
    await anna.block_bot()
    change = (await newest(bot)).my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    await anna.start()
    change = (await bot.get_updates())[-2].my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("kicked", "member")


async def test_a_long_text_goes_in_pieces_and_an_empty_one_not(server: BotApiServer, anna: Account) -> None:
    await anna.send("😀" * 2049)
    assert [len(update["message"]["text"]) for update in server.updates.waiting()] == [2048, 1]
    with pytest.raises(ValueError, match="empty"):
        await anna.send("  ")


async def test_reply_gives_each_message_once(bot: telegram.Bot, anna: Account) -> None:
    for text in ("ett", "två"):
        await bot.send_message(101, text)
    assert [(await anna.reply()).text, (await anna.reply()).text] == ["ett", "två"]
    with pytest.raises(TimeoutError):
        await anna.reply(seconds=0)


def test_deep_link() -> None:
    assert deep_link("https://t.me/my_bot?start=abc-1", "my_bot") == "abc-1"
    assert deep_link("https://t.me/other?start=abc-1", "my_bot") is None
