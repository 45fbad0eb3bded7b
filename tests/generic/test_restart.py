"""The process stops in every state of every dialog, and goes on as if nothing had been.

The same way is gone twice through the whole service, once undisturbed. With a restart in every state, when an update
has just been stored, when it has been handled and when the answer has been sent, everybody's chats are the same.
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.services.buttons import AnswerData, StartData
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Conversation, Person
from bot.tryout import Account, Message
from dialogs import DIALOGS
from tests.conftest import Service, serving
from tests.generic.crawling import YOUTH, Foreseen, Trail, Walk, trails
from tests.generic.world import FIRST_CHAT, PEOPLE, World

Chats = dict[str, list[tuple[str, list[str]]]]


class Replay:
    """A trail through the running service, by the person who began it."""

    def __init__(self, service: Service, person: str, dialog: str, language: str) -> None:
        self.service, self.dialog = service, DIALOGS[dialog]
        self.accounts = {
            name: service.server.user(FIRST_CHAT + number, name, language)
            for number, name in enumerate(PEOPLE)
        }
        for account in self.accounts.values():
            account.chat.access = "open"
        self.account: Account = self.accounts[person]
        with service.store.transaction() as tx:
            World(Turn(tx, service.app.tools, service.clock.now()), language).build()

    async def run(self, subject: int | None, trail: Trail, *, restarts: bool) -> Chats:
        """Go the trail; gives what stands in everybody's chat afterwards."""
        await self.account.send("/hjalp")
        await self.service.settle()
        await self.account.press(str(StartData(self.dialog.name, subject)), self.account.last)
        await self.service.settle()
        for number, act in enumerate(trail.acts):
            if act.kind == "type":
                await self.account.send(act.value)
            else:
                await self._press(act.value)
            await self._carry_on(number % 3 if restarts else None)
            self.service.clock.advance(timedelta(seconds=1))
        return {name: [_shown(each) for each in account.received] for name, account in self.accounts.items()}

    async def _press(self, key: str) -> None:
        row = self._row()
        data = str(AnswerData(row.id or 0, row.state, key))
        shown = [each for each in self.account.received if data in [button.data for button in each.buttons]]
        assert shown, f"{self.dialog.name}.{row.state}: nothing shows {key}"
        await self.account.press(data, shown[-1])

    def _row(self) -> Conversation:
        with self.service.store.transaction() as tx:
            person = queries.first(tx, Person, chat_id=self.account.id)
            assert person is not None
            return queries.open_conversations(tx, person.id or 0)[0]

    async def _carry_on(self, stop_after: int | None) -> None:
        """Receive, handle, send; stop and start again after one of the three, and in peace at the end."""
        parts = (lambda: self.service.app.poller.poll(0), lambda: self.service.app.work(), self._send)
        for number, part in enumerate(parts):
            await part()
            if number == stop_after:
                await self.service.restart()
        await self.service.settle()

    async def _send(self) -> None:
        await self.service.app.sender.send_due()


def _shown(message: Message) -> tuple[str, list[str]]:
    """What is seen; the code of an invitation differs from one to the next."""
    return re.sub(r"start[= ][\w-]{24}", "start", message.text), message.labels


@pytest.mark.parametrize("name", DIALOGS)
async def test_a_restart_in_every_state(name: str, worlds: dict[str, World], tmp_path: Path) -> None:
    language = "sv" if list(DIALOGS).index(name) % 2 else "da"
    world, dialog = worlds[language], DIALOGS[name]
    questions = {state.name for state in dialog.states.values() if state.is_question}
    been: set[str] = set()
    for person, subject in world.beginnings(dialog):
        if been == questions:
            break
        who = PEOPLE[person.chat_id - FIRST_CHAT]
        for number, trail in enumerate(
            trails(Walk(world.tx, world.turn.tools, person, dialog), subject, been)
        ):
            chats = []
            for restarts in (False, True):
                folder = tmp_path / f"{who}{number}{restarts}"
                folder.mkdir()
                async with serving(folder, Foreseen(), **YOUTH) as service:
                    chats.append(
                        await Replay(service, who, name, language).run(subject, trail, restarts=restarts)
                    )
            assert chats[0] == chats[1]
            been |= trail.states
    assert been == questions
