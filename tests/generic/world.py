"""A small world in the database in which every dialog can begin, filled with the longest that people can tell.

A dialog that comes later and needs a thing of its own finds it here, or `test_crawl` says that nobody can begin it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.dialog import Choose, Dialog, Setting, Write
from bot.services import help_lines
from bot.services.access import CONSENT_VERSION, may_start
from bot.services.registry import OPTIONS, PREFILLED, Refusal
from bot.services.turn import Turn
from bot.store.tables import (
    Agreement,
    Alert,
    Consent,
    Match,
    Meeting,
    Note,
    PeerProfile,
    Person,
    Reflection,
    Relay,
    Request,
)

PEOPLE = ("user", "peer", "coordinator", "waiting", "offered", "asked", "invited", "newcomer", "stranger")
"""Who lives here, in the order of their chats from FIRST_CHAT. The stranger has not consented to anything.

The coordinator has told no name, as nobody asks for one before it is needed."""
FIRST_CHAT = 9001
SUBJECTS = range(1, 9)
"""Ids among which the things of this world are found."""

PRIVATE = "GRÅSPARV "
"""What is for nobody but its writer begins with this."""
WORD = "<b>&ö'\" "


def words(limit: int) -> str:
    """A text of as many characters as fit, of those that need care."""
    return (WORD * limit)[:limit].strip().ljust(limit, "x")


class World:
    """`build` fills an empty database; `beginnings` finds who can begin a dialog about what."""

    def __init__(self, turn: Turn, language: str) -> None:
        self.turn, self.tx, self.now, self.language = turn, turn.tx, turn.now, language
        self.people: dict[str, Person] = {}

    def build(self) -> None:
        help_lines.confirm(self.tx, self.turn.settings, self.now)
        for number, name in enumerate(PEOPLE):
            self.people[name] = self._person(FIRST_CHAT + number, name)
        self.people["coordinator"].coordinator = True
        for name in ("peer", "asked"):
            self.people[name].peer = "approved"
        self.people["invited"].peer, self.people["newcomer"].peer = "invited", "waiting"
        for name in ("peer", "asked", "newcomer"):
            self._profile(self.people[name])
        self._pair()
        self._match("newcomer", "asked", "connected")
        self._match("waiting", None, "waiting")
        self._match("offered", "peer", "asked_user")
        self._match("stranger", "asked", "asked_peer")
        self.tx.flush()

    def beginnings(self, dialog: Dialog) -> Iterator[tuple[Person, int | None]]:
        """(who, about what): for everybody who can begin this dialog, the first thing that they can.

        Those come first who are asked everything, as nothing of it is known.
        """
        subjects: list[int | None] = [*SUBJECTS] if dialog.subject else [None]
        found = [
            (person, next((each for each in subjects if self._begins(person, dialog, each)), 0))
            for person in self.people.values()
        ]
        can = [(person, subject) for person, subject in found if subject != 0]
        yield from sorted(can, key=lambda each: self._known(*each, dialog) is not None)

    def _known(self, person: Person, subject: int | None, dialog: Dialog) -> Any:
        return PREFILLED.get(dialog.name, lambda *_: None)(self.turn, person, subject)

    def _begins(self, person: Person, dialog: Dialog, subject: int | None) -> bool:
        if may_start(self.turn, person, dialog, subject) is not None:
            return False
        try:
            self._known(person, subject, dialog)
        except Refusal:
            return False
        return True

    def _add(self, row: Any) -> Any:
        self.tx.add(row)
        self.tx.flush()
        return row

    def _person(self, chat_id: int, name: str) -> Person:
        consented = name != "stranger"
        called = words(40) if consented and name != "coordinator" else None
        person = self._add(Person(chat_id=chat_id, language=self.language, name=called, created_at=self.now))
        person.country = "SE" if self.language == "sv" else "DK"
        if consented:
            person.of_age = True
            for purpose in ("support", "feedback"):
                given = {"purpose": purpose, "version": CONSENT_VERSION, "given_at": self.now}
                self._add(Consent(person_id=person.id, **given))
        return person

    def _longest(self, person: Person, *dialogs: str) -> dict[str, Any]:
        """Every question of these dialogs answered at the greatest length."""
        told: dict[str, Any] = {}
        for dialog in (self.turn.tools.dialogs[name] for name in dialogs):
            for name, state in dialog.states.items():
                if isinstance(state, Choose) and state.keep:
                    keys = self._keys(person, state, told)
                    told[name] = keys if state.many else keys[-1]
                    told |= {f"{name}_own": words(state.limit)} if state.own_words else {}
                elif isinstance(state, Write) and state.keep:
                    told[name] = words(state.limit)
        return told

    def _keys(self, person: Person, state: Choose, told: dict[str, Any]) -> list[str]:
        if not isinstance(state.options, Setting):
            return list(state.options)
        return [option.key for option in OPTIONS[state.options.name](self.turn, person, told, None)]

    def _wish(self, person: Person) -> dict[str, Any]:
        return {**self._longest(person, "intake", "details"), "form": "individual"}

    def _profile(self, person: Person) -> None:
        told = {**self._longest(person, "peer_welcome"), "called": person.name}
        row = PeerProfile(person_id=person.id, profile=told, capacity=5, created_at=self.now)
        row.approved_at = self.now - timedelta(days=40) if person.peer == "approved" else None
        self._add(row)

    def _match(self, user: str, peer: str | None, status: str) -> Match | None:
        person = self.people[user]
        standing = {"waiting": "waiting", "connected": "matched"}.get(status, "proposed")
        long_ago = self.now - timedelta(days=9)
        wish = self._wish(person)
        request = self._add(Request(person_id=person.id, status=standing, wish=wish, created_at=long_ago))
        if peer is None:
            return None
        match = Match(request_id=request.id, user_id=person.id, peer_id=self.people[peer].id)
        match.status, match.coordinator_id = status, self.people["coordinator"].id
        match.proposed_at = self.now
        match.connected_at = self.now if status == "connected" else None
        return self._add(match)  # type: ignore[no-any-return]

    def _pair(self) -> None:
        """Two who are connected, and of each thing between them one from either."""
        match = self._match("user", "peer", "connected")
        assert match is not None
        user, peer = self.people["user"], self.people["peer"]
        for author, other in ((user, peer), (peer, user)):
            self._things(match, author, other)

    def _things(self, match: Match, author: Person, other: Person) -> None:
        terms = {**self._longest(author, "agreement"), "form": "individual", "length": "60"}
        for status in ("agreed", "proposed"):
            agreed = {"terms": terms, "status": status, "proposed_at": self.now}
            self._add(Agreement(match_id=match.id, proposed_by=author.id, **agreed))
        ahead = [self.now + timedelta(days=days, hours=5) for days in (2, 3, 4)]
        first = self._meeting(match, author, "booked", starts_at=ahead[0])
        self._meeting(match, author, "proposed", options=[each.isoformat() for each in ahead])
        self._meeting(match, author, "booked", starts_at=self.now - timedelta(days=1))
        after = [ahead[0] + timedelta(days=7 * weeks) for weeks in range(1, 8)]
        for each in after:
            self._meeting(match, author, "proposed", options=[each.isoformat()], series_id=first.id)
        self._add(Relay(match_id=match.id, author_id=author.id, created_at=self.now))
        written = {"takeaway": PRIVATE + words(1900), "change": PRIVATE + words(900)}
        self._add(Reflection(meeting_id=first.id, person_id=author.id, words=written, created_at=self.now))
        self._add(Alert(person_id=author.id, status="told", created_at=self.now, told_at=self.now))
        taken = {"acknowledged_at": self.now, "acknowledged_by": self.people["coordinator"].id}
        self._add(Alert(person_id=author.id, status="acknowledged", created_at=self.now, **taken))
        about = {"author_id": author.id, "about_id": other.id, "created_at": self.now}
        self._add(Note(kind="report", text=words(1500), **about))

    def _meeting(self, match: Match, author: Person, status: str, **more: Any) -> Meeting:
        zone = "Europe/Stockholm" if self.language == "sv" else "Europe/Copenhagen"
        told = {
            "form": "individual",
            "place": words(300),
            "topic": words(120),
            "zone": zone,
            "created_at": self.now,
        }
        row = Meeting(match_id=match.id, proposed_by=author.id, status=status, **told, **more)
        row.uid = f"{status}-{author.id}-{more.get('starts_at')}@peerbot.invalid"
        return self._add(row)  # type: ignore[no-any-return]


def findings(number: int) -> tuple[dict[str, Any], ...]:
    """What language feedback could have found: more and longer than is shown."""
    return tuple(
        {
            "category": "directive",
            "rule": f"directive_modal_{each}",
            "quote": words(400),
            "message": "m" * 200,
            "principle": "p" * 100,
            "source": "s" * 100,
            "suggestions": ["s" * 200] * 3,
        }
        for each in range(number)
    )
