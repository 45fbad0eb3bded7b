"""A whole python-telegram-bot application against the server: it polls, answers, stops, and misses nothing."""

from typing import Any

from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from bot.tryout import Account, BotApiServer


async def echo(update: Update, context: Any) -> None:
    assert update.message is not None
    await update.message.reply_text(f"Du skrev: {update.message.text}")


def application(server: BotApiServer) -> Application:
    builder = Application.builder().token(server.token)
    app = builder.base_url(server.base_url).base_file_url(server.base_file_url).build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    return app


async def test_polling(server: BotApiServer, anna: Account) -> None:
    for words in ("ett", "två"):
        await anna.send(words)  # written while no bot is running
        app = application(server)
        async with app:
            await app.start()
            assert app.updater is not None
            await app.updater.start_polling()
            assert (await anna.reply()).text == f"Du skrev: {words}"
            await anna.send("direkt")
            assert (await anna.reply()).text == "Du skrev: direkt"
            await app.updater.stop()
            await app.stop()
    assert len(anna.received) == 4
    assert server.updates.waiting() == []
