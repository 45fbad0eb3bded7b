"""A dialog with every kind of state, and a world that needs nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialog import (
    Begin,
    Choose,
    Conversation,
    Dialog,
    End,
    Go,
    Option,
    Setting,
    Step,
    Summary,
    When,
    Write,
    step,
)
from bot.dialog.conversation import Misread, Ticked

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Order:
    """What the example's summary asks for."""

    drink: str
    extras: list[str] = field(default_factory=list)
    extras_own: str | None = None
    note: str | None = None
    note_findings: list[Any] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    table: str | None = None


@dataclass(frozen=True)
class Greet:
    subject: int | None = None


CAFE = Dialog(
    "cafe",
    Choose(name="hello", options=("order", "leave", "greet"), keep=False, go={
        "order": "drink", "leave": "bye", "greet": Go("hello", do=Greet),
    }),
    Choose(name="drink", options=("tea", "coffee")),
    Choose(name="extras", options=("milk", "sugar", "lemon"), many=True, own_words=True, read_as="extras",
           limit=20, columns=2),
    Write(name="note", limit=30, optional=True, feedback="message"),
    When(name="times", at_most=2, days=4),
    Choose(name="table", options=Setting("tables"), asked_if=lambda answers: answers.get("drink") == "tea"),
    Summary(name="review", go=Go("sent", do=Order)),
    End(name="sent", offers=("cafe",)),
    End(name="bye"),
)  # fmt: skip


@dataclass
class Surroundings:
    """Labels are the last part of their id; a moment is typed as "20261124T1530", in the zone."""

    now: datetime = NOW
    zone: ZoneInfo = STOCKHOLM
    findings: Sequence[Mapping[str, Any]] = ()
    tables: Sequence[str] = ("window", "corner")
    misread: Misread | None = None

    def options(self, name: str, answers: Mapping[str, Any]) -> Sequence[Option]:
        return [Option(key, key.title()) for key in self.tables]

    def label(self, text_id: str) -> str:
        return text_id.rpartition(".")[2].title()

    def moment(self, text: str) -> datetime | Misread:
        if self.misread is not None:
            return self.misread
        try:
            return datetime.strptime(text.strip(), "%Y%m%dT%H%M").replace(tzinfo=self.zone).astimezone(UTC)
        except ValueError:
            return Misread("engine.when.not_understood")

    def read(self, about: str, text: str, ticked: Collection[str]) -> Ticked | None:
        """ "With milk" ticks milk; "with milk warm" too, and says more than that."""
        first, *words = text.lower().split()
        named = {"milk", "sugar", "lemon"}.intersection(words) if first == "with" else set()
        return Ticked(frozenset({*ticked, *named}), named == set(words)) if named else None

    def show(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%d/%m %H:%M}"

    def day(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%d/%m}"


WORLD = Surroundings()


def begun(dialog: Dialog = CAFE, **answers: Any) -> Step:
    at = Conversation(dialog.name, dialog.version, dialog.first, answers=answers)
    return step(dialog, at, Begin(), WORLD)
