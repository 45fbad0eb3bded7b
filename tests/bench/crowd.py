"""People who walk through the intake, each as fast as they are answered, on the local Bot API server."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from bot.tryout import Account, BotApiServer

FLOW = (
    ("/start", "Okej, gå vidare"),
    ("Okej, gå vidare", "Sverige"),
    ("Sverige", "Ja, och jag är minst 18"),
    ("Ja, och jag är minst 18", "Hitta en peer"),
    ("Hitta en peer", "Hoppa över"),
    ("Hoppa över", "Ensamhet"),
    ("Ensamhet", "✓ Ensamhet"),
    ("Klart", "Samtal på tu man hand"),
    ("Samtal på tu man hand", "Ons kväll"),
    ("Ons kväll", "✓ Ons kväll"),
    ("Klart", "Stockholm"),
    ("Stockholm", "Vad vill du bli kallad?"),
    ("Kim", "Skicka"),
    ("Skicka", "nu är det skickat"),
)
"""What a person does, and by what they know that it is answered: a button, or words of a message."""
WRITTEN = ("/start", "Kim")
STATUS = ("/status", "ligger hos samordnaren")
PATIENCE = 60.0
"""Seconds after which an answer counts as missing."""


@dataclass
class Told:
    """What came of it: the time of each answer in seconds, and how many waited for one in vain."""

    seconds: list[float] = field(default_factory=list)
    unanswered: int = 0
    lost: int = 0
    """People who got no answer the second time either, and would have to begin anew."""


class Crowd:
    """Walks people through the flow, `at_once` at a time. `pause`: seconds that each thinks before an act.

    `patience`: seconds until an answer counts as missing. `half_way` is set after `half` acts.
    """

    def __init__(
        self,
        server: BotApiServer,
        at_once: int,
        *,
        pause: float = 0,
        patience: float = PATIENCE,
        half: int = 0,
    ) -> None:
        self._server, self._pause, self._patience = server, pause, patience
        self._turn = asyncio.Semaphore(at_once)
        self._news: dict[int, asyncio.Event] = {}
        self.told = Told()
        self._acts, self._half, self.half_way = 0, half, asyncio.Event()
        self._stop = server.world.watch(self._changed)

    def _changed(self, chat_id: int | None) -> None:
        if chat_id in self._news:
            self._news[chat_id].set()

    async def walk(self, ids: range) -> list[Account]:
        """Everybody through the whole flow; gives those who got to its end."""
        try:
            done = await asyncio.gather(*(self._one(number) for number in ids))
        finally:
            self._stop()
        return [account for account in done if account is not None]

    async def _one(self, number: int) -> Account | None:
        async with self._turn:
            account = self._server.user(number, "Kim", "sv")
            for act, sign in FLOW:
                await asyncio.sleep(self._pause)
                if not await self.do(account, act, sign):
                    return None
            return account

    async def do(self, account: Account, act: str, sign: str) -> bool:
        """One act, and once more if nothing comes of it; whether it was answered."""
        for _ in range(2):
            before = len(account.chat.by_id)
            began = time.perf_counter()
            await (account.send(act) if act in (*WRITTEN, STATUS[0]) else account.press(act))
            self._acts += 1
            if self._acts == self._half:
                self.half_way.set()
            if await self._answered(account, sign, before):
                self.told.seconds.append(time.perf_counter() - began)
                return True
            self.told.unanswered += 1
        self.told.lost += 1
        return False

    async def _answered(self, account: Account, sign: str, before: int) -> bool:
        news = self._news[account.id] = asyncio.Event()
        try:
            async with asyncio.timeout(self._patience):
                while not _stands(account, sign, before):
                    news.clear()
                    await news.wait()
        except TimeoutError:
            return False
        return True


def _stands(account: Account, sign: str, before: int) -> bool:
    """Whether the sign is in a message that is new, or on a button that was changed."""
    messages = account.chat.messages
    new = [each for each in messages[before:] if each.from_bot]
    if any(sign in each.labels or sign in each.text for each in new):
        return True
    return sign.startswith("✓") and any(sign in each.labels for each in messages[-2:])


def doubled(accounts: list[Account]) -> int:
    """How many messages stand more than once, where the flow shows each once."""
    found = 0
    for account in accounts:
        texts = Counter((each.text, *each.labels) for each in account.received)
        found += sum(number - 1 for number in texts.values())
    return found
