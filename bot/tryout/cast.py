"""Who takes part in the try-out, and what is known of them from the start."""

from datetime import datetime

from bot.app import App
from bot.services.access import CONSENT_VERSION
from bot.store import Transaction, queries
from bot.store.tables import Consent, Meeting, PeerProfile, Person

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
    "presentation": "Jag har varit där ensamheten var som störst, och jag lyssnar gärna. / "
    "Jeg har selv prøvet at være meget alene, og jeg lytter gerne.",
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


def seed(app: App) -> None:
    """A coordinator and an approved peer, unless they are there already."""
    with app.store.transaction() as tx:
        if queries.person_by_chat(tx, PEER) is not None:
            return
        now = app.clock.now()
        peer = _person(tx, PEER, "Alex", now)
        peer.peer = "approved"
        tx.add(PeerProfile(person_id=peer.id or 0, profile=PROFILE, capacity=3, created_at=now, approved_at=now))
        coordinator = _person(tx, COORDINATOR, "Robin", now)
        coordinator.coordinator = True


def _person(tx: Transaction, chat_id: int, name: str, now: datetime) -> Person:
    person = Person(chat_id=chat_id, name=name, country="SE", of_age=True, created_at=now)
    tx.add(person)
    tx.flush()
    tx.add(Consent(person_id=person.id or 0, purpose="support", version=CONSENT_VERSION, given_at=now))
    return person


def next_meeting(app: App) -> datetime | None:
    """When the next booked meeting of the try-out begins."""
    with app.store.transaction() as tx:
        booked = queries.rows(tx, Meeting, status="booked")
    ahead = [each.starts_at for each in booked if each.starts_at and each.starts_at > app.clock.now()]
    return min(ahead, default=None)
