"""What arrived from a person, free of the messenger that brought it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Event:
    """One update.

    `kind`: text, button, photo, voice, sticker, location, file, contact, edited, forwarded, group (added
    to or written in a group), left (the person blocked the bot), back (unblocked), other. `text` is what
    was written, also a caption or an edited text. `sent_at` is an aware UTC datetime, None where Telegram
    gives none. `about` is the text of the message whose button was pressed.
    """

    update_id: int
    chat_id: int
    kind: str
    text: str = ""
    data: str = ""
    about: str = ""
    language_code: str = ""
    message_id: int | None = None
    callback_id: str | None = None
    sent_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "sent_at": self.sent_at.isoformat() if self.sent_at else None}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Event":
        sent_at = data.get("sent_at")
        return cls(**{**data, "sent_at": datetime.fromisoformat(sent_at) if sent_at else None})
