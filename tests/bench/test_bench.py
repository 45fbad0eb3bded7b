"""The benchmarks measure what they say, and what one message costs does not grow with the number of people."""

import asyncio
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.tryout import BotApiServer
from tests.bench.contenders import Contender, Running, peerbot, plain
from tests.bench.crowd import FLOW, STATUS, Crowd
from tests.bench.growth import Grown, p99
from tests.conftest import KEY

MANY = 30


def test_a_message_asks_no_more_of_the_database_when_there_are_more_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERBOT_KEY", KEY)
    found = {}
    for people in (200, 2000):
        (tmp_path / f"{people}").mkdir()
        grown = Grown(tmp_path / f"{people}", people, "sqlite")
        found[people] = grown.messages(MANY)
        assert grown.digest().statements < 20
        grown.app.store.close()
    statements, thousands = (
        [p99(getattr(each, name) for each in costs) for costs in found.values()]
        for name in ("statements", "thousands")
    )
    assert statements[0] == statements[1]
    assert thousands[1] <= thousands[0] * 1.3 + 1


async def test_the_same_intake_in_peerbot_and_in_a_plain_bot(tmp_path: Path) -> None:
    await asyncio.gather(walked(peerbot(), tmp_path), walked(plain(), tmp_path))


async def walked(contender: Contender, folder: Path) -> None:
    """Two people through it all, and then they ask how it stands."""
    server = BotApiServer(SystemClock())
    await server.start()
    running = Running(contender, server, folder, KEY)
    running.start()
    try:
        crowd = Crowd(server, 2)
        done = await crowd.walk(range(1, 3))
        assert len(crowd.told.seconds) == 2 * len(FLOW), (folder / "log").read_text()
        asking = Crowd(server, 2)
        assert [await asking.do(account, *STATUS) for account in done] == [True, True]
    finally:
        running.kill()
        await server.stop()
