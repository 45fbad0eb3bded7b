"""Each method as python-telegram-bot calls it, and what people then see."""

import struct
import zlib
from datetime import timedelta

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken

from bot.clock import MovableClock
from bot.tryout import Account, BotApiServer, Button


def png(width: int = 3, height: int = 2) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Ja", callback_data="1:yes"), InlineKeyboardButton("Nej", callback_data="1:no")]]
)


async def test_get_me(bot: telegram.Bot, server: BotApiServer) -> None:
    me = await bot.get_me()
    assert (me.is_bot, me.username) == (True, server.world.bot["username"])


async def test_a_wrong_token_stops_the_start(server: BotApiServer) -> None:
    with pytest.raises(InvalidToken):
        await telegram.Bot("7:" + "x" * 35, base_url=server.base_url).initialize()


async def test_send_message_with_buttons_and_formatting(
    bot: telegram.Bot, anna: Account, clock: MovableClock
) -> None:
    sent = await bot.send_message(
        101, "<b>Hej</b> &amp; hå", parse_mode=ParseMode.HTML, reply_markup=KEYBOARD
    )
    assert sent.text == "Hej & hå"
    assert sent.date == clock.now()
    assert sent.message_id == anna.last.id
    assert anna.last.entities == [{"type": "bold", "offset": 0, "length": 3}]
    assert anna.last.rows == [[Button("Ja", "1:yes"), Button("Nej", "1:no")]]
    assert anna.last.from_bot


async def test_message_ids_count_per_chat(bot: telegram.Bot, anna: Account, server: BotApiServer) -> None:
    bo = server.user(102, "Bo", "da")
    await bo.send("hej")
    assert [(await bot.send_message(chat, "a")).message_id for chat in (101, 102, 101)] == [2, 2, 3]


async def test_reply(bot: telegram.Bot, anna: Account) -> None:
    question = await anna.send("Vad?")
    sent = await bot.send_message(101, "Det", reply_to_message_id=question.id)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "Vad?"


async def test_edit_text_and_buttons(bot: telegram.Bot, anna: Account) -> None:
    sent = await bot.send_message(101, "Ett", reply_markup=KEYBOARD)
    before = anna.last
    edited = await bot.edit_message_text("<i>Två</i>", 101, sent.message_id, parse_mode=ParseMode.HTML)
    assert isinstance(edited, telegram.Message)
    assert (anna.last.text, anna.last.buttons, anna.last.edited) == ("Två", [], True)
    assert (before.text, before.labels, before.edited) == ("Ett", ["Ja", "Nej"], False)
    await bot.edit_message_reply_markup(101, sent.message_id, reply_markup=KEYBOARD)
    assert anna.last.labels == ["Ja", "Nej"]
    await bot.edit_message_reply_markup(101, sent.message_id)
    assert anna.last.labels == []
    assert len(anna.received) == 1


async def test_edits_that_are_refused(bot: telegram.Bot, anna: Account) -> None:
    own = await anna.send("Mitt")
    sent = await bot.send_message(101, "Ett", reply_markup=KEYBOARD)
    picture = await bot.send_photo(101, png())
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text(
            "<b></b>Ett ", 101, sent.message_id, parse_mode="HTML", reply_markup=KEYBOARD
        )
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(101, sent.message_id, reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("Två", 101, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("Två", 101, own.id)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("Två", 101, picture.message_id)


async def test_delete(bot: telegram.Bot, anna: Account, clock: MovableClock) -> None:
    sent = await bot.send_message(101, "Ett")
    old = await bot.send_message(101, "Två")
    assert await bot.delete_message(101, sent.message_id)
    assert [message.text for message in anna.received] == ["Två"]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(101, sent.message_id)
    clock.advance(timedelta(hours=48, seconds=1))
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(101, old.message_id)


async def test_answer_callback_query(bot: telegram.Bot, anna: Account, clock: MovableClock) -> None:
    await bot.send_message(101, "Ett", reply_markup=KEYBOARD)
    query = await anna.press("Ja")
    assert await bot.answer_callback_query(query, "Tack!", show_alert=True)
    assert [(notice.text, notice.alert) for notice in anna.chat.notices] == [("Tack!", True)]
    late = await anna.press("Nej")
    clock.advance(timedelta(hours=1))
    for stale in (query, late, "17"):
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(stale)


async def test_send_document_and_fetch_it(bot: telegram.Bot, anna: Account) -> None:
    calendar = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    sent = await bot.send_document(
        101, calendar, caption="<b>Ditt</b> möte", parse_mode="HTML", filename="m.ics"
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("m.ics", len(calendar))
    assert (anna.last.text, anna.last.kind) == ("Ditt möte", "document")
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == calendar
    again = await bot.send_document(101, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_id == sent.document.file_id


async def test_send_photo(bot: telegram.Bot, anna: Account) -> None:
    sent = await bot.send_photo(101, png(3, 2), caption="x" * 1024)
    assert [(size.width, size.height) for size in sent.photo] == [(3, 2)]
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(101, b"not a picture")
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(101, b"", filename="a.txt")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(101, png(), caption="x" * 1025)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_photo(101, "nosuch")


async def test_typing_shows_until_the_bot_writes(bot: telegram.Bot, anna: Account) -> None:
    await bot.send_chat_action(101, "typing")
    assert anna.chat.action == "typing"
    await bot.send_message(101, "Ett")
    assert anna.chat.action is None
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(101, "dreaming")


async def test_commands_by_scope_and_language(bot: telegram.Bot, anna: Account, server: BotApiServer) -> None:
    bo = server.user(102, "Bo", "da")
    await bot.set_my_commands([("help", "Help")])
    await bot.set_my_commands([("hjalp", "Hjälp")], language_code="sv")
    assert [command["command"] for command in anna.commands + bo.commands] == ["hjalp", "help"]
    await bot.set_my_commands([("queue", "Kö")], telegram.BotCommandScopeChat(101))
    assert [command["command"] for command in anna.commands] == ["queue"]
    assert (await bot.get_my_commands(telegram.BotCommandScopeChat(101)))[0].description == "Kö"
    await bot.delete_my_commands(telegram.BotCommandScopeChat(101))
    assert [command["command"] for command in anna.commands] == ["hjalp"]


async def test_profile_texts(bot: telegram.Bot) -> None:
    await bot.set_my_name("Peerbot")
    await bot.set_my_description("En assistent", language_code="sv")
    await bot.set_my_short_description("Kort")
    assert (await bot.get_my_name("sv")).name == "Peerbot"
    assert (await bot.get_my_description("sv")).description == "En assistent"
    assert (await bot.get_my_description("da")).description == ""
    assert (await bot.get_my_short_description()).short_description == "Kort"
    with pytest.raises(BadRequest):
        await bot.set_my_short_description("x" * 121)


async def test_group(bot: telegram.Bot, anna: Account, server: BotApiServer) -> None:
    group = await anna.add_bot_to_group("Torsdag")
    kinds = [set(update) - {"update_id"} for update in server.updates.waiting()]
    assert kinds == [{"my_chat_member"}, {"message"}]
    assert (await bot.get_chat(group.id)).title == "Torsdag"
    await bot.send_message(group.id, "Jag pratar bara enskilt.")
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.id, "Hej då")
    with pytest.raises(BadRequest):
        await bot.leave_chat(101)


async def test_webhook_info(bot: telegram.Bot, anna: Account) -> None:
    await anna.send("hej")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    assert await bot.set_webhook("http://127.0.0.1:1/hook", secret_token="abc", drop_pending_updates=True)
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("http://127.0.0.1:1/hook", 0)
    assert await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
