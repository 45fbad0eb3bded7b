"""A Peerbot to be measured: with Telegram's limits lifted, and told by SIGUSR1 to write down what it has counted."""

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot import config
from bot.app import App
from bot.services import help_lines
from bot.store import Store
from bot.store.sealing import vault
from bot.texts import Texts

MANY = 10_000
"""Messages a second, where Telegram allows 30, which the settings hold to."""
READING = ("BEGIN", "SELECT", "SAVEPOINT", "RELEASE", "SET", "PRAGMA")


class Meter:
    """Counts statements and commits that write, and times where the CPU goes, by kind, in seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.numbers: Counter[str] = Counter()

    def add(self, **numbers: float) -> None:
        with self._lock:
            self.numbers.update(numbers)  # type: ignore[arg-type]

    @contextmanager
    def cpu(self, name: str) -> Iterator[None]:
        began = time.thread_time()
        try:
            yield
        finally:
            self.add(**{name: time.thread_time() - began})

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def within(*args: Any, **more: Any) -> Any:
            with self.cpu(name):
                return function(*args, **more)

        return within

    def watch(self, store: Store) -> None:
        """Count what a store asks of its database; a commit is timed by the clock, as it waits for the disk."""
        engine, wrote = store.engine, set[int]()

        def before(
            connection: Any, _cursor: Any, statement: str, _args: Any, context: Any, _many: bool
        ) -> None:
            self.add(statements=not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")))
            if not statement.startswith(READING):
                wrote.add(id(connection.connection.dbapi_connection))
            context.began = time.thread_time()

        def after(
            _connection: Any, _cursor: Any, _statement: str, _args: Any, context: Any, _many: bool
        ) -> None:
            self.add(database=time.thread_time() - context.began)

        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "after_cursor_execute", after)
        commit = engine.dialect.do_commit

        def timed_commit(connection: Any) -> None:
            began, is_writing = time.perf_counter(), id(connection.dbapi_connection) in wrote
            wrote.discard(id(connection.dbapi_connection))
            commit(connection)
            self.add(commits=is_writing, committing=is_writing * (time.perf_counter() - began))

        engine.dialect.do_commit = timed_commit  # type: ignore[method-assign]


async def live(app: App, meter: Meter, told: Path) -> None:
    def tell() -> None:
        numbers = {**meter.numbers, "edge": time.thread_time(), "cpu": time.process_time()}
        told.with_suffix(".new").write_text(json.dumps(numbers))
        told.with_suffix(".new").rename(told)

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, tell)
    await app.run()


def main(url: str, folder: str, database: str, *options: str) -> None:
    """`database`: "sqlite" for a file in the folder, or a URL. "metered" counts and times, which costs a little."""
    address = f"sqlite:///{folder}/peerbot.db" if database == "sqlite" else database
    settings = config.load(
        telegram={"api_url": url, "per_chat_seconds": 0, "per_person_minute": 10_000},
        store={"url": address, "key_file": f"{folder}/key"},
        token=os.environ["PEERBOT_TOKEN"],
    )
    unlimited = settings.telegram.model_copy(update={"per_second": MANY})
    settings = settings.model_copy(update={"telegram": unlimited})
    app, meter = App(settings), Meter()
    with app.store.transaction() as tx:
        help_lines.confirm(tx, settings, app.clock.now())
    if "metered" in options:
        meter.watch(app.store)
        Texts._render = meter.timed("rendering", Texts._render)  # type: ignore[method-assign]
        vault.seal = meter.timed("sealing", vault.seal)  # type: ignore[method-assign]
        vault.open = meter.timed("sealing", vault.open)  # type: ignore[method-assign]
    asyncio.run(live(app, meter, Path(folder) / "told.json"))


if __name__ == "__main__":
    main(*sys.argv[1:])
