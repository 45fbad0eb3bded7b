"""Encryption of columns: free text, names and updates are sealed before they reach the database.

Fernet (AES-128-CBC with HMAC-SHA256, authenticated) from the `cryptography` library. The key lives
apart from the database, in PEERBOT_KEY or a key file.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

ENVIRONMENT = "PEERBOT_KEY"
WRONG = f"the key does not fit the database: set {ENVIRONMENT} or restore the key file that belongs to it"


class KeyProblem(Exception):
    """The key is missing, malformed or not the one that the database was sealed with."""


class Vault:
    """Seals and opens values. Several keys may be held: the first seals, all are tried to open."""

    def __init__(self) -> None:
        self._cipher: MultiFernet | None = None

    def unlock(self, *keys: str | bytes) -> None:
        """Use these keys from now on; raises KeyProblem for a malformed one."""
        try:
            self._cipher = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise KeyProblem("the key is malformed: it is 32 bytes in URL-safe base64") from error

    def seal(self, value: Any) -> bytes:
        return self._ready().encrypt(json.dumps(value, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> Any:
        """The sealed value; raises KeyProblem when it was sealed with another key."""
        try:
            return json.loads(self._ready().decrypt(sealed))
        except InvalidToken as error:
            raise KeyProblem(WRONG) from error

    def reseal(self, sealed: bytes) -> bytes:
        """The same value sealed with the first key; raises KeyProblem when no key opens it."""
        try:
            return self._ready().rotate(sealed)
        except InvalidToken as error:
            raise KeyProblem(WRONG) from error

    def _ready(self) -> MultiFernet:
        if self._cipher is None:
            raise KeyProblem("no key: set PEERBOT_KEY or [store] key_file")
        return self._cipher


vault = Vault()
"""The process's vault, unlocked once by the composition root."""


class Sealed(TypeDecorator[Any]):
    """A column that holds any JSON value, sealed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        return None if value is None else vault.seal(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        return None if value is None else vault.open(value)


def find_keys(file: Path, *, create: bool) -> tuple[str, ...]:
    """The keys from the environment or the file, the one that seals first; with `create` a file is made (mode 600).

    More than one, apart by spaces or lines, are there while keys are changed. Raises KeyProblem when there is none.
    """
    if found := os.environ.get(ENVIRONMENT, "").split():
        return tuple(found)
    if file.exists():
        if found := file.read_text("ascii", "replace").split():
            return tuple(found)
        raise KeyProblem(f"the key file {file} is empty: restore it from your copy")
    if not create:
        raise KeyProblem(f"the database exists, but its key does not: set {ENVIRONMENT} or restore {file}")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_keys(file, (new_key(),))
    return find_keys(file, create=False)


def new_key() -> str:
    return Fernet.generate_key().decode()


def write_keys(file: Path, keys: Sequence[str]) -> None:
    """Put keys into a file (mode 600): the whole of it is there, or what was there before."""
    fresh = file.with_name(f"{file.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write("\n".join(keys) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(file)
