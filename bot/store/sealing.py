"""Encryption of columns: free text, names and updates are sealed before they reach the database.

Fernet (AES-128-CBC with HMAC-SHA256, authenticated) from the `cryptography` library. The key lives
apart from the database, in PEERBOT_KEY or a key file.
"""

import json
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

ENVIRONMENT = "PEERBOT_KEY"


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
            raise KeyProblem("the key does not fit the database") from error

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


def find_key(file: Path, *, create: bool) -> str:
    """The key from the environment or the file; with `create` a new file is made (mode 600).

    Raises KeyProblem when there is none.
    """
    if key := os.environ.get(ENVIRONMENT):
        return key
    if file.exists():
        return file.read_text("ascii").strip()
    if not create:
        raise KeyProblem(f"the database exists, but its key does not: set {ENVIRONMENT} or restore {file}")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Fernet.generate_key().decode()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(key + "\n")
    return key
