"""Forged data of buttons and ids, for every action, dialog and role: a polite refusal, an audit entry, no change.

What is forged is anything that a modified Telegram client could send, also what belongs to somebody else.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from bot.dialog import Dialog
from bot.services import invitations
from bot.services.access import may_start
from bot.services.buttons import ActionData, AnswerData, StartData
from bot.services.registry import ACTIONS
from bot.services.status import LIKELY
from bot.services.turn import Tools
from bot.store import holdings, queries
from bot.store.tables import Alert, Audit, Match, Person
from bot.texts import Reader
from dialogs import DIALOGS
from tests.evidence import found_out
from tests.generic.crawling import Sent, Walk
from tests.generic.test_bad_input import DATA
from tests.generic.world import World

REFUSALS = (
    "engine.stale", "refused.role", "refused.not_yours", "refused.blocked", "invite.invalid", "matching.answered",
    "engine.choose", "lines.changed",
)  # fmt: skip
OWN = {"language", "intent", "my_data", "correct", "trail", "kept", "dismiss", "never", "lines", "in_hand"}
"""Actions whose argument names nothing that could be another's. All others are tried with others' ids."""
NOWHERE = 987_654
ODD = ("", "0", f"{NOWHERE}", "-1", "²", "9" * 40, "1 OR 1=1", "../1", "\x00", "None")
IGNORED = ("audit", "outbox", "inbox")


class Forger:
    """Presses what was never offered to a person, and looks at what came of it."""

    def __init__(self, world: World, tools: Tools) -> None:
        self.world, self.tools = world, tools
        self.tried: Counter[str] = Counter()

    def walk(self, person: Person, dialog: Dialog) -> Walk:
        return Walk(self.world.tx, self.tools, person, dialog)

    def refused(self, what: str, walk: Walk, **content: str) -> None:
        """Said kindly, to the forger alone; noted; and everything is as before."""
        self.tried[what] += 1
        kind = "text" if "text" in content else "button"
        with walk.undone():
            before, noted = self.rows(), self.noted(walk.person)
            sent = walk.event(kind, **content)
            where = f"{what} {walk.dialog.name} {walk.person.chat_id} {content}"
            assert {each.chat_id for each in sent} == {walk.person.chat_id}, where
            assert any(self._is_refusal(walk, each) for each in sent), f"{where}: {[s.text for s in sent]}"
            assert self.noted(walk.person) == noted + 1, where
            assert self.rows() == before, where

    def _is_refusal(self, walk: Walk, sent: Sent) -> bool:
        reader = Reader(walk.person.language, ZoneInfo("Europe/Stockholm"))
        return any(sent.text == self.tools.texts.html(text_id, reader) for text_id in REFUSALS)

    def noted(self, person: Person) -> int:
        refused = (col(Audit.actor_id) == person.id) & col(Audit.action).startswith("refused.")
        return len(self.world.tx.exec(select(Audit.id).where(refused)).all())

    def rows(self) -> dict[str, list[Any]]:
        """Every table as it is stored. When somebody was last seen is no change."""
        self.world.tx.flush()
        connection = self.world.tx.connection()
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(text(f"SELECT {', '.join(_columns(table))} FROM {table.name}"))  # noqa: S608
            ]
            for table in holdings.tables()
            if table.name not in IGNORED
        }

    def subjects(self) -> Iterator[int]:
        """Ids of things that exist, and of one that does not."""
        yield from range(1, 25, 2)
        yield NOWHERE


def _columns(table: Any) -> list[str]:
    return [column.name for column in table.columns if column.name not in ("seen_at", "moved_at")]


@pytest.fixture
def forger(worlds: dict[str, World], shared: Tools, request: pytest.FixtureRequest) -> Iterator[Forger]:
    found = Forger(worlds["sv"], shared)
    with Walk(found.world.tx, shared, found.world.people["user"], DIALOGS["language"]).undone():
        yield found
    for what, count in found.tried.items():
        kind = (
            "pressed of one's own with nonsense, no harm" if what == "own" else f"forged and refused: {what}"
        )
        found_out(request, kind, count)


def test_another_ones_dialog(forger: Forger) -> None:
    """A dialog of another role, or about a match, meeting, request, proposal, message ... of somebody else."""
    for dialog in DIALOGS.values():
        for person in forger.world.people.values():
            walk = forger.walk(person, dialog)
            guessed = dialog.subject in LIKELY  # then a button that names nothing is no forgery
            subjects = [*forger.subjects()] if guessed else [None, *forger.subjects()]
            reasons = [(each, may_start(forger.world.turn, person, dialog, each)) for each in subjects]
            refused = [each for each, reason in reasons if reason not in (None, "consent")]
            for subject in refused[:2] + refused[-1:]:
                forger.refused("dialogs", walk, data=str(StartData(dialog.name, subject)))
    assert forger.tried["dialogs"] > 300


def test_a_first_answer_that_is_not_offered(forger: Forger) -> None:
    for dialog in DIALOGS.values():
        for person, subject in list(forger.world.beginnings(dialog))[:2]:
            for key in ("forged", f"{NOWHERE}"):
                walk = forger.walk(person, dialog)
                forger.refused("first answers", walk, data=str(StartData(dialog.name, subject, key)))
    assert forger.tried["first answers"] > len(DIALOGS)


def test_another_ones_conversation_and_keys_of_ones_own(forger: Forger) -> None:
    """Answers into somebody else's conversation; and in one's own, ids that the question does not have."""
    people = forger.world.people
    for dialog in DIALOGS.values():
        owner, subject = next(iter(forger.world.beginnings(dialog)))
        walk = forger.walk(owner, dialog)
        with walk.undone():
            walk.begin(subject)
            row = walk.row
            assert row is not None
            for other in (each for each in people.values() if each.id != owner.id):
                data = str(AnswerData(row.id or 0, row.state, "yes"))
                forger.refused("conversations", forger.walk(other, dialog), data=data)
            for key in ("forged", f"{NOWHERE}", "1"):
                if key not in [offered for offered, _ in walk.keys]:
                    forger.refused("keys", walk, data=str(AnswerData(row.id or 0, row.state, key)))


def test_every_action_with_what_is_another_ones(forger: Forger) -> None:
    """Everything that a button can do outside dialogs, with the ids of others and with nonsense."""
    alerts = queries.rows(forger.world.tx, Alert)
    assert alerts
    for name in ACTIONS.keys() - OWN:
        for person in forger.world.people.values():
            walk = forger.walk(person, DIALOGS["language"])
            others = [f"{each.id}" for each in alerts if each.person_id != person.id]
            ids = [] if person.coordinator else others
            for argument in (*ids, *ODD):
                forger.refused("actions", walk, data=str(ActionData(name, argument)))
    assert forger.tried["actions"] > 300


def test_an_action_of_ones_own_touches_nobody_else(forger: Forger) -> None:
    """Where an argument names nothing, nonsense in it does no harm: whatever is sent, is sent to the one who asked."""
    for name in OWN:
        for person in forger.world.people.values():
            walk = forger.walk(person, DIALOGS["language"])
            for argument in ODD:
                forger.tried["own"] += 1
                with walk.undone():
                    sent = walk.event("button", data=str(ActionData(name, argument)))
                    assert {each.chat_id for each in sent} == {person.chat_id}, (name, argument)
    assert forger.tried["own"] == len(OWN) * len(forger.world.people) * len(ODD)


def test_data_that_is_nothing_and_codes_that_open_nothing(forger: Forger) -> None:
    tx, now = forger.world.tx, forger.world.now
    used = invitations.issue(tx, "coordinator", now, timedelta(days=1))
    late = invitations.issue(tx, "coordinator", now, timedelta(0))
    tx.flush()
    assert invitations.accept(forger.world.turn, forger.world.people["coordinator"], used)
    for person in forger.world.people.values():
        walk = forger.walk(person, DIALOGS["language"])
        for data in (
            *(each for each in DATA if each),
            "x" * 5000,
            "a:" + "9" * 4000,
            "s:queue:" + "1" * 4000,
        ):
            forger.refused("data", walk, data=data)
        if person.chat_id != forger.world.people["stranger"].chat_id:
            for code in (used, late, "A" * 24, "' OR '1'='1", "../../etc/passwd"):
                forger.refused("invitations", walk, text=f"/start {code}")


def test_a_role_that_was_withdrawn_ends_what_it_had_begun(forger: Forger) -> None:
    """A conversation that a coordinator had open is nothing to somebody who is none any more."""
    coordinator = forger.world.people["coordinator"]
    walk = forger.walk(coordinator, DIALOGS["queue"])
    walk.begin(None)
    row = walk.row
    assert row is not None
    key = next(key for key, _ in walk.keys if key.isdigit())
    coordinator.coordinator = False
    sent = walk.event("button", data=str(AnswerData(row.id or 0, "request", key)))
    assert any(forger._is_refusal(walk, each) for each in sent)
    assert walk.row is None


def test_a_match_that_ended_is_nobodys_any_more(forger: Forger) -> None:
    match = queries.first(forger.world.tx, Match, status="connected", user_id=forger.world.people["user"].id)
    assert match is not None
    match.status = "ended"
    forger.world.tx.add(match)
    for name in ("message", "propose_times", "agreement", "end_match"):
        for who in ("user", "peer"):
            walk = forger.walk(forger.world.people[who], DIALOGS[name])
            forger.refused("ended", walk, data=str(StartData(name, match.id)))
