"""The programs that are compared, each as a process of its own that can be measured and killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.tryout import BotApiServer
from tests import databases

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
ENVIRONMENT = CHECKOUT / ".venv-aiogram"
"""aiogram wants another pydantic than Peerbot has, so it gets an environment of its own."""
AIOGRAM = "aiogram==3.31.0"
DURABLE = ("listen_addresses=", "max_connections=100", "shared_buffers=128MB")
"""PostgreSQL as it comes: every commit waits for the disk."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Contender:
    """`command`: run with the server's address and a folder of its own; Peerbot with a new `database`, too."""

    name: str
    command: tuple[str, ...]
    database: Callable[[], str] | None = None
    beside: int | None = None
    """The process id of a database server that works for it."""

    @property
    def is_peerbot(self) -> bool:
        return self.database is not None


@dataclass
class Running:
    """A contender's process."""

    contender: Contender
    server: BotApiServer
    folder: Path
    key: str
    process: "subprocess.Popen[bytes]" = field(init=False)
    more: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.more = (self.contender.database(),) if self.contender.database else ()

    def start(self, *options: str) -> None:
        own = {"PEERBOT_TOKEN": self.server.token, "PEERBOT_KEY": self.key, "OMP_NUM_THREADS": "1"}
        arguments = [self.server.url, str(self.folder), *self.more, *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.contender.command, *arguments],
                env={**os.environ, **own}, cwd=CHECKOUT, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def cpu(self) -> float:
        """Seconds of CPU that it has taken, with a database server that works for it alone."""
        return sum(map(cpu_of, self._all()))

    def memory(self) -> int:
        """The most bytes that the process has had resident, without a database server."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no memory is told")

    def _all(self) -> list[int]:
        return [self.process.pid, *(family(self.contender.beside) if self.contender.beside else ())]

    async def counted(self) -> dict[str, float]:
        """What a metered Peerbot has counted until now."""
        told = self.folder / "told.json"
        told.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        for _ in range(500):
            if told.exists():
                return dict(json.loads(told.read_text()))
            await asyncio.sleep(0.02)
        raise RuntimeError(f"{self.contender.name} tells nothing")


def cpu_of(pid: int) -> float:
    """User and system time of a process and of those children of it that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / TICKS


def family(pid: int) -> list[int]:
    """A process and those it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def peerbot(server: databases.Server | None = None) -> Contender:
    """On SQLite, or on PostgreSQL where there is a server."""
    command = (sys.executable, "-m", "tests.bench.peerbot")
    if server is None:
        return Contender("Peerbot, SQLite", command, lambda: "sqlite")
    return Contender("Peerbot, PostgreSQL", command, server.migrated, server.pid)


def plain() -> Contender:
    return Contender("python-telegram-bot", (sys.executable, str(HERE / "plain_bot.py")))


@contextmanager
def all_of_them(key: str) -> Iterator[list[Contender]]:
    """Those that can run here: Peerbot on both databases, the plain bot, and aiogram where it has its environment."""
    found = [peerbot()]
    with databases.postgresql(key, DURABLE) as server:
        found.append(peerbot(server))
        found.append(plain())
        python = ENVIRONMENT / "bin/python"
        if python.exists():
            found.append(Contender("aiogram", (str(python), str(HERE / "aiogram_bot.py"))))
        yield found


def make_environment() -> None:
    """Make aiogram's environment; raises subprocess.CalledProcessError when that cannot be done."""
    subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
    subprocess.run([ENVIRONMENT / "bin/pip", "install", "-q", AIOGRAM], check=True, stderr=subprocess.DEVNULL)
