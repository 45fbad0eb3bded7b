"""Walking a dialog through the real services, one transaction with a savepoint for every press of a button."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot import config
from bot.clock import MovableClock
from bot.dialog import Choose, Dialog, Resume, Setting, When, Write, step
from bot.dialog.conversation import BACK, CHANGE, DONE, OWN, PAUSE, SKIP
from bot.language.engine import Crisis, LanguageEngine
from bot.services import conversing, wiring
from bot.services.buttons import AnswerData, StartData
from bot.services.event import Event
from bot.services.receive import Analysis, respond
from bot.services.turn import Tools, Turn
from bot.store import Transaction, outbox, queries
from bot.store.tables import Conversation, Outbox, Person
from bot.texts import Texts
from bot.tryout.entities import formatted, utf16
from dialogs import DIALOGS
from tests.generic.world import findings, words

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
UPDATES = count(1)
FOUND = 12
"""How much is found in a long text that is to be checked: more than is shown."""
SHARED = (BACK, SKIP, PAUSE, DONE, CHANGE, OWN)


YOUTH = {"youth_programme": True, "min_age": 15}
"""With a youth programme, so that every question is asked of somebody."""


def tools() -> Tools:
    settings = config.load()
    organisation = settings.organisation.model_copy(update=YOUTH)
    settings = settings.model_copy(update={"organisation": organisation})
    return wiring.tools(settings, Texts(wiring.shared(settings)), MovableClock(MONDAY), DIALOGS, Foreseen())


@dataclass(frozen=True)
class Sent:
    """A call in the outbox, as its receiver would see it."""

    chat_id: int
    method: str
    text: str
    rows: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def buttons(self) -> list[tuple[str, str]]:
        return [button for row in self.rows for button in row]


class Foreseen(LanguageEngine):
    """A language engine that finds in each long text what a `Walk` says was found in it, and nothing in short ones."""

    def crisis(self, text: str) -> Crisis:
        return "none"

    def check(self, text: str, *args: Any, **more: Any) -> Any:
        return [SimpleNamespace(**each) for each in findings(FOUND)] if len(text) > len("<b>&") else []

    def explain(self, finding: Any, *args: Any) -> Any:
        return finding


@dataclass(frozen=True)
class Act:
    """What a person does: presses a button of the open question by its key, or types."""

    kind: str
    value: str
    found: int = 0


@dataclass(frozen=True)
class Place:
    """Where a person is, as far as it matters for what can happen next."""

    state: str
    variant: tuple[Any, ...]


@dataclass
class Walk:
    """One person in one dialog. `row` is their conversation there, until it ends."""

    tx: Transaction
    tools: Tools
    person: Person
    dialog: Dialog
    row: Conversation | None = None

    def begin(self, subject: int | None) -> list[Sent]:
        about = words(1500) if "about" in self.dialog.given else ""
        return self.event("button", data=str(StartData(self.dialog.name, subject)), about=about)

    def do(self, act: Act) -> list[Sent]:
        if act.kind == "type":
            return self.event("text", text=act.value, found=act.found)
        row = self.row
        assert row is not None
        return self.event("button", data=str(AnswerData(row.id or 0, row.state, act.value)))

    def press(self, person: Person, data: str) -> list[Sent]:
        """Somebody else presses a button that they were sent."""
        return self.event("button", person, data=data)

    def event(
        self,
        kind: str,
        person: Person | None = None,
        found: int = 0,
        crisis: Crisis = "none",
        **content: str,
    ) -> list[Sent]:
        chat_id = (person or self.person).chat_id
        event = Event(next(UPDATES), chat_id, kind, message_id=1, callback_id="1", **content)
        turn = Turn(self.tx, self.tools, self.tools.clock.now(), findings(found))
        self.tx.flush()
        last = self.tx.exec(select(func.max(Outbox.id))).one() or 0
        respond(turn, event, Analysis(crisis, "", findings(found)))
        outbox.write(self.tx)
        self.tx.flush()
        rows = self.tx.exec(select(Outbox).where(col(Outbox.id) > last).order_by(col(Outbox.id))).all()
        open_ones = queries.open_conversations(self.tx, self.person.id or 0)
        self.row = next((each for each in open_ones if each.dialog == self.dialog.name), None)
        return [_sent(row) for row in rows]

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens inside is taken back."""
        row = self.row
        with undone(self.tx):
            yield
        self.row = row

    @property
    def place(self) -> Place:
        """End is where no conversation is left."""
        row = self.row
        if row is None:
            return Place("", ())
        memory = row.memory
        state = self.dialog[row.state]
        asked = self.dialog.questions(memory["answers"])
        return Place(row.state, (memory["editing"] or asked, self._phase(state, memory)))

    def _phase(self, state: Any, memory: dict[str, Any]) -> Any:
        draft = memory["draft"]
        if isinstance(state, When):
            draft = draft or {"picked": memory["answers"].get(state.name) or [], "day": None}
            shape = (bool(draft.get("choices")), bool(draft["day"]), bool(draft.get("more")))
            return (len(draft["picked"]), *shape)
        if isinstance(state, Choose):
            shown = frozenset(key for key, _ in self.keys) if isinstance(state.options, Setting) else None
            own = bool(memory["answers"].get(f"{state.name}_own"))
            return bool(draft or (draft is None and memory["answers"].get(state.name))), own, shown
        return None

    @property
    def keys(self) -> list[tuple[str, str]]:
        """(key, label) of the buttons under the question that is open now."""
        row = self.row
        assert row is not None
        surroundings = conversing.Surroundings(
            Turn(self.tx, self.tools, self.tools.clock.now()), self.person, row.subject
        )
        asked = step(self.dialog, conversing._standing(row), Resume(), surroundings).outgoing[-1]
        return [(button.key, button.label or "") for line in asked.rows for button in line]

    def acts(self, *, every_option: bool) -> Iterator[Act]:
        """Everything that somebody could do here: the longest answers first, then each button.

        Of options that all do the same only the first, unless `every_option`.
        """
        row = self.row
        assert row is not None
        state = self.dialog[row.state]
        if isinstance(state, Write):
            read = state.feedback is not None and self.person.peer != "no"
            yield Act("type", words(state.limit), FOUND if read else 0)
            yield Act("type", "<b>&", 0)
        if isinstance(state, Choose) and state.own_words:
            yield Act("type", words(state.limit))
        alike = isinstance(state, Choose) and not isinstance(state.go, Mapping)
        for number, (key, _) in enumerate(self.keys):
            if every_option or not alike or number == 0 or key[0] in SHARED:
                yield Act("press", key)


def _sent(row: Outbox) -> Sent:
    payload = row.payload
    if row.method == "commands":
        return Sent(row.chat_id, row.method, "", ())
    text = payload.get("text", payload.get("caption", ""))
    rows = tuple(tuple((label, data) for label, data in line) for line in payload.get("rows", ()))
    return Sent(row.chat_id, row.method, text, rows)


@contextmanager
def undone(tx: Transaction) -> Iterator[None]:
    """What happens inside is taken back."""
    savepoint = tx.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def faults(sent: Sent) -> Iterator[str]:
    """What Telegram would refuse, or nobody should read."""
    if sent.method not in ("message", "edit", "document"):
        return
    plain, _ = formatted(sent.text, "HTML", None)
    most = 1024 if sent.method == "document" else 4096
    if not 1 <= utf16(plain) <= most:
        yield f"{utf16(plain)} characters in {plain[:60]!r}"
    if gap := re.search(r"\bNone\b|\{\{|\{%|\[\]|\bUndefined\b", plain):
        yield f"{gap[0]} in {plain[:200]!r}"
    if len(sent.buttons) > 100:
        yield f"{len(sent.buttons)} buttons under {plain[:60]!r}"
    for label, data in sent.buttons:
        if not 1 <= len(label.strip()) <= 64:
            yield f"the label {label!r}"
        if not 1 <= len(data.encode()) <= 64:
            yield f"the data {data!r}"


@dataclass(frozen=True)
class Trail:
    """A way through a dialog, from its first question to an end where there is one, and the states on it."""

    acts: tuple[Act, ...]
    states: frozenset[str]


def trails(walk: Walk, subject: int | None, been: Collection[str] = ()) -> list[Trail]:
    """A few ways that together come to every state but those where one has been, without going back or pausing."""
    ended: list[Trail] = []
    reached: dict[str, Trail] = {}
    seen: set[Place] = set()

    def visit(acts: tuple[Act, ...], states: frozenset[str]) -> None:
        place = walk.place
        if place in seen:
            return
        seen.add(place)
        states |= {place.state}
        reached.setdefault(place.state, Trail(acts, states))
        for act in _ways(walk):
            with walk.undone():
                walk.do(act)
                if walk.row is None:
                    ended.append(Trail((*acts, act), states))
                else:
                    visit((*acts, act), states)

    with walk.undone():
        walk.begin(subject)
        visit((), frozenset())
    return _covering(ended, {state: trail for state, trail in reached.items() if state not in been})


def _ways(walk: Walk) -> list[Act]:
    """What leads on from here; the last option first, as detours tend to be declared after the direct way."""
    acts = list(walk.acts(every_option=False))
    typed = [act for act in acts if act.kind == "type"]
    options = [act for act in acts if act.kind == "press" and act.value[0] not in SHARED]
    shared = [act for act in acts if act.kind == "press" and act.value[0] in (DONE, SKIP, CHANGE)]
    return [*typed, *reversed(options), *shared]


def _covering(ended: list[Trail], reached: dict[str, Trail]) -> list[Trail]:
    """As few of the trails as come everywhere: each time the one with most that is new."""
    chosen: list[Trail] = []
    missing = set(reached)
    while missing:
        best = max(
            [*ended, *(reached[state] for state in sorted(missing))],
            key=lambda trail: (len(trail.states & missing), trail in ended, -len(trail.acts)),
        )
        chosen.append(best)
        missing -= best.states
    return chosen
