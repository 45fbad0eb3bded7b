"""Typed habits of the week as the dialog engine wants them: the parts of days that are ticked."""

from collections.abc import Collection

from bot.dialog.conversation import Ticked
from bot.language.week import WHOLE_WEEK, Slot, read_week
from dialogs.shared import DAYS


def read(text: str, language: str, ticked: Collection[str]) -> Ticked | None:
    """The keys of `dialogs.shared.TIMES` that are ticked after `text`, which were `ticked` before.

    None when the text names none, or leaves none over.
    """
    week = read_week(text, "da" if language == "da" else "sv")
    after = week.after(frozenset(slot for slot in WHOLE_WEEK if _key(slot) in ticked))
    if not after or not (week.named or week.refused):
        return None
    return Ticked(frozenset(map(_key, after)), week.whole)


def _key(slot: Slot) -> str:
    day, part = slot
    return f"{DAYS[day]}_{part}"
