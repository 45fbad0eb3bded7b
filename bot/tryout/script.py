"""`peerbot try --script`: one whole story in each language, from the first message to the digest, in the terminal."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import MovableClock
from bot.tryout import Account, cast
from bot.tryout.cast import COORDINATOR, PEER, USER
from bot.tryout.command import Tryout, tryout
from bot.tryout.world import Message

BEGINS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday; stories are played by a clock of their own."""

Print = Callable[[str], None]


class ScriptError(Exception):
    """A story could not go on: the bot did not offer what the story presses."""


async def play(out: Print) -> None:
    """Play the stories of both languages, printing each message as it comes. Raises ScriptError."""
    for language in ("sv", "da"):
        await play_one(language, out)


async def play_one(language: str, out: Print) -> None:
    story = cast.story(language)
    out(f"\n=== {story['title']} ===")
    with tempfile.TemporaryDirectory(prefix="peerbot-") as folder:
        async with tryout(Path(folder), MovableClock(BEGINS), live=False, language=language) as running:
            stage = Stage(running, story["names"], out)
            for act in story["act"]:
                await stage.perform(act)


class Stage:
    """The three of a story, and what has been printed of their chats so far."""

    def __init__(self, running: Tryout, names: dict[str, str], out: Print) -> None:
        self._running, self._names, self._out = running, names, out
        ids = {"user": USER, "peer": PEER, "coordinator": COORDINATOR}
        language = running.language_code
        self._people = {
            role: running.server.user(user_id, names[role], language) for role, user_id in ids.items()
        }
        self._printed = dict.fromkeys(ids, 0)

    async def perform(self, act: dict[str, str | int]) -> None:
        """One act: somebody says or presses something, or time passes (hours)."""
        if "hours" in act:
            await self._pass_time(timedelta(hours=int(act["hours"])))
        for role in self._people:
            if role in act:
                await self._do(role, str(act[role]))

    async def _pass_time(self, by: timedelta) -> None:
        self._out(f"\n--- {by} ---")
        await self._running.move_clock(self._running.clock.now() + by)
        await self._settle()

    async def _do(self, role: str, what: str) -> None:
        account = self._people[role]
        self._out(f"\n{self._names[role]}: {what}")
        if what.startswith("[") and what.endswith("]"):
            await self._press(account, what[1:-1])
        else:
            await account.send(what)
        await self._settle()

    async def _press(self, account: Account, label: str) -> None:
        try:
            await account.press(label)
        except LookupError as error:
            raise ScriptError(f"{account.first_name} finds no button {label!r}") from error

    async def _settle(self) -> None:
        await self._running.settled()
        for role, account in self._people.items():
            for message in account.received[self._printed[role] :]:
                self._show(role, message)
            self._printed[role] = len(account.received)

    def _show(self, role: str, message: Message) -> None:
        self._out(f"\n  bot -> {self._names[role]}")
        for line in message.text.splitlines():
            self._out(f"  | {line}")
        if message.kind == "document":
            self._out(f"  | <{message.json['document']['file_name']}>")
        for row in message.rows:
            self._out("  | " + "  ".join(f"[{button.label}]" for button in row))
