"""Random histories of meetings over the nights in which the clocks change.

They are proposed, picked, moved, cancelled and declined, with restarts and outages in between.

No reminder for a dead time, none twice, none missing, and the calendar files open at the right instant.
`--histories 10000` makes it long; `--seed` makes others.
"""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlmodel import select

from bot.clock import MovableClock
from bot.commands import CancelMeeting, DeclineTimes, MoveMeeting, PickTime, ProposeTimes
from bot.services import agenda, housekeeping, reminders, watching
from bot.services.dispatcher import tick
from bot.services.registry import HANDLERS
from bot.services.turn import Tools, Turn, packed
from bot.store import Store, due, outbox, queries, vault
from bot.store.tables import Due, Match, Meeting, Outbox, Person, Request
from bot.times import reminder_time
from tests.conftest import KEY, migrated
from tests.generic.crawling import tools

CHANGES = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
"""When the clocks of Stockholm and Copenhagen are put forward, and back."""
ACTS = (
    "propose",
    "propose",
    "pick",
    "pick",
    "pick",
    "move",
    "cancel",
    "decline",
    "restart",
    "outage",
    "wait",
    "wait",
    "wait",
)


LONGEST = timedelta(days=7)
"""Further than any meeting lies ahead here."""


@dataclass
class Booking:
    """That a meeting stood at a moment, from one moment until another."""

    meeting: int
    starts_at: datetime
    since: datetime
    until: datetime | None = None


@dataclass
class History:
    """Two people and their meetings; `told` are the reminders that were sent: (person, meeting, when)."""

    dice: random.Random
    store: Store
    tools: Tools
    people: tuple[int, int] = (0, 0)
    match: int = 0
    meetings: list[int] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    told: list[tuple[int, int, datetime]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.tools.clock.now()

    def begin(self) -> None:
        clock = self.tools.clock
        assert isinstance(clock, MovableClock)
        day = self.dice.choice(CHANGES) - timedelta(days=self.dice.randint(1, 4))
        clock.set(day + timedelta(minutes=self.dice.randrange(0, 24 * 60, 5)))
        countries = self.dice.choice((("SE", "SE"), ("DK", "DK"), ("SE", "DK")))
        with self.store.transaction() as tx:
            base = self.dice.getrandbits(50)
            people = [
                Person(chat_id=base + number, name="Bo", of_age=True, country=country, created_at=self.now)
                for number, country in enumerate(countries)
            ]
            for person in people:
                person.language = "sv" if person.country == "SE" else "da"
            people[1].peer = "approved"
            tx.add_all(people)
            tx.flush()
            user, peer = (person.id or 0 for person in people)
            request = Request(person_id=user, status="matched", wish={}, created_at=self.now)
            tx.add(request)
            tx.flush()
            match = Match(request_id=request.id or 0, user_id=user, peer_id=peer, status="connected")
            match.proposed_at = match.connected_at = self.now
            tx.add(match)
            tx.flush()
            self.people, self.match = (user, peer), match.id or 0

    def play(self, acts: int) -> None:
        for _ in range(acts):
            getattr(self, self.dice.choice(ACTS))()
            self.check_files()
        self.run_until(self.now + LONGEST)

    # What they do

    def propose(self) -> None:
        self.command(0, lambda: ProposeTimes(self.match, [each.isoformat() for each in self.moments()]))

    def pick(self) -> None:
        open_ones = [each for each in self.rows() if each.options]
        if open_ones:
            meeting = self.dice.choice(open_ones)
            chosen = datetime.fromisoformat(self.dice.choice(meeting.options))
            if chosen > self.now:
                self.end(meeting)
                self.command(1, lambda: PickTime(meeting.id or 0, f"{chosen:%Y%m%dT%H%M}"))
                self.bookings.append(Booking(meeting.id or 0, chosen, self.now))

    def move(self) -> None:
        booked = [each for each in self.rows() if each.status == "booked"]
        if booked:
            times = [each.isoformat() for each in self.moments()]
            self.command(0, lambda: MoveMeeting(self.dice.choice(booked).id or 0, times))

    def cancel(self) -> None:
        booked = [each for each in self.rows() if each.status == "booked"]
        if booked:
            meeting = self.dice.choice(booked)
            self.end(meeting)
            self.command(1, lambda: CancelMeeting(meeting.id or 0))

    def decline(self) -> None:
        open_ones = [each for each in self.rows() if each.options]
        if open_ones:
            self.command(1, lambda: DeclineTimes(open_ones[0].id or 0))

    def restart(self) -> None:
        self.store.close()
        self.store = Store(self.store.url)
        housekeeping.ensure(self.tools, self.store)

    def outage(self) -> None:
        """Nothing runs for a while; what fell due meanwhile is looked at when it is over."""
        began = self.now
        self.set(began + timedelta(minutes=self.dice.choice((5, 60, 300, 1500))))
        self.outages.append((began, self.now))
        self.run_until(self.now)

    def wait(self) -> None:
        self.run_until(self.now + timedelta(minutes=self.dice.choice((10, 90, 400, 1100))))

    # How it goes

    def moments(self) -> list[datetime]:
        """Up to three quarter hours in the days ahead, often in the night of the change."""
        near = min(CHANGES, key=lambda each: abs(each - self.now))
        base = near if self.dice.random() < 0.4 and near > self.now + timedelta(hours=9) else self.now
        steps = self.dice.sample(range(2, 16 if base is near else 380), 3)
        start = base.replace(minute=0, second=0, microsecond=0) - (
            timedelta(hours=2) if base is near else timedelta(0)
        )
        return [start + timedelta(minutes=15 * each) for each in steps]

    def rows(self) -> list[Meeting]:
        with self.store.transaction() as tx:
            return list(tx.exec(select(Meeting).where(Meeting.match_id == self.match)).all())

    def command(self, who: int, make: object) -> None:
        def within(tx: object) -> None:
            turn = Turn(tx, self.tools, self.now)  # type: ignore[arg-type]
            command = make()  # type: ignore[operator]
            HANDLERS[type(command)](turn, tx.get(Person, self.people[who]), command)  # type: ignore[attr-defined]

        self.store.serially(within)

    def end(self, meeting: Meeting) -> None:
        for booking in self.bookings:
            if booking.meeting == meeting.id and booking.until is None:
                booking.until = self.now

    def set(self, to: datetime) -> None:
        clock = self.tools.clock
        assert isinstance(clock, MovableClock)
        clock.set(to)

    def run_until(self, to: datetime) -> None:
        """Tick at every moment at which something falls due, as the running service does."""
        while True:
            tick(self.tools, self.store)
            self.note_reminders()
            with self.store.transaction() as tx:
                coming = due.next_due(tx)
            if coming is None or coming > to:
                break
            self.set(max(coming, self.now))
        self.set(to)

    def note_reminders(self) -> None:
        """Every reminder that has just been said: its meeting stands, lies ahead, and is named rightly."""
        with self.store.transaction() as tx:
            turn = Turn(tx, self.tools, self.now)
            for row in tx.exec(select(Outbox).where(Outbox.outcome == "waiting")).all():
                if row.method == "document":
                    continue
                person = tx.exec(select(Person).where(Person.chat_id == row.chat_id)).one()
                for meeting in tx.exec(select(Meeting).where(Meeting.match_id == self.match)).all():
                    if meeting.starts_at is None:
                        continue
                    if row.payload == self.reminder(turn, person, meeting):
                        assert meeting.status == "booked"
                        assert meeting.starts_at > self.now
                        self.told.append((person.id or 0, meeting.id or 0, self.now))
                        break
                outbox.settle(tx, [row.id or 0], "sent", self.now)

    def reminder(self, turn: Turn, person: Person, meeting: Meeting) -> dict[str, object]:
        """How a person would be reminded of a meeting at this moment, with its own buttons."""
        assert meeting.starts_at is not None
        zone = turn.zone(person)
        today = meeting.starts_at.astimezone(zone).date() == self.now.astimezone(zone).date()
        link = turn.plain(person, f"reminders.form.{meeting.form}")
        name = "today" if today else "ahead"
        text = turn.html(person, f"reminders.{name}", starts_at=meeting.starts_at, link=link)
        rows = packed(agenda.change_buttons(turn, person, meeting))
        return {"text": text, "rows": [[list(button) for button in row] for row in rows]}

    def check_files(self) -> None:
        """Every calendar file opens at the instant of its meeting, in the zone of who proposed it."""
        with self.store.transaction() as tx:
            for row in tx.exec(
                select(Outbox).where(Outbox.method == "document", Outbox.outcome == "waiting")
            ):
                event = Calendar.from_ical(base64.b64decode(vault.open(row.document))).walk("VEVENT")[0]
                meeting = tx.exec(select(Meeting).where(Meeting.uid == str(event["UID"]))).one()
                start = event["DTSTART"].dt
                assert start.astimezone(UTC) == meeting.starts_at
                assert event["DTEND"].dt.astimezone(UTC) - start.astimezone(UTC) == timedelta(
                    minutes=meeting.minutes
                )
                shown = meeting.starts_at.astimezone(ZoneInfo(meeting.zone))
                twice = shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()
                assert twice or start.replace(tzinfo=None) == shown.replace(tzinfo=None)
                outbox.settle(tx, [row.id or 0], "sent", self.now)

    def check_reminders(self) -> None:
        """None twice, none missing, none too much."""
        expected = sorted(self.due_reminders())
        assert sorted(self.told) == expected
        with self.store.transaction() as tx:
            assert not queries.rows(tx, Due, kind="reminder", status="planned")

    def due_reminders(self) -> Iterator[tuple[int, int, datetime]]:
        with self.store.transaction() as tx:
            turn = Turn(tx, self.tools, self.now)
            people = [tx.get(Person, each) for each in self.people]
            for booking in self.bookings:
                for person in people:
                    assert person is not None
                    for lead in reminders._leads(turn).values():
                        quiet, zone = reminders.quiet_hours(turn, person), turn.zone(person)
                        planned = reminder_time(booking.starts_at, lead, zone, quiet)
                        at = self.awake(planned)
                        # What is due is done before they act.
                        lives = booking.until is None or at <= booking.until
                        if planned > booking.since and at < booking.starts_at and lives:
                            yield person.id or 0, booking.meeting, at

    def awake(self, planned: datetime) -> datetime:
        """When something planned is carried out: at once, or when the outage is over."""
        return next((end for start, end in self.outages if start < planned <= end), planned)


@pytest.fixture(autouse=True)
def looks_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking every few minutes whether reminders run late would be most of what happens in these weeks."""
    monkeypatch.setattr(watching, "LOOK", timedelta(days=1))


def test_reminders_over_the_nights_of_the_clock_change(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Each history has a database of its own, so that the seed and the number are enough to play it again."""
    count, seed = request.config.getoption("--histories"), request.config.getoption("--seed")
    vault.unlock(KEY)
    shared = tools()
    reminded = booked = 0
    for number in range(count):
        (tmp_path / "p.db").write_bytes(migrated())
        store = Store(f"sqlite:///{tmp_path}/p.db")
        history = History(
            random.Random(f"{seed}:{number}"), store, replace(shared, clock=MovableClock(CHANGES[0]))
        )
        history.begin()
        try:
            history.play(12)
            history.check_reminders()
        except AssertionError as error:
            raise AssertionError(f"history {seed}:{number}: {history.bookings} {history.outages}") from error
        history.store.close()
        reminded, booked = reminded + len(history.told), booked + len(history.bookings)
    print(f"{count} histories, {booked} bookings, {reminded} reminders")
    assert reminded > count
