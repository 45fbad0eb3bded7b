"""Everything that is held about one person: found and erased by way of the tables' foreign keys.

A new table is covered as soon as its columns that name a person are foreign keys. A column that must
be filled makes the row the person's own; one that may be empty only mentions them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, or_, select, update
from sqlmodel import SQLModel

from bot.store import outbox
from bot.store.database import Transaction
from bot.store.sealing import Sealed
from bot.store.tables import Match, Note, Person

PERSON: Table = Person.__table__  # type: ignore[attr-defined]
MATCH: Table = Match.__table__  # type: ignore[attr-defined]
NOTE: Table = Note.__table__  # type: ignore[attr-defined]

CHAT = "chat_id"
REMOVED_WITH = ("due.person_id", "audit.person_id", "outbox.author_id")
"""Columns that may be empty, but whose rows are about the person all the same."""
NOBODYS = ("ruleuse",)
"""Tables of counts that name nobody."""
SHOWN_AS_WELL = ("due.person_id", "audit.person_id", "audit.actor_id")

Row = Mapping[str, Any]


def tables() -> Sequence[Table]:
    """The tables that hold something about people, those that others point at first."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in NOBODYS]


def names_a_person(column: Column[Any]) -> bool:
    return any(key.column.table is PERSON for key in column.foreign_keys)


def is_sealed(column: Column[Any]) -> bool:
    """Whether a column holds what people wrote."""
    return isinstance(column.type, Sealed)


def of_person(tx: Transaction, person: Person) -> dict[str, list[Row]]:
    """The rows of every table that are a person's own, or shared with the other of a match.

    Of the shared ones that the other wrote, what they wrote is left out.
    """
    outbox.write(tx)
    tx.flush()
    connection = tx.connection()
    matches = connection.execute(select(MATCH.c.id).where(or_(*_own(MATCH, person)))).scalars().all()
    return {table.name: [*_rows(connection, table, person, matches)] for table in tables()}


def _own(table: Table, person: Person) -> list[Any]:
    """The conditions of which a person's own rows meet one."""
    if table is PERSON:
        return [table.c.id == person.id]
    columns = [each for each in table.columns if names_a_person(each)]
    mine = [each == person.id for each in columns if not each.nullable or str(each) in SHOWN_AS_WELL]
    return mine + ([table.c[CHAT] == person.chat_id] if CHAT in table.c else [])


def _rows(connection: Connection, table: Table, person: Person, matches: Sequence[int]) -> Iterator[Row]:
    key = next(iter(table.primary_key))
    own = _own(table, person)
    found = connection.execute(select(table).where(or_(*own))).mappings().all() if own else []
    yield from (dict(row) for row in found)
    pointing = [each for each in table.columns if any(to.column.table is MATCH for to in each.foreign_keys)]
    if not pointing:
        return
    seen = [row[key.name] for row in found]
    without_words = select(*(each for each in table.columns if not is_sealed(each)))
    shared = without_words.where(pointing[0].in_(matches), key.not_in(seen))
    yield from (dict(row) for row in connection.execute(shared).mappings())


def erase(tx: Transaction, person: Person) -> None:
    """Remove a person and all that is theirs; what belongs to others forgets them.

    The transaction's objects are let go of: none of them is to be used afterwards.
    """
    outbox.write(tx)
    tx.flush()
    connection = tx.connection()
    connection.execute(update(NOTE).where(NOTE.c.about_id == person.id).values(text=None))
    for table in tables():
        if CHAT in table.c and table is not PERSON:
            connection.execute(delete(table).where(table.c[CHAT] == person.chat_id))
        for column in table.columns:
            if str(column) in REMOVED_WITH:
                connection.execute(delete(table).where(column == person.id))
    _remove(connection, PERSON, [person.id or 0])
    tx.expunge_all()


def remove(tx: Transaction, table: Table, ids: Sequence[int]) -> None:
    """Remove rows together with those that cannot be without them; others lose the pointer."""
    outbox.write(tx)
    tx.flush()
    _remove(tx.connection(), table, ids)


def _remove(connection: Connection, table: Table, ids: Sequence[int]) -> None:
    if not ids:
        return
    for column in _pointing_at(table):
        theirs = column.in_(ids)
        if column.nullable:
            connection.execute(update(column.table).where(theirs).values({column.name: None}))
        else:
            key = next(iter(column.table.primary_key))
            _remove(connection, column.table, connection.execute(select(key).where(theirs)).scalars().all())
    connection.execute(delete(table).where(next(iter(table.primary_key)).in_(ids)))


def _pointing_at(table: Table) -> Iterator[Column[Any]]:
    for other in tables():
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                yield column
