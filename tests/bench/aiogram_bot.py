"""The intake in aiogram: its state machine with its storage in memory, polling as its documentation shows."""

import asyncio
import os
import sys

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from intake import QUESTIONS, SENT, STATUS, answer, rows, shown


class Intake(StatesGroup):
    asking = State()
    naming = State()


dispatcher = Dispatcher(storage=MemoryStorage())


def keyboard(buttons: list[list[tuple[str, str]]]) -> InlineKeyboardMarkup | None:
    made = [[InlineKeyboardButton(text=label, callback_data=data) for label, data in row] for row in buttons]
    return InlineKeyboardMarkup(inline_keyboard=made) if made else None


async def ask(message: Message, state: FSMContext, number: int, answers: dict[str, list[str]]) -> None:
    await state.update_data(answers=answers)
    await state.set_state(Intake.naming if QUESTIONS[number].name == "name" else Intake.asking)
    await message.answer(shown(number, answers), parse_mode="HTML", reply_markup=keyboard(rows(number, [])))


@dispatcher.message(Command("start"))
async def start(message: Message, state: FSMContext) -> None:
    await ask(message, state, 0, {})


@dispatcher.callback_query(Intake.asking, F.data)
async def press(query: CallbackQuery, state: FSMContext) -> None:
    await query.answer()
    number, label = query.data.split(":", 1)
    answers = (await state.get_data())["answers"]
    reply = answer(int(number), label, answers)
    await query.message.edit_text(reply.edited, parse_mode="HTML", reply_markup=keyboard(reply.rows))
    if reply.is_done:
        await state.set_state(None)
        await state.update_data(sent=answers)
        await query.message.answer(SENT)
    elif reply.number == int(number):
        await state.update_data(answers=answers)
    else:
        await ask(query.message, state, reply.number, answers)


@dispatcher.message(Command("status"))
async def status(message: Message, state: FSMContext) -> None:
    await message.answer(STATUS["sent" in await state.get_data()])


@dispatcher.message(Intake.naming, F.text)
async def write(message: Message, state: FSMContext) -> None:
    answers = (await state.get_data())["answers"]
    answers["name"] = [message.text]
    await ask(message, state, len(QUESTIONS) - 1, answers)


async def main(url: str, _folder: str) -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    await dispatcher.start_polling(Bot(os.environ["PEERBOT_TOKEN"], session=session))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
