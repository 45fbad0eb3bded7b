"""The key and the database: whether they fit, and sealing everything anew with another key."""

from collections.abc import Iterator

from sqlalchemy import Column, LargeBinary, Table, literal, select, type_coerce, update

from bot.store.database import Store
from bot.store.holdings import is_sealed, tables
from bot.store.sealing import vault


def sealed_columns() -> Iterator[tuple[Table, Column[bytes]]]:
    """Every column that holds sealed values, also those that the outbox seals itself."""
    for table in tables():
        for column in table.columns:
            if is_sealed(column) or isinstance(column.type, LargeBinary):
                yield table, column


LATEST = 1000


def check(store: Store) -> None:
    """Raises KeyProblem when the vault's key does not open what was written last to the database."""
    with store.engine.connect() as connection:
        for table, column in sealed_columns():
            key = next(iter(table.primary_key))
            latest = (
                select(type_coerce(column, LargeBinary).label("value")).order_by(key.desc()).limit(LATEST)
            )
            found = latest.subquery().c.value
            for value in connection.execute(select(found).where(found.is_not(None)).limit(1)).scalars():
                vault.open(value)


def reseal(store: Store) -> int:
    """Seal every value anew with the vault's first key, in one transaction; gives how many there were."""
    count = 0
    with store.engine.begin() as connection:
        for table, column in sealed_columns():
            key = next(iter(table.primary_key))
            found = select(key, type_coerce(column, LargeBinary)).where(column.is_not(None))
            for row_id, value in connection.execute(found).all():
                anew = literal(vault.reseal(value), LargeBinary)
                connection.execute(update(table).where(key == row_id).values({column.name: anew}))
                count += 1
    return count
