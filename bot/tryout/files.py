"""The files that the server holds: what the bot sent and what people sent."""

import secrets
import struct
from dataclasses import dataclass
from typing import Any

from bot.tryout.decode import Upload
from bot.tryout.errors import bad_request


@dataclass(frozen=True)
class StoredFile:
    """A file with its id; `path` is what getFile tells."""

    file_id: str
    path: str
    upload: Upload

    def described(self) -> dict[str, Any]:
        """The fields that every Telegram file object has."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_id[-12:],
            "file_size": len(self.upload.data),
        }


class Files:
    """Files by id and by path."""

    def __init__(self) -> None:
        self.by_id: dict[str, StoredFile] = {}

    def store(self, kind: str, upload: Upload) -> StoredFile:
        """Keep an upload; `kind` is its folder, e.g. "documents"."""
        ending = upload.filename.rpartition(".")[2] if "." in upload.filename else "bin"
        file_id = secrets.token_urlsafe(30)
        path = f"{kind}/file_{len(self.by_id)}.{ending}"
        self.by_id[file_id] = StoredFile(file_id, path, upload)
        return self.by_id[file_id]

    def accept(self, kind: str, given: Upload | str, limit: int) -> StoredFile:
        """The file that a call names: an upload of at most `limit` bytes, or the id of one we hold."""
        if isinstance(given, str):
            return self.get(given)
        if not given.data:
            raise bad_request("file must be non-empty")
        if len(given.data) > limit:
            raise bad_request("file is too big")
        return self.store(kind, given)

    def get(self, file_id: str) -> StoredFile:
        """By id; addresses are refused, as nothing here leaves the machine."""
        if file_id.startswith(("http://", "https://")):
            raise bad_request("wrong type of the web page content")
        if file_id not in self.by_id:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self.by_id[file_id]

    def at(self, path: str) -> StoredFile | None:
        return next((file for file in self.by_id.values() if file.path == path), None)


def photo_size(file: StoredFile) -> dict[str, Any]:
    """Telegram's PhotoSize of a picture."""
    width, height = picture_size(file.upload.data)
    return {**file.described(), "width": width, "height": height}


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG; raises ApiError for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    if data[:2] == b"\xff\xd8" and (size := _jpeg_size(data)):
        return size
    raise bad_request("IMAGE_PROCESS_FAILED")


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """From the first start-of-frame segment (ISO/IEC 10918-1, B.2.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + length
    return None
