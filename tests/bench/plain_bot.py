"""The intake in plain python-telegram-bot: a ConversationHandler, kept by PicklePersistence with its own settings."""

import os
import sys

from intake import QUESTIONS, SENT, STATUS, answer, rows, shown
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

Context = ContextTypes.DEFAULT_TYPE


def keyboard(buttons: list[list[tuple[str, str]]]) -> InlineKeyboardMarkup | None:
    made = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons]
    return InlineKeyboardMarkup(made) if made else None


async def ask(update: Update, context: Context, number: int) -> int:
    text = shown(number, context.user_data["answers"])
    await update.effective_chat.send_message(text, parse_mode="HTML", reply_markup=keyboard(rows(number, [])))
    return number


async def start(update: Update, context: Context) -> int:
    context.user_data["answers"] = {}
    return await ask(update, context, 0)


async def press(update: Update, context: Context) -> int:
    query = update.callback_query
    await query.answer()
    number, label = query.data.split(":", 1)
    return await take(update, context, int(number), label)


async def write(update: Update, context: Context) -> int:
    context.user_data["answers"]["name"] = [update.message.text]
    return await ask(update, context, len(QUESTIONS) - 1)


async def take(update: Update, context: Context, number: int, label: str) -> int:
    reply = answer(number, label, context.user_data["answers"])
    await update.callback_query.edit_message_text(
        reply.edited, parse_mode="HTML", reply_markup=keyboard(reply.rows)
    )
    if reply.is_done:
        context.user_data["sent"] = context.user_data.pop("answers")
        await update.effective_chat.send_message(SENT)
        return ConversationHandler.END
    return number if reply.number == number else await ask(update, context, reply.number)


async def status(update: Update, context: Context) -> None:
    await update.effective_chat.send_message(STATUS["sent" in context.user_data])


def main(url: str, folder: str) -> None:
    kept = PicklePersistence(filepath=f"{folder}/plain.pickle")
    application = (
        Application.builder()
        .token(os.environ["PEERBOT_TOKEN"])
        .base_url(f"{url}/bot")
        .persistence(kept)
        .build()
    )
    states = {
        number: [
            CallbackQueryHandler(press, pattern=f"^{number}:")
            if question.name != "name"
            else MessageHandler(filters.TEXT & ~filters.COMMAND, write)
        ]
        for number, question in enumerate(QUESTIONS)
    }
    entry = [CommandHandler("start", start)]
    application.add_handler(
        ConversationHandler(entry, states, entry, name="intake", persistent=True, allow_reentry=True)
    )
    application.add_handler(CommandHandler("status", status))
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
