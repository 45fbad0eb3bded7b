"""Who has been erased, so that a backup that is restored forgets them too: a file of hashed ids beside the key.

Each line is a moment and a hash. The ids of chats are few enough to be guessed one by one, so the hash is a slow one
(scrypt, with the file's own salt). Lines older than the oldest backup are of no use and are removed.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

FILE = "erased.txt"


class Erasures:
    """The list in a file; there need not be one yet."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def add(self, chat_id: int, at: datetime) -> None:
        """Remember that a chat's person was erased at `at` (aware); on the disk when this returns."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        salt = self._salt() or self._begin()
        self._write(f"{at.isoformat()} {_hash(chat_id, salt)}\n", os.O_APPEND)

    def last(self, chat_id: int) -> datetime | None:
        """When the chat's person was last erased; None when never."""
        salt = self._salt()
        if salt is None:
            return None
        hashed = _hash(chat_id, salt)
        return max((at for at, each in self._lines() if each == hashed), default=None)

    def prune(self, before: datetime) -> None:
        """Forget what was erased before a moment that no backup reaches back to."""
        salt = self._salt()
        kept = [(at, hashed) for at, hashed in self._lines() if at >= before]
        if salt is not None and len(kept) < len(list(self._lines())):
            text = "".join([f"salt {salt}\n", *(f"{at.isoformat()} {hashed}\n" for at, hashed in kept)])
            self._write(text, os.O_TRUNC)

    def _salt(self) -> str | None:
        if not self.file.exists():
            return None
        return self.file.read_text("ascii").split("\n", 1)[0].removeprefix("salt ") or None

    def _begin(self) -> str:
        salt = secrets.token_hex(16)
        self._write(f"salt {salt}\n", os.O_TRUNC)
        return salt

    def _lines(self) -> Iterator[tuple[datetime, str]]:
        if self.file.exists():
            for line in self.file.read_text("ascii").splitlines()[1:]:
                at, _, hashed = line.partition(" ")
                yield datetime.fromisoformat(at), hashed

    def _write(self, text: str, how: int) -> None:
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT | how, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())


def _hash(chat_id: int, salt: str) -> str:
    return hashlib.scrypt(str(chat_id).encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1).hex()
