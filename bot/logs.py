"""What reaches the log and the screen: never a secret, whatever a library puts into its own lines."""

import logging
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

CHATTY = ("httpx", "alembic", "apscheduler", "telegram")
"""Libraries whose everyday lines help nobody, or tell what was sent."""


class Discreet(logging.Formatter):
    """A line without secrets, also in the words of an exception."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        return self.without(super().format(record))

    def without(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


def set_up(secrets: Sequence[str]) -> None:
    """Log to standard error, without these secrets; nor are they in an error that nobody caught."""
    discreet = Discreet(secrets)
    handler = logging.StreamHandler()
    handler.setFormatter(discreet)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)

    def tell(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        print(
            discreet.without("".join(traceback.format_exception(kind, error, where))), file=sys.stderr, end=""
        )

    sys.excepthook = tell
