"""What nobody expects, in every state of every dialog: a kind answer that says why, and the place is kept."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.dialog import Choose, State, When, Write
from bot.services.buttons import AnswerData
from bot.services.receive import UNREADABLE
from bot.services.turn import Tools
from bot.store.tables import Alert
from bot.texts import Reader
from dialogs import DIALOGS
from tests.generic.crawling import Act, Trail, Walk, faults, trails
from tests.generic.world import World

LONG = "Æ" * 4096
COMMANDS = {
    "/hjalp": "help",
    "/help": "help",
    "/xyzzy": "engine.unknown_command",
    "/": "engine.unknown_command",
}
MOMENTS = {
    "sv": {
        "igår kl 10": ("past",),
        "1 november 2026 kl 10": ("past",),
        "32/13": ("nonexistent", "not_understood"),
        "30 februari kl 10": ("nonexistent",),
        "29 februari 2027 kl 10": ("nonexistent",),
        "28 mars 2027 kl 02.30": ("clock_change",),
        "kl 25": ("nonexistent", "not_understood"),
        "nästa fredag kl 10": ("unclear",),
        "<b>&": ("not_understood",),
        "jag vet inte": ("not_understood",),
    },
    "da": {
        "i går kl. 10": ("past",),
        "1. november 2026 kl. 10": ("past",),
        "32/13": ("nonexistent", "not_understood"),
        "30. februar kl. 10": ("nonexistent",),
        "29. februar 2027 kl. 10": ("nonexistent",),
        "28. marts 2027 kl. 02.30": ("clock_change",),
        "kl. 25": ("nonexistent", "not_understood"),
        "næste fredag kl. 10": ("unclear",),
        "<b>&": ("not_understood",),
        "det ved jeg ikke": ("not_understood",),
    },
}
"""What is typed where a time is asked for, and the text (engine.when.*) that may answer it."""

KEYS = ("no_such_key", "d99999999", "t9999", "m0", "~", "~review", "")
"""Keys that no question has offered."""
DATA = ("", "a:x:y", f"a:{10**14}:x:y", "s:nothing::", "x:nothing:1", "s:intake:ö:", "\0")
"""Data of buttons that the bot never made."""


@dataclass
class Trial:
    """Bad input to one person in one state after the other."""

    walk: Walk
    asked: str = ""

    def everything(self, *, at_length: bool) -> None:
        """What can be done wrong in the present state: of each sort one, or all `at_length`."""
        row = self.walk.row
        assert row is not None
        state = self.walk.dialog[row.state]
        self.asked = self.question()
        self.danger()
        for kind in UNREADABLE if at_length else ("photo", "edited"):
            self.refused(f"engine.other.{kind}", kind, text="Hej")
        self.refused("engine.empty", "text", text=" \u200b\n\u2800 ")
        self.refused(_too_long(state), "text", text=LONG)
        for command, text_id in COMMANDS.items() if at_length else (("/xyzzy", "engine.unknown_command"),):
            self.refused(text_id, "text", text=command)
        for key in KEYS if at_length else KEYS[:1]:
            self.refused("engine.stale", "button", data=str(AnswerData(row.id or 0, state.name, key)))
        self.refused("engine.stale", "button", data=str(AnswerData(row.id or 0, "before", "yes")))
        for data in DATA if at_length else ():
            self.refused("engine.stale", "button", data=data)
        if isinstance(state, When):
            self.moments()

    def danger(self) -> None:
        """Danger to life is answered before anything else, with the lines of help; the place is kept."""
        row, before = self.walk.row, self.kept()
        with self.walk.undone():
            alert = self.walk.tx.get(Alert, row.subject) if row and row.dialog == "alert_talk" else None
            if alert is not None and alert.acknowledged_by == self.walk.person.id:
                return  # what this person writes is about another's danger, and goes there
            first = self.walk.event("text", text="!", crisis="acute")[0]
            assert first.chat_id == self.walk.person.chat_id
            assert "<b>112</b>" in first.text, before[:2]
            assert any(data.startswith("x:mistaken:") for _, data in first.buttons)
            assert self.kept()[:2] == before[:2]

    def refused(self, text_id: str, kind: str, **content: str) -> None:
        """Answered in the person's language by this text, and then the same question; nothing is changed."""
        before = self.kept()
        with self.walk.undone():
            sent = self.walk.event(kind, **content)
            where = f"{before[:2]} {kind} {content}"
            assert not [fault for each in sent for fault in faults(each)], where
            own = [each.text for each in sent if each.method != "toast"]
            assert self.is_text(own[0], text_id), f"{where}: {own}"
            assert own[-1] == self.asked, f"{where}: {own}"
            assert self.kept() == before, where

    def moments(self) -> None:
        """Times that are past, unclear or nowhere in the calendar are each answered by their reason."""
        before = self.kept()
        for text, reasons in MOMENTS[self.walk.person.language].items():
            with self.walk.undone():
                said = self.walk.event("text", text=text)[0].text
                assert any(self.is_text(said, f"engine.when.{each}") for each in reasons), f"{text}: {said}"
                assert self.kept()[:2] == before[:2]
                assert self.walk.row is not None
                assert self.walk.row.memory["answers"] == before[2]["answers"]

    def twice(self, act: Act) -> None:
        """Press a button twice: when the first press led on, the second is answered kindly and changes nothing."""
        row = self.walk.row
        assert row is not None
        data, place = str(AnswerData(row.id or 0, row.state, act.value)), row.state
        self.walk.do(act)
        after = self.walk.row
        if act.kind == "press" and after is not None and after.state != place:
            self.asked = self.question()
            self.refused("engine.stale", "button", data=data)

    def interrupted(self) -> None:
        """Another dialog in the middle: when it ends, this one goes on where it was."""
        before = self.kept()
        with self.walk.undone():
            asked = self.walk.event("text", text="/sprak")[-1]
            same = next(data for _, data in asked.buttons if data.endswith(f":{self.walk.person.language}"))
            said = [each.text for each in self.walk.event("button", data=same)]
            assert said[-1] == self.asked, said
            assert self.kept() == before

    def kept(self) -> tuple[Any, ...]:
        row = self.walk.row
        return () if row is None else (row.dialog, row.state, row.memory, row.status)

    def question(self) -> str:
        """The open question, as it is asked again by /start."""
        with self.walk.undone():
            return self.walk.event("text", text="/start")[-1].text

    def is_text(self, said: str, text_id: str) -> bool:
        texts, reader = self.walk.tools.texts, Reader(self.walk.person.language, ZoneInfo("UTC"))
        if text_id == "help":
            return any(said == texts.html(f"help.{role}", reader) for role in ("user", "peer", "coordinator"))
        if text_id == "engine.too_long":
            return f"{len(LONG)}" in said
        return said == texts.html(text_id, reader)


def _too_long(state: State) -> str:
    if isinstance(state, When):
        return "engine.when.not_understood"
    takes_words = isinstance(state, Write) or (isinstance(state, Choose) and state.own_words)
    return "engine.too_long" if takes_words else "engine.choose"


def _along(walk: Walk, subject: int | None, trail: Trail, tried: set[str], kinds: set[type]) -> None:
    """Along a trail, in every state once; at length in the first state of each kind that is not in `kinds`."""
    trial = Trial(walk)
    walk.begin(subject)
    for act in (*trail.acts, None):
        if walk.row is not None and walk.row.state not in tried:
            kind = type(walk.dialog[walk.row.state])
            trial.everything(at_length=kind not in kinds)
            if walk.dialog.name != "language":
                trial.interrupted()
            tried.add(walk.row.state)
            kinds.add(kind)
        if act is not None:
            trial.twice(act)


def _tried_before(name: str) -> set[type]:
    """The kinds of states that an earlier dialog has, where all is tried at length: the engine answers for a kind."""
    earlier = takewhile(lambda each: each != name, DIALOGS)
    return {type(state) for each in earlier for state in DIALOGS[each].states.values()}


@pytest.mark.parametrize("name", DIALOGS)
def test_in_every_state(name: str, world: World, shared: Tools) -> None:
    dialog = DIALOGS[name]
    questions = {state.name for state in dialog.states.values() if state.is_question}
    tried: set[str] = set()
    kinds = _tried_before(name)
    for person, subject in world.beginnings(dialog):
        if tried == questions:
            break
        for trail in trails(Walk(world.tx, shared, person, dialog), subject, tried):
            walk = Walk(world.tx, shared, person, dialog)
            with walk.undone():
                _along(walk, subject, trail, tried, kinds)
    assert tried == questions
