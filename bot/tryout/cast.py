"""Who takes part in the try-out, and what is known of them from the start."""

import tomllib
from datetime import datetime
from typing import Any

from bot.app import App
from bot.services import help_lines
from bot.services.access import CONSENT_VERSION
from bot.store import Transaction, queries
from bot.store.tables import Consent, Meeting, PeerProfile, Person
from bot.texts import FOLDER

USER, PEER, COORDINATOR = 1001, 1002, 1003

MEMBERS = (
    ("user", "Kim", "sv", USER),
    ("peer", "Alex", "sv", PEER),
    ("coordinator", "Robin", "sv", COORDINATOR),
)

PROFILE = {
    "called": "Alex",
    "topics": ["loneliness", "burnout", "mental_health"],
    "feelings": ["alone", "lost_hope"],
    "distance": "behind",
    "lean": "yes",
    "roles": ["friend", "partner"],
    "paid": "volunteer",
    "forms": ["individual", "phone", "company", "single", "writing"],
    "languages": ["sv", "da"],
    "regions": ["stockholm", "skane", "hovedstaden"],
    "capacity": "three",
    "times": ["mon_eve", "wed_eve", "thu_pm", "thu_eve"],
}


def story(language: str) -> dict[str, Any]:
    """The story that the script plays in a language: title, names, the peer's presentation, acts."""
    return tomllib.loads((FOLDER / language / "story.toml").read_text("utf-8"))


def seed(app: App, language: str = "sv") -> bool:
    """A coordinator and an approved peer; False when they are there already."""
    with app.store.transaction() as tx:
        if queries.person_by_chat(tx, PEER) is not None:
            return False
        now = app.clock.now()
        peer = _person(tx, PEER, "Alex", language, now)
        peer.peer = "approved"
        presentation = story(language)["presentation"]
        profile = PeerProfile(person_id=peer.id or 0, capacity=3, created_at=now, approved_at=now)
        profile.profile = {**PROFILE, "presentation": presentation}
        tx.add(profile)
        coordinator = _person(tx, COORDINATOR, "Robin", language, now)
        coordinator.coordinator = True
    return True


def confirm_lines(app: App) -> None:
    """Nobody asks for help in earnest here: the lines count as confirmed."""
    with app.store.transaction() as tx:
        if help_lines.latest(tx, app.settings) is None:
            help_lines.confirm(tx, app.settings, app.clock.now())


def _person(tx: Transaction, chat_id: int, name: str, language: str, now: datetime) -> Person:
    country = "SE" if language == "sv" else "DK"
    person = Person(
        chat_id=chat_id, name=name, language=language, country=country, of_age=True, created_at=now
    )
    tx.add(person)
    tx.flush()
    for purpose in ("support", "feedback"):
        tx.add(Consent(person_id=person.id or 0, purpose=purpose, version=CONSENT_VERSION, given_at=now))
    return person


def next_meeting(app: App) -> datetime | None:
    """When the next booked meeting of the try-out begins."""
    with app.store.transaction() as tx:
        booked = queries.rows(tx, Meeting, status="booked")
    ahead = [each.starts_at for each in booked if each.starts_at and each.starts_at > app.clock.now()]
    return min(ahead, default=None)
