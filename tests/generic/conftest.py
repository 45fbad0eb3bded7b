"""Worlds for the tests that hold for every dialog: in memory for the core, in a running service for the whole."""

from collections.abc import Iterator

import pytest

from bot.services.turn import Tools, Turn
from bot.store import Store
from bot.store.sealing import vault
from tests.conftest import KEY
from tests.generic.crawling import MONDAY, tools
from tests.generic.world import World


@pytest.fixture(scope="module")
def shared() -> Tools:
    return tools()


@pytest.fixture(scope="module", params=["sv", "da"])
def world(request: pytest.FixtureRequest, shared: Tools) -> Iterator[World]:
    """A world in memory, in one language. What a test does there is undone."""
    vault.unlock(KEY)
    store = Store("sqlite://")
    store.migrate()
    with store.transaction() as tx:
        found = World(Turn(tx, shared, MONDAY), request.param)
        found.build()
        yield found
    store.close()
