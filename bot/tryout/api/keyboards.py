"""Inline keyboards: what Telegram takes of them."""

from urllib.parse import urlsplit

from bot.tryout import table
from bot.tryout.errors import bad_request
from bot.tryout.world import Json


def inline_markup(given: Json) -> Json:
    """The keyboard that stays with the message; other markups are not part of it."""
    rows = given.get("reply_markup", {}).get("inline_keyboard")
    if not rows:
        return {}
    if sum(len(row) for row in rows) > table.BUTTONS_LIMIT:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _check_button(button)
    return {"reply_markup": {"inline_keyboard": rows}}


def _check_button(button: Json) -> None:
    actions = button.keys() - {"text", "style"}
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action is allowed")
    if not 1 <= len(button.get("callback_data", "-").encode()) <= table.CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not _is_address(button["url"]):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "tg") and bool(parts.netloc)
