"""Chats outlive the process when they are kept in a file."""

import asyncio
from pathlib import Path

import telegram

from bot.clock import MovableClock
from bot.tryout import BotApiServer


async def test_the_next_run_goes_on(tmp_path: Path, clock: MovableClock) -> None:
    path = tmp_path / "telegram.json"
    first = BotApiServer(clock)
    first.keep(path)
    await first.start()
    anna = first.user(101, "Anna", "sv")
    await anna.send("hej")
    anna.language_code = "da"
    async with telegram.Bot(first.token, base_url=first.base_url) as bot:
        document = await bot.send_document(101, b"abc", filename="a.txt")
        await bot.set_my_commands([("help", "Hjälp")])
    group = await anna.add_bot_to_group("Torsdag")
    await first.stop()

    second = BotApiServer(clock)
    second.keep(path)
    again = second.user(101, "Anna", "sv")
    assert second.updates.waiting() == first.updates.waiting()
    assert [message.json for message in again.chat.messages] == [
        message.json for message in anna.chat.messages
    ]
    assert again.language_code == "da"
    assert again.commands == anna.commands
    assert document.document is not None
    assert second.world.files.get(document.document.file_id).upload.data == b"abc"
    await again.send("igen")
    assert second.updates.waiting()[-1]["update_id"] == first.updates.next_id
    assert again.chat.messages[-1].id == document.message_id + 1
    assert (await again.add_bot_to_group("Fredag")).id < group.id


async def test_a_message_is_kept_together_with_its_update(tmp_path: Path, clock: MovableClock) -> None:
    """Without stopping, as after a kill."""
    path = tmp_path / "telegram.json"
    first = BotApiServer(clock)
    first.keep(path)
    await first.user(101, "Anna").send("hej")
    await asyncio.sleep(0)  # the rest of this turn of the event loop
    second = BotApiServer(clock)
    second.keep(path)
    assert second.updates.waiting() == first.updates.waiting() != []
