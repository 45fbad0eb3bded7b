"""How the Bot API refuses: a status, a sentence, and sometimes when to come again."""

from typing import Any


class ApiError(Exception):
    """A refused call: `status` as in HTTP, `description` in Telegram's wording, `retry_after` in seconds."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after


def bad_request(what: str) -> ApiError:
    return ApiError(400, f"Bad Request: {what}")


def forbidden(why: str) -> ApiError:
    return ApiError(403, f"Forbidden: {why}")


def conflict(why: str) -> ApiError:
    return ApiError(409, f"Conflict: {why}")


def refusal(error: ApiError) -> dict[str, Any]:
    """The body of a refused call."""
    body: dict[str, Any] = {"ok": False, "error_code": error.status, "description": error.description}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return body
