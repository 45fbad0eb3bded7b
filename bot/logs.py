"""What reaches the log and the screen: ids and kinds, never what somebody wrote, nor a secret that a library tells."""

import json
import logging
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType

CHATTY = ("httpx", "alembic", "apscheduler", "telegram")
"""Libraries whose everyday lines help nobody, or tell what was sent."""


USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Discreet(logging.Formatter):
    """One JSON object a line: `at`, `level`, `part`, `says` and what was passed as `extra`; without secrets.

    Of an exception only its kind and the lines of code are told: its message could be somebody's words.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "part": record.name,
            "says": _said(record),
        }
        told |= {name: value for name, value in vars(record).items() if name not in USUAL}
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["trail"] = "".join(traceback.format_tb(record.exc_info[2]))
        return self.without(json.dumps(told, ensure_ascii=False, default=str))

    def without(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


def _said(record: logging.LogRecord) -> str:
    """What a line says. asyncio's line about a task that failed has the error's message in it, so it says less."""
    if record.name == "asyncio" and record.exc_info:
        return "a task failed"
    return record.getMessage()


def set_up(secrets: Sequence[str]) -> None:
    """Log to standard error, without these secrets; of an error that nobody caught only its kind and place are told."""
    discreet = Discreet(secrets)
    handler = logging.StreamHandler()
    handler.setFormatter(discreet)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)

    def tell(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        lines = "".join(traceback.format_tb(where))
        print(discreet.without(f"{lines}{kind.__name__} (its message is not shown)"), file=sys.stderr)

    sys.excepthook = tell
