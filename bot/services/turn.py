"""One turn: a transaction together with everything that a service needs to act in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.config import Settings
from bot.dialog import Dialog
from bot.language.engine import LanguageEngine
from bot.services.buttons import Link, StartData
from bot.services.fitting import pieces
from bot.store import Transaction, outbox
from bot.store.tables import Audit, Person
from bot.texts import Reader, Texts

Rows = Sequence[Sequence[Link]]


@dataclass(frozen=True)
class Tools:
    """What all services share; made once by the composition root."""

    settings: Settings
    texts: Texts
    clock: Clock
    dialogs: Mapping[str, Dialog]
    language: LanguageEngine


@dataclass
class Turn:
    """A transaction, the present moment (aware UTC) and the tools.

    `findings` are what language feedback found in the text that came in, if it was asked for;
    `pressed` is the id of the message whose button was pressed. `afterwards` is done when a dialog has ended and
    no other waits to be taken up.
    """

    tx: Transaction
    tools: Tools
    now: datetime
    findings: Sequence[Mapping[str, Any]] = ()
    pressed: int | None = None
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return self.tools.settings

    def reader(self, person: Person) -> Reader:
        return Reader(person.language, self.zone(person))

    def zone(self, person: Person) -> ZoneInfo:
        return ZoneInfo(self.settings.zone(person.country))

    def html(self, person: Person, text_id: str, **args: Any) -> str:
        return self.tools.texts.html(text_id, self.reader(person), **args)

    def plain(self, person: Person, text_id: str, **args: Any) -> str:
        return self.tools.texts.plain(text_id, self.reader(person), **args)

    def say(
        self, person: Person, text_id: str, rows: Rows = (), *, urgent: bool = False, **args: Any
    ) -> None:
        """Send a text to a person, with buttons in rows, when the transaction commits."""
        self.send(person, self.html(person, text_id, **args), rows, urgent=urgent)

    def pass_on(
        self,
        author: Person,
        person: Person,
        text_id: str,
        rows: Rows = (),
        *,
        urgent: bool = False,
        **args: Any,
    ) -> None:
        """Say what somebody else wrote. If they are erased before it is sent, it is not sent."""
        self.send(person, self.html(person, text_id, **args), rows, urgent=urgent, author_id=author.id)

    def send(
        self,
        person: Person,
        html: str,
        rows: Rows = (),
        *,
        urgent: bool = False,
        author_id: int | None = None,
    ) -> None:
        """Send a rendered text; one too long for a message in several, the buttons under the last."""
        *before, last = pieces(html)
        for text, under in (*((each, ()) for each in before), (last, rows)):
            payload = {"text": text, "rows": packed(under)}
            outbox.put(
                self.tx, person.chat_id, "message", payload, self.now, urgent=urgent, author_id=author_id
            )

    def edit(self, person: Person, html: str, rows: Rows = ()) -> None:
        """Change the message whose button was pressed; where there is none, send a new one."""
        if self.pressed is None:
            return self.send(person, html, rows)
        first, *more = pieces(html)
        payload = {"text": first, "rows": [] if more else packed(rows), "message_id": self.pressed}
        outbox.put(self.tx, person.chat_id, "edit", payload, self.now)
        if more:
            self.send(person, "\n".join(more), rows)

    def send_file(
        self, person: Person, name: str, content: bytes, text_id: str, rows: Rows = (), **args: Any
    ) -> None:
        """Send a file with a caption of at most 1024 characters."""
        payload = {"name": name, "caption": self.html(person, text_id, **args), "rows": packed(rows)}
        outbox.put(self.tx, person.chat_id, "document", payload, self.now, document=content)

    def link(self, person: Person, text_id: str, data: object, **args: Any) -> Link:
        return Link(self.plain(person, text_id, **args), str(data))

    def offer(self, person: Person, dialog: str, subject: int | None = None, key: str = "") -> Link:
        """A button that starts a dialog, labelled "offer.<dialog>" or "offer.<dialog>_<key>"."""
        text_id = f"offer.{dialog}_{key}" if key else f"offer.{dialog}"
        return self.link(person, text_id, StartData(dialog, subject, key))

    def audit(
        self, actor: Person | None, action: str, about: int | None = None, subject: int | None = None
    ) -> None:
        """Note who did what to whom; never what somebody wrote."""
        actor_id = actor.id if actor else None
        self.tx.add(Audit(actor_id=actor_id, action=action, person_id=about, subject=subject, at=self.now))


def packed(rows: Rows) -> list[list[tuple[str, str]]]:
    return [[(link.label, link.data) for link in row] for row in rows if row]
