"""A dialog and the checks that refuse a bad declaration when it is imported."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from bot.dialog.states import Answers, Choose, End, Go, State, Summary, When, Write

MAX_STATE_NAME = 20
MAX_KEY = 24
OTHERWISE = "*"
"""A button's data is 64 bytes: 'a:', the conversation's id (12), two colons, state and key."""


class DeclarationError(ValueError):
    """A dialog that could not work was declared; the message says which state and why."""


class Dialog:
    """A named list of states; the first is where it starts.

    `version` rises when states are renamed or removed. `role` is who may start it: "anyone",
    "user", "peer", "coordinator" or "pair". `subject` names the kind of thing it is about
    ("match", "meeting" ...), whose ownership is checked when it starts. `given` are answers that
    are known before the first question.
    """

    def __init__(
        self,
        name: str,
        *states: State,
        version: int = 1,
        role: str = "anyone",
        subject: str | None = None,
        given: tuple[str, ...] = (),
        consent: bool = True,
    ) -> None:
        self.name, self.version, self.role, self.subject = name, version, role, subject
        self.given, self.consent = given, consent
        self.states = {state.name: state for state in states}
        self.order = tuple(state.name for state in states)
        self._check(states)

    @property
    def first(self) -> str:
        return self.order[0]

    @property
    def has_summary(self) -> bool:
        return any(isinstance(state, Summary) for state in self.states.values())

    def __getitem__(self, name: str) -> State:
        return self.states[name]

    def asked(self, state: State, answers: Answers) -> bool:
        return state.asked_if is None or state.asked_if(answers)

    def target(self, state: State, answer: Any) -> Go:
        """Where `state` leads when it is answered by `answer` (None when it was skipped)."""
        go = state.go
        if isinstance(go, Mapping):
            go = go.get(answer, go.get(OTHERWISE)) if isinstance(answer, str) else go.get(OTHERWISE)
        if go is None:
            return Go(self._following(state.name))
        return go if isinstance(go, Go) else Go(go)

    def edges(self, state: State) -> Iterator[tuple[str, Go]]:
        """(label, where to) of every way out of a state."""
        if isinstance(state, End):
            return
        if isinstance(state.go, Mapping):
            for key, go in state.go.items():
                yield key, go if isinstance(go, Go) else Go(go)
            if self._covers(state):
                return
        yield "", self.target(state, None)

    def questions(self, answers: Answers) -> tuple[str, ...]:
        """The states that the person is asked, in order, for "step 2 of 6"."""
        return tuple(
            name
            for name in self.order
            if self.states[name].is_question
            and not isinstance(self.states[name], Summary)
            and self.asked(self.states[name], answers)
        )

    def _covers(self, state: State) -> bool:
        """Whether every option has its own way, so that the next state in order is not among them."""
        if isinstance(state.go, Mapping) and OTHERWISE in state.go:
            return True
        if not isinstance(state, Choose) or not isinstance(state.options, tuple) or state.optional:
            return False
        return isinstance(state.go, Mapping) and set(state.options) <= set(state.go)

    def _following(self, name: str) -> str:
        index = self.order.index(name) + 1
        if index == len(self.order):
            raise DeclarationError(f"{self.name}.{name}: nothing follows; say where it goes")
        return self.order[index]

    def _check(self, states: tuple[State, ...]) -> None:
        if len(self.states) != len(states):
            raise DeclarationError(f"{self.name}: two states have the same name")
        for state in states:
            self._check_state(state)
        reached = self._reachable()
        for name in self.order:
            if name not in reached:
                raise DeclarationError(f"{self.name}.{name}: no way leads here")
        if not any(isinstance(state, End) for state in states):
            raise DeclarationError(f"{self.name}: there is no end")

    def _check_state(self, state: State) -> None:
        where = f"{self.name}.{state.name}"
        if len(state.name) > MAX_STATE_NAME or not state.name.isidentifier():
            raise DeclarationError(f"{where}: a name is an identifier of at most {MAX_STATE_NAME} characters")
        if isinstance(state, Choose) and isinstance(state.options, tuple):
            for key in state.options:
                if not key.isidentifier() or len(key) > MAX_KEY:
                    raise DeclarationError(
                        f"{where}: the option {key!r} is no identifier of at most {MAX_KEY}"
                    )
        if isinstance(state, Choose) and state.read_as and not (state.many and state.own_words):
            raise DeclarationError(
                f"{where}: own words can only be read where they, and several options, are taken"
            )
        for _, go in self.edges(state):
            if go.target not in self.states:
                raise DeclarationError(f"{where}: leads to {go.target!r}, which does not exist")
            if go.do is not None:
                self._check_command(where, go.do)

    def _check_command(self, where: str, command: type) -> None:
        if not is_dataclass(command):
            raise DeclarationError(f"{where}: {command!r} is no command")
        own = {
            f"{name}_own" for name, each in self.states.items() if isinstance(each, Choose) and each.own_words
        }
        writing = [each for each in self.states.values() if isinstance(each, Write)]
        found = {f"{each.name}_findings" for each in writing if each.feedback}
        known = {*self.states, *self.given, *own, *found, "subject"}
        for name in required(command):
            if name not in known:
                raise DeclarationError(f"{where}: {command.__name__}.{name} is answered by no state")

    def _reachable(self) -> set[str]:
        seen: set[str] = set()
        todo = [self.first]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            state = self.states[name]
            todo += [go.target for _, go in self.edges(state)]
            if state.asked_if is not None and not isinstance(state, End):
                todo.append(self.target(state, None).target)
        return seen


def text_ids(dialog: Dialog) -> Iterator[str]:
    """Every text id that a dialog needs in each language."""
    for name, state in dialog.states.items():
        base = f"{dialog.name}.{name}"
        yield base
        if isinstance(state, Choose) and isinstance(state.options, tuple):
            yield from (f"{base}.{key}" for key in state.options)
        if shown_in_summary(state) and dialog.has_summary:
            yield f"{base}.label"


def shown_in_summary(state: State) -> bool:
    return isinstance(state, Choose | Write | When) and state.keep


def required(command: type) -> Iterator[str]:
    """The names of the fields that a command cannot do without."""
    for item in fields(command):
        if item.default is MISSING and item.default_factory is MISSING:
            yield item.name


def command_from(command: type, answers: Answers, subject: int | None) -> object:
    """Fill a command's fields from the answers of the same name."""
    known = {**answers, "subject": subject}
    return command(
        **{item.name: known[item.name] for item in fields(command) if known.get(item.name) is not None}
    )
