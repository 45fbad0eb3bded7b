"""A database of an earlier version is brought up to date with everything that is in it."""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from bot.store import Store, migrating, queries
from bot.store.sealing import vault
from bot.store.tables import Alert, Person
from tests.conftest import KEY

BEFORE = (
    "INSERT INTO person (id, chat_id, language, language_chosen, of_age, peer, coordinator, status, reminders,"
    " created_at) VALUES (1, 7, 'da', 1, 1, 'no', 0, 'active', 'both', '2026-11-20 10:00:00')",
    "INSERT INTO alert (id, person_id, status, created_at) VALUES (1, 1, 'told', '2026-11-20 10:00:00')",
)


def test_alerts_and_people_of_before_are_kept(tmp_path: Path) -> None:
    vault.unlock(KEY)
    store = Store(f"sqlite:///{tmp_path}/old.db")
    migrating.upgrade(store.engine, "0007")
    with store.engine.begin() as connection:
        for statement in BEFORE:
            connection.execute(text(statement))
    store.migrate()
    with store.transaction() as tx:
        alert, person = queries.first(tx, Alert), queries.first(tx, Person)
        assert alert is not None
        assert (alert.person_id, alert.status, alert.level, alert.rings) == (1, "told", "acute", 0)
        assert person is not None
        assert (person.language, person.duty) == ("da", None)
    names = {
        table: {each["name"] for each in inspect(store.engine).get_columns(table)}
        for table in ("alert", "person")
    }
    for table, columns in names.items():
        assert columns == {each.name for each in SQLModel.metadata.tables[table].columns}
    store.close()
