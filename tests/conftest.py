"""The whole service for tests: real python-telegram-bot over HTTP, a real database, a clock that stands still."""

import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography.fernet import Fernet
from playwright.async_api import Browser, async_playwright

from bot import config
from bot.app import App
from bot.clock import MovableClock
from bot.language.engine import LanguageEngine
from bot.services import help_lines, invitations
from bot.store import Store
from bot.store.tables import Person
from bot.tryout import Account, BotApiServer
from tests import evidence
from tests.databases import NAMES, Server, postgresql
from tests.tryout.contract import Spec, load_spec, validate

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday at 10 in Stockholm and Copenhagen."""

MEMORY = Path("/dev/shm")
"""Where there is one, the tests' databases are there: a commit waits as in real life, but not for long."""
if os.access(MEMORY, os.W_OK):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

KEY = Fernet.generate_key().decode()
LANGUAGE = LanguageEngine()


class Service:
    """A running Peerbot, moved on by hand: `settle` until nothing waits."""

    def __init__(
        self,
        server: BotApiServer,
        clock: MovableClock,
        folder: Path,
        language: LanguageEngine,
        url: str = "",
        **organisation: Any,
    ) -> None:
        self.language = language
        self.server, self.clock, self.folder = server, clock, folder
        self.settings = config.load(
            telegram={
                "api_url": server.url,
                "per_second": 30,
                "per_chat_seconds": 0,
                "per_person_minute": 10_000,
            },
            store={"url": url or f"sqlite:///{folder}/peerbot.db", "key_file": f"{folder}/key"},
            token=server.token,
        )
        changed = self.settings.organisation.model_copy(update=organisation)
        self.settings = self.settings.model_copy(update={"organisation": changed})
        self.app = App(self.settings, clock=clock, language=self.language)
        self._ids = iter(range(101, 100_000))

    async def start(self) -> None:
        await self.app.start()
        with self.store.transaction() as tx:
            help_lines.confirm(tx, self.settings, self.clock.now())

    async def restart(self) -> None:
        """Stop the process and start it again: nothing survives but the database."""
        await self.app.stop()
        self.app = App(self.settings, clock=self.clock, language=self.language)
        await self.app.start()

    async def settle(self) -> None:
        """Receive, handle and send until nothing waits any more."""
        while await self.app.poller.poll(0):
            pass
        while await self.app.work() + await self.app.dispatch():
            pass
        while sent := await self.app.sender.send_due():
            self.clock.advance(timedelta(milliseconds=50) * sent)

    async def move(self, to: datetime | timedelta) -> None:
        self.clock.set(to) if isinstance(to, datetime) else self.clock.advance(to)
        await self.settle()

    @property
    def store(self) -> Store:
        return self.app.store

    def person(self, name: str, language: str = "sv") -> "Chatter":
        return Chatter(self, self.server.user(next(self._ids), name, language))

    def invitation(self, role: str) -> str:
        with self.store.transaction() as tx:
            return invitations.issue(tx, role, self.clock.now(), timedelta(days=14))


class Chatter:
    """A person at the other end; each act is followed by all that it causes."""

    def __init__(self, service: Service, account: Account) -> None:
        self.service, self.account = service, account

    async def start(self, payload: str = "") -> "Chatter":
        await self.account.start(payload or None)
        await self.service.settle()
        return self

    async def send(self, *texts: str) -> "Chatter":
        for text in texts:
            await self.account.send(text)
            await self.service.settle()
        return self

    async def press(self, *labels: str) -> "Chatter":
        for label in labels:
            await self.account.press(label)
            await self.service.settle()
        return self

    async def do(self, act: Callable[[Account], object]) -> "Chatter":
        """Any other act of the account, e.g. `lambda account: account.send_photo()`."""
        await act(self.account)  # type: ignore[misc]
        await self.service.settle()
        return self

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.account.received]

    @property
    def last(self) -> str:
        return self.texts[-1]

    @property
    def labels(self) -> list[str]:
        """The labels of the buttons under the newest message."""
        return self.account.last.labels

    @property
    def files(self) -> list[bytes]:
        """The documents that the bot has sent, oldest first."""
        found = [message.json["document"] for message in self.account.received if message.kind == "document"]
        return [self.service.server.world.files.get(each["file_id"]).upload.data for each in found]

    @property
    def row(self) -> Person:
        from bot.store import queries

        with self.service.store.transaction() as tx:
            person = queries.person_by_chat(tx, self.account.id)
        assert person is not None
        return person


@cache
def published_api() -> Spec | None:
    """The Bot API as it is published, where it is present beside the checkout."""
    return load_spec()


@cache
def migrated() -> bytes:
    """A database file with every table, made once and written for each test."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        file = Path(folder) / "peerbot.db"
        store = Store(f"sqlite:///{file}")
        store.migrate()
        store.close()
        return file.read_bytes()


@asynccontextmanager
async def serving(
    folder: Path, language: LanguageEngine = LANGUAGE, url: str = "", **organisation: Any
) -> AsyncIterator[Service]:
    """A service with its database in a folder, or at a URL; in the end its calls are held against the published API.

    `organisation`: settings of that section that are to be others.
    """
    clock = MovableClock(MONDAY)
    server = BotApiServer(clock)
    await server.start()
    (folder / "peerbot.db").write_bytes(migrated())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEERBOT_KEY", KEY)
        service = Service(server, clock, folder, language, url, **organisation)
        await service.start()
        yield service
        await service.app.stop()
    await server.stop()
    spec = published_api()
    if spec is not None:
        assert validate(server.calls, spec) == []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-databases", action="store_true", help="run every test that touches the store on PostgreSQL too"
    )
    parser.addoption(
        "--evidence",
        action="store_true",
        help="run only the tests named in EVIDENCE.md, and say what they show",
    )
    parser.addoption("--kills", type=int, default=4, help="how often processes are killed (tests/durability)")
    parser.addoption("--histories", type=int, default=20, help="how many random histories are played")
    parser.addoption("--seed", type=int, default=1, help="of what is random in tests/durability")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--evidence"):
        items[:], others = evidence.select(items)
        config.hook.pytest_deselected(items=others)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What tests have counted and timed; with --evidence also what became of each claim."""
    stats = terminalreporter.stats
    reports = [each for kind in ("passed", "", "failed") for each in stats.get(kind, ())]
    if config.getoption("--evidence"):
        passed = Counter(evidence.test_of(each.nodeid) for each in stats.get("passed", ()))
        failed = [
            evidence.test_of(each.nodeid) for each in (*stats.get("failed", ()), *stats.get("error", ()))
        ]
        terminalreporter.section("claims")
        for claim in evidence.claims():
            terminalreporter.line(f"{evidence.outcome(claim, passed, failed):>12}  {claim.text}")
    for number, (what, figure) in enumerate(evidence.figures(reports).items()):
        if not number:
            terminalreporter.section("figures")
        terminalreporter.line(
            f"{figure:>12.3g}  {what}" if isinstance(figure, float) else f"{figure:>12}  {what}"
        )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `both_databases` run on SQLite and on PostgreSQL; with --all-databases every one does."""
    if "database" not in metafunc.fixturenames:
        return
    both = metafunc.definition.get_closest_marker("both_databases")
    if both or metafunc.config.getoption("--all-databases"):
        metafunc.parametrize("database", NAMES, indirect=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with postgresql(KEY) as server:
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of this test's own."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path}/peerbot.db"
    server: Server = request.getfixturevalue("postgresql_server")
    return server.migrated()


@pytest.fixture
async def service(tmp_path: Path, database: str) -> AsyncIterator[Service]:
    async with serving(tmp_path, url=database) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        await opened.close()
