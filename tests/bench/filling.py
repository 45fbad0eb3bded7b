"""A database as after some years: many people, each with three meetings, filled in bulk."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, MetaData

from bot.store import Store, vault

TOGETHER = 5000
COORDINATORS = 3
OLD_UPDATES, OLD_MESSAGES = 3, 6
"""Of each person, handled and sent, and not yet cleaned away."""

Row = Mapping[str, Any]


class Filling:
    """`people`: half of them users, each connected with a peer who is the other half."""

    def __init__(self, store: Store, people: int, now: datetime) -> None:
        self._store, self._pairs, self._now = store, people // 2, now
        self._tables = MetaData()
        self._words = vault.seal("Kim")
        self._wish = vault.seal({"topics": ["loneliness"], "form": "individual", "name": "Kim"})
        self._profile = vault.seal({"called": "Alex", "topics": ["loneliness"], "forms": ["individual"]})

    def fill(self) -> None:
        with self._store.engine.begin() as connection:
            self._tables.reflect(connection)
            for name, rows in {
                "person": self._people(), "consent": self._consents(), "request": self._requests(),
                "peerprofile": self._profiles(), "match": self._matches(), "meeting": self._meetings(),
                "due": self._due(), "inbox": self._inbox(), "outbox": self._outbox(),
            }.items():  # fmt: skip
                self._insert(connection, name, rows)
            if connection.dialect.name == "postgresql":
                self._count_on(connection)
                connection.exec_driver_sql("ANALYZE")

    def _insert(self, connection: Connection, name: str, rows: Iterator[Row]) -> None:
        table, part = self._tables.tables[name], []
        for row in rows:
            part.append(row)
            if len(part) == TOGETHER:
                connection.execute(table.insert(), part)
                part = []
        if part:
            connection.execute(table.insert(), part)

    def _count_on(self, connection: Connection) -> None:
        """What is written from now on gets the next number."""
        for table in self._tables.tables.values():
            if "id" in table.columns:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "  # noqa: S608
                    f'coalesce((SELECT max(id) FROM "{table.name}"), 0) + 1, false)'
                )

    def _both(self) -> Iterator[tuple[int, bool]]:
        """(id, whether a peer): the users first, then the peers."""
        yield from ((number, False) for number in range(1, self._pairs + 1))
        yield from ((number, True) for number in range(self._pairs + 1, 2 * self._pairs + 1))

    def _people(self) -> Iterator[Row]:
        shared = {
            "language": "sv", "language_chosen": False, "country": "SE", "name": self._words, "of_age": True,
            "minor": False, "status": "active", "reminders": "both", "created_at": self._now, "seen_at": self._now,
        }  # fmt: skip
        for number, is_peer in self._both():
            peer = "approved" if is_peer else "no"
            yield {**shared, "id": number, "chat_id": number, "peer": peer, "coordinator": False}
        for number in range(2 * self._pairs + 1, 2 * self._pairs + 1 + COORDINATORS):
            yield {**shared, "id": number, "chat_id": number, "peer": "no", "coordinator": True}

    def _consents(self) -> Iterator[Row]:
        for number in range(1, 2 * self._pairs + 1 + COORDINATORS):
            yield {"person_id": number, "purpose": "support", "version": 1, "given_at": self._now}

    def _requests(self) -> Iterator[Row]:
        for number in range(1, self._pairs + 1):
            yield {
                "id": number, "person_id": number, "status": "matched", "wish": self._wish, "created_at": self._now,
            }  # fmt: skip

    def _profiles(self) -> Iterator[Row]:
        for number in range(1, self._pairs + 1):
            yield {
                "person_id": self._pairs + number, "profile": self._profile, "capacity": 1 + number % 2,
                "created_at": self._now, "approved_at": self._now,
            }  # fmt: skip

    def _matches(self) -> Iterator[Row]:
        for number in range(1, self._pairs + 1):
            yield {
                "id": number, "request_id": number, "user_id": number, "peer_id": self._pairs + number,
                "status": "connected", "proposed_at": self._now, "connected_at": self._now,
            }  # fmt: skip

    def _meetings(self) -> Iterator[Row]:
        """Of each pair two that were held and one that is ahead, over the months."""
        for number in range(1, self._pairs + 1):
            for step in range(3):
                starts_at = self._now + timedelta(days=(number % 90 + 1) * (1 if step == 2 else -1 - step))
                yield {
                    "id": 3 * number + step - 2, "match_id": number, "proposed_by": number,
                    "status": "booked" if step == 2 else "held", "starts_at": starts_at, "minutes": 60,
                    "zone": "Europe/Stockholm", "form": "individual", "uid": f"{number}-{step}", "sequence": 0,
                    "created_at": self._now,
                }  # fmt: skip

    def _due(self) -> Iterator[Row]:
        """What is planned for the meetings ahead, and what was done lately for those that were."""
        for number in range(1, self._pairs + 1):
            ahead = self._now + timedelta(days=number % 90 + 1)
            for person in (number, self._pairs + number):
                for meeting, is_ahead in ((3 * number - 1, False), (3 * number, True)):
                    for kind in ("day", "hours", "reflection"):
                        yield {
                            "key": f"meeting:{meeting}:{person}:{kind}", "person_id": person, "subject": meeting,
                            "kind": "reflection" if kind == "reflection" else "reminder",
                            "due_at": ahead if is_ahead else self._now - timedelta(days=2),
                            "status": "planned" if is_ahead else "done",
                            "settled_at": None if is_ahead else self._now - timedelta(days=2),
                        }  # fmt: skip

    def _inbox(self) -> Iterator[Row]:
        for number in range(2 * self._pairs * OLD_UPDATES):
            before = self._now - timedelta(days=1)
            yield {
                "update_id": number + 1, "chat_id": number // OLD_UPDATES + 1, "received_at": before,
                "handled_at": before, "attempts": 0, "failed": False,
            }  # fmt: skip

    def _outbox(self) -> Iterator[Row]:
        for number in range(2 * self._pairs * OLD_MESSAGES):
            before = self._now - timedelta(days=1)
            yield {
                "chat_id": number // OLD_MESSAGES + 1, "method": "message", "urgent": False, "created_at": before,
                "try_at": before, "attempts": 0, "outcome": "sent", "settled_at": before,
            }  # fmt: skip
