"""What somebody who is erased has said in places that are others': messages that wait, texts under their buttons."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup, escape
from sqlmodel import col, select

from bot.store import holdings, outbox
from bot.store.database import Transaction
from bot.store.tables import Inbox, Outbox, Person

SHINGLE = 3
"""So many words in a row can only be theirs; what is shorter may be a common word."""


def words_of(tx: Transaction, person: Person) -> set[str]:
    """Everything that a person has written, as far as it is kept."""
    sealed = {
        column.name for table in holdings.tables() for column in table.columns if holdings.is_sealed(column)
    }
    rows = [row for each in holdings.of_person(tx, person).values() for row in each]
    told = (text for row in rows for name in sealed & row.keys() for text in _strings(row[name]))
    return {text.strip() for text in told if len(text.strip()) > 1}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def in_waiting(tx: Transaction, words: Iterable[str], besides: int) -> None:
    """Take a person's words out of what waits in others' chats.

    A message that holds a stretch of theirs is dropped. A name or a single word is blanked out where it stands.
    """
    long = {shingle for each in words for shingle in _shingles(each)}
    short = sorted((each for each in words if not list(_shingles(each))), key=len, reverse=True)
    names = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(escape(each)) for each in short) + r")(?!\w)")
    outbox.write(tx)
    query = select(Outbox).where(Outbox.outcome == "waiting", Outbox.chat_id != besides)
    for row in tx.exec(query).all():
        said = str((row.payload or {}).get("text") or (row.payload or {}).get("caption") or "")
        plain = Markup(said).striptags()  # noqa: S704 - only read
        if long & set(_shingles(plain)):
            tx.delete(row)
        elif short and said:
            name = "text" if "text" in row.payload else "caption"
            row.payload = {**row.payload, name: names.sub("…", said)}
            tx.add(row)


def under_buttons(tx: Transaction, chats: Iterable[int]) -> None:
    """Forget the texts of messages whose buttons were pressed in these chats and wait to be handled."""
    query = select(Inbox).where(col(Inbox.handled_at).is_(None), col(Inbox.chat_id).in_(list(chats)))
    for row in tx.exec(query).all():
        row.content = {**(row.content or {}), "about": ""}
        tx.add(row)


def _shingles(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    for start in range(len(words) - SHINGLE + 1):
        yield tuple(words[start : start + SHINGLE])
