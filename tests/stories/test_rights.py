"""Seeing everything that is held, and erasing it so that nothing is left."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import LargeBinary, PoolProxiedConnection, select
from sqlmodel import col

from bot.store import Transaction, due, holdings, queries
from bot.store.sealing import vault
from bot.store.tables import (
    Agreement,
    Alert,
    Audit,
    Consent,
    Conversation,
    Dismissal,
    Inbox,
    Invitation,
    Match,
    Meeting,
    Note,
    Outbox,
    PeerProfile,
    Person,
    Reflection,
    Relay,
    Request,
)
from bot.texts import LANGUAGES
from tests.conftest import MONDAY, Chatter, Service
from tests.evidence import found_out
from tests.stories.cast import consented
from tests.stories.test_meetings import connected
from tests.stories.texts import Words

both_languages = pytest.mark.parametrize("language", ["sv", "da"])

MINE, THEIRS = "KANARIEFÅGEL", "GRÅSPARV"
"""Words of the person whose rights are tried, and words of the other."""


# Every table is covered


def test_every_column_that_names_somebody_is_a_foreign_key() -> None:
    """By its name: an id of a person, or who did something. Only so can it be found and erased."""
    people = ("person_id", "user_id", "peer_id", "author_id", "about_id", "actor_id", "coordinator_id")
    found = [
        column
        for table in holdings.tables()
        for column in table.columns
        if column.name in people or column.name.endswith("_by")
    ]
    assert len(found) > 15
    assert [str(column) for column in found if not holdings.names_a_person(column)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_has_a_title(language: str) -> None:
    words = Words(language)
    assert all(words(f"my_data.table.{table.name}") for table in holdings.tables())


# Two people, with something in every table


@dataclass
class Pair:
    kim: Chatter
    alex: Chatter
    match_id: int = 0


async def pair(service: Service, language: str = "sv") -> Pair:
    """A user and a peer, each with words in everything that can hold some."""
    kim, alex = await connected(service, language)
    ids, chats = (kim.row.id or 0, alex.row.id or 0), (kim.account.id, alex.account.id)
    now = service.clock.now()
    with service.store.transaction() as tx:
        for person_id, chat_id, word in zip(ids, chats, (MINE, THEIRS), strict=True):
            _alone(tx, person_id, chat_id, word, now)
        match = queries.first(tx, Match)
        assert match is not None
        _together(tx, match, ids, now)
        match_id = match.id or 0
    return Pair(kim, alex, match_id)


def _alone(tx: Transaction, person_id: int, chat_id: int, word: str, now: datetime) -> None:
    person = tx.get(Person, person_id)
    assert person is not None
    person.name = f"{word} namn"
    person.coordinator = word == MINE
    asked = {"answers": {"hope": f"{word} hopp </pre><script>"}}
    wish = {"called": f"{word} kallas", "form": "individual", "hope": f"{word} hopp", "topics": ["grief"]}
    for request in queries.rows(tx, Request, person_id=person_id):
        request.wish = wish
    other = next(each.id for each in queries.rows(tx, Person) if each.id != person_id) or 0
    tx.add_all(
        [
            person,
            Conversation(
                person_id=person_id, dialog="intake", version=1, state="topics", memory=asked,
                status="paused", begun_at=now, moved_at=now,
            ),
            PeerProfile(
                person_id=person_id, profile={"called": word, "presentation": f"{word} berättar"},
                capacity=2, created_at=now,
            ),
            Note(kind="contact", author_id=person_id, text=f"{word} fråga", created_at=now),
            Note(kind="report", author_id=other, about_id=person_id, text=f"{word} ord", created_at=now),
            Alert(
                person_id=person_id, status="acknowledged", acknowledged_by=other, text=f"{word} larm", created_at=now
            ),
            Dismissal(person_id=person_id, rule="any", created_at=now),
            Invitation(code_hash=f"{person_id}", role="peer", created_by=person_id, created_at=now, expires_at=now),
            Inbox(
                update_id=person_id + 10_000, chat_id=chat_id, content={"text": word}, received_at=now,
                handled_at=now,
            ),
            Outbox(
                chat_id=chat_id, method="document", payload={"caption": word}, outcome="parked",
                document=vault.seal(b64encode(word.encode()).decode()), created_at=now, try_at=now,
            ),
            Audit(actor_id=person_id, action="request.looked_at", person_id=other, at=now),
            Audit(actor_id=other, action="message.reported", person_id=person_id, at=now),
        ]
    )  # fmt: skip


def _together(tx: Transaction, match: Match, ids: tuple[int, int], now: datetime) -> None:
    match.coordinator_id = ids[0]
    for person_id, word in zip(ids, (MINE, THEIRS), strict=True):
        meeting = Meeting(
            match_id=match.id or 0, proposed_by=person_id, status="booked", topic=f"{word} ämne",
            place=f"{word} plats", options=[f"{word} tid"], starts_at=now + timedelta(days=2), created_at=now,
        )  # fmt: skip
        terms = {"length": "60", "form": "individual", "place": f"{word} plats"}
        tx.add_all(
            [
                meeting,
                Agreement(match_id=match.id or 0, proposed_by=person_id, terms=terms, proposed_at=now),
                Relay(match_id=match.id or 0, author_id=person_id, created_at=now),
            ]
        )
        tx.flush()
        for writer, own in zip(ids, (MINE, THEIRS), strict=True):
            words = {"takeaway": f"{own} tanke"}
            tx.add(Reflection(meeting_id=meeting.id, person_id=writer, words=words, created_at=now))
            due.plan(
                tx,
                f"meeting:{meeting.id}:{writer}:day",
                "reminder",
                now + timedelta(days=1),
                person_id=writer,
            )
    tx.add(match)


def everything(tx: Transaction) -> Iterator[tuple[str, str]]:
    """(column, opened value) of every field of every row of every table."""
    for table in holdings.tables():
        for row in tx.connection().execute(select(table)).mappings():
            for column in table.columns:
                value = row[column.name]
                if isinstance(column.type, LargeBinary) and value is not None:
                    value = b64decode(vault.open(value)).decode()
                yield str(column), str(value)


def holding(service: Service, word: str) -> set[str]:
    with service.store.transaction() as tx:
        return {column for column, value in everything(tx) if word in value}


# Seeing


def data(page: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(
        unescape(page.split('<pre id="data">')[1].split("</pre>")[0])
    )
    return found


async def shown(person: Chatter) -> str:
    words = Words(person.row.language)
    await person.send("/mydata")
    await person.press(words("offer.my_data"))
    return person.files[-1].decode()


@pytest.mark.both_databases
@both_languages
async def test_everything_of_ones_own_and_nothing_of_the_others(
    service: Service, language: str, request: pytest.FixtureRequest
) -> None:
    two = await pair(service, language)
    began = perf_counter()
    page = await shown(two.kim)
    seconds = perf_counter() - began
    found_out(request, "seconds until the file of one's data, at most", seconds)
    assert seconds < 60
    assert THEIRS not in page
    assert "<script>" not in page
    held = data(page)
    assert set(held) == {table.name for table in holdings.tables()}
    assert {table for table, rows in held.items() if not rows} == {"invitation", "confirmation"}
    sealed = {
        str(column).split(".")[0]
        for table in holdings.tables()
        for column in table.columns
        if holdings.is_sealed(column)
    }
    with_words = {table for table, rows in held.items() if MINE in json.dumps(rows, ensure_ascii=False)}
    assert with_words == sealed - {"outbox"}
    assert [len(held[table]) for table in ("meeting", "agreement", "relay", "reflection")] == [2, 2, 2, 2]


@both_languages
async def test_the_page_is_for_people(service: Service, language: str) -> None:
    two = await pair(service, language)
    words = Words(language)
    page = await shown(two.kim)
    people, machine = page.split("<pre")
    for text_id in (
        "my_data.title",
        "my_data.table.request",
        "intake.topics.label",
        "my_data.status.connected",
    ):
        assert words(text_id) in unescape(people)
    assert {"sv": "Sorg och förlust", "da": "Sorg og tab"}[language] in people
    assert f"{MINE} hopp" in people
    titles = [people.index(words(f"my_data.table.{table}")) for table in ("person", "request", "outbox")]
    assert titles == sorted(titles)
    assert "person_id" not in people
    assert "person_id" in machine


async def test_file_name_and_place_are_kept(service: Service) -> None:
    """The file's name says nothing to whoever sees the screen, and the open question is asked again."""
    kim = await service.person("Kim", "da").start()
    await consented(kim, "da")
    await kim.press(Words("da")("offer.intake"))
    question = kim.last
    await shown(kim)
    document = next(each for each in reversed(kim.account.received) if each.kind == "document")
    assert document.json["document"]["file_name"] == Words("da")("my_data.file_name")
    assert kim.last == question
    await service.restart()
    assert MINE not in await shown(kim)


async def test_who_reported_is_not_told(service: Service) -> None:
    two = await pair(service)
    held = data(await shown(two.alex))
    by_others = [row["action"] for row in held["audit"] if "actor_id" not in row.get("you_are", [])]
    assert by_others == ["request.looked_at"]
    with service.store.transaction() as tx:
        person = queries.first(tx, Person, coordinator=True)
        assert person is not None
        person.coordinator = False
        tx.add(person)
    held = data(await shown(two.alex))
    by_others = [row["action"] for row in held["audit"] if "actor_id" not in row.get("you_are", [])]
    assert by_others == ["request.looked_at"], "who looked stays to be read when their role is withdrawn"


async def test_before_consent_and_blocked(service: Service) -> None:
    kim = await service.person("Kim", "sv").start()
    with service.store.transaction() as tx:
        person = queries.rows(tx, Person)[0]
        person.status = "blocked"
        tx.add(person)
    held = data(await shown(kim))
    assert held["person"][0]["status"] == "blocked"
    await kim.send("/radera")
    await kim.press(Words("sv")("delete.sure.yes"))
    assert chats(service) == []


# Erasing


def chats(service: Service) -> list[int]:
    with service.store.transaction() as tx:
        return [person.chat_id for person in queries.rows(tx, Person)]


async def erase(service: Service, person: Chatter) -> None:
    words = Words(person.row.language)
    await person.send("/delete")
    await person.press(words("delete.sure.yes"))


@both_languages
async def test_no_canary_survives(service: Service, language: str, request: pytest.FixtureRequest) -> None:
    """Words in every sealed column of every table, and in none afterwards; the other's are all there."""
    two = await pair(service, language)
    every_sealed = {
        str(column)
        for table in holdings.tables()
        for column in table.columns
        if isinstance(column.type, LargeBinary) or holdings.is_sealed(column)
    }
    assert every_sealed <= holding(service, MINE), every_sealed - holding(service, MINE)
    before = holding(service, THEIRS)
    ciphers = sealed_values(service, MINE)
    assert len(ciphers) > 10
    await erase(service, two.kim)
    await service.move(timedelta(minutes=11))
    assert holding(service, MINE) == set()
    assert str(two.kim.account.id) not in values(service)
    shared = {"agreement.terms", "meeting.options", "meeting.place", "meeting.topic"}
    assert before - holding(service, THEIRS) == shared
    assert not [cipher for cipher in ciphers if cipher in raw_bytes(service)]
    found_out(request, "canaries planted (columns)", len(every_sealed))
    found_out(request, "canaries found after an erasure", len(holding(service, MINE)))


def values(service: Service) -> set[str]:
    with service.store.transaction() as tx:
        return {value for _, value in everything(tx)}


def sealed_values(service: Service, word: str) -> list[bytes]:
    """What the sealed values that hold a word look like in the file."""
    found, forms = [], (word, b64encode(word.encode()).decode())
    with service.store.transaction() as tx:
        for table in holdings.tables():
            for column in table.columns:
                if isinstance(column.type, LargeBinary) or holdings.is_sealed(column):
                    query = f"SELECT {column.name} FROM {table.name} WHERE {column.name} IS NOT NULL"  # noqa: S608
                    values = tx.connection().exec_driver_sql(query).scalars()
                    found += [
                        value for value in values if any(each in str(vault.open(value)) for each in forms)
                    ]
    return found


def raw_bytes(service: Service) -> bytes:
    """The database file and its log, after a checkpoint; of a server what a dump of every table would hold."""
    connection = service.store.engine.raw_connection()
    if not service.store.is_file:
        return _dump(connection)
    connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    connection.close()
    files = [Path(f"{service.folder}/peerbot.db{end}") for end in ("", "-wal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def _dump(connection: PoolProxiedConnection) -> bytes:
    found = b""
    with connection.cursor() as cursor:
        for table in holdings.tables():
            with cursor.copy(f"COPY {table.name} TO STDOUT (FORMAT binary)") as rows:
                found += b"".join(rows)
    connection.close()
    return found


@both_languages
async def test_unknown_afterwards(service: Service, language: str) -> None:
    two = await pair(service, language)
    words = Words(language)
    await erase(service, two.kim)
    assert two.kim.last == words("rights.erased")
    assert two.alex.last == words("endings.other_ended", other=None, since=MONDAY)
    assert chats(service) == [two.alex.account.id]
    before = len(two.alex.texts)
    await service.move(timedelta(days=3))
    assert len(two.alex.texts) == before
    await two.kim.start()
    assert words("welcome.hello.go_on") in two.kim.labels
    assert two.kim.row.name is None


@both_languages
async def test_two_taps_or_none(service: Service, language: str) -> None:
    two = await pair(service, language)
    words = Words(language)
    await two.kim.send("/mydata")
    await two.kim.press(words("offer.delete"), words("delete.sure.no"))
    assert two.kim.account.id in chats(service)
    assert words("delete.kept") in two.kim.texts


async def test_erasing_survives_a_restart(service: Service) -> None:
    """Stopped between the second tap and the work, it is done at the next start."""
    two = await pair(service)
    await two.kim.send("/radera")
    await two.kim.account.press(Words("sv")("delete.sure.yes"))
    await service.app.poller.poll(0)
    await service.app.work()
    assert two.kim.account.id in chats(service)
    await service.restart()
    await service.settle()
    assert chats(service) == [two.alex.account.id]
    assert two.kim.last == Words("sv")("rights.erased")


async def test_the_other_side_of_a_proposal(service: Service) -> None:
    """A peer who was asked goes: the request waits again, and the user hears nothing of it."""
    two = await pair(service)
    with service.store.transaction() as tx:
        match = tx.get(Match, two.match_id)
        assert match is not None
        match.status = "asked_peer"
        request = queries.first(tx, Request)
        request.status = "proposed"
        tx.add_all([match, request])
    before = len(two.kim.texts)
    await erase(service, two.alex)
    assert len(two.kim.texts) == before
    with service.store.transaction() as tx:
        assert queries.rows(tx, Match) == []
        assert queries.first(tx, Request).status == "waiting"


async def test_what_the_other_was_in_the_middle_of(service: Service) -> None:
    """A message half written to somebody who is gone is let go of."""
    two = await pair(service)
    await two.alex.send("/skriv")
    await erase(service, two.kim)
    await two.alex.send("Hej igen")
    assert "Hej igen" not in two.kim.last
    with service.store.transaction() as tx:
        dialogs = [row.dialog for row in queries.rows(tx, Conversation) if row.status != "ended"]
    assert "message" not in dialogs


async def test_consent_goes_too(service: Service) -> None:
    two = await pair(service)
    gone = two.kim.row.id
    await erase(service, two.kim)
    with service.store.transaction() as tx:
        left = tx.exec(select(col(Consent.person_id))).all()
        sent = tx.exec(select(col(Outbox.chat_id)).where(col(Outbox.chat_id) == two.kim.account.id)).all()
    assert gone not in {each[0] for each in left}
    assert len(sent) == 1
