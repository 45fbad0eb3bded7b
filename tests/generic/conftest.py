"""Worlds for the tests that hold for every dialog: in memory for the core, in a running service for the whole."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bot.services.turn import Tools, Turn
from bot.store import Store
from bot.store.sealing import vault
from bot.texts import LANGUAGES
from tests.conftest import KEY
from tests.generic.crawling import MONDAY, tools
from tests.generic.world import World


@pytest.fixture(scope="module")
def shared() -> Tools:
    return tools()


@pytest.fixture(scope="module")
def worlds(shared: Tools) -> Iterator[dict[str, World]]:
    """A world in memory in each language. What a test does there is to be undone."""
    vault.unlock(KEY)
    with ExitStack() as stack:
        yield {language: stack.enter_context(inhabited(language, shared)) for language in LANGUAGES}


@contextmanager
def inhabited(language: str, shared: Tools) -> Iterator[World]:
    store = Store("sqlite://")
    store.migrate()
    with store.transaction() as tx:
        world = World(Turn(tx, shared, MONDAY), language)
        world.build()
        yield world
    store.close()


@pytest.fixture(params=LANGUAGES)
def world(request: pytest.FixtureRequest, worlds: dict[str, World]) -> World:
    return worlds[request.param]
