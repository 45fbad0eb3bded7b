"""A slow analysis of one person's text delays nobody else, and holds no lock while it goes on."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from bot.store import StoreError
from tests.conftest import Service, serving
from tests.durability.child import NoAnalysis


class Slow(NoAnalysis):
    """Thinks about some words until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.thinking, self.go_on = threading.Event(), threading.Event()

    def understand(self, text: str, *args: Any) -> Any:
        self.thinking.set()
        self.go_on.wait(30)
        raise LookupError("enough")


@pytest.mark.both_databases
async def test_one_is_thought_about_while_another_is_answered(database: str, tmp_path: Path) -> None:
    language = Slow()
    async with serving(tmp_path, language, url=database) as service:
        kim, alex = service.person("Kim"), service.person("Alex")
        for person in (kim, alex):
            await person.start()
            await person.press("Okej, gå vidare", "Sverige", "Ja, och jag är minst 18")
        before = len(alex.texts)
        running = asyncio.create_task(service.app.run())
        try:
            await kim.account.send("Något som kräver eftertanke")
            await asyncio.to_thread(language.thinking.wait, 30)
            await alex.account.send("/hjalp")
            await service.server.until(lambda: len(alex.texts) > before, 30)
        finally:
            language.go_on.set()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.mark.both_databases
async def test_what_could_not_be_handled_is_free_at_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was out of reach for a moment: nobody waits until what a process held has run out."""
    kim = service.person("Kim")
    await kim.account.start()
    await service.app.poller.poll(0)

    def out_of_reach(*_: Any) -> None:
        raise StoreError("the server has gone away")

    with monkeypatch.context() as patch:
        patch.setattr("bot.app.handle", out_of_reach)
        with pytest.raises(StoreError):
            await service.app.work()
    await service.settle()
    assert len(kim.texts) == 1
