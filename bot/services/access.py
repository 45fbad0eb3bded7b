"""Who may do what: the one place that checks role, consent and ownership."""

from bot.dialog import Dialog
from bot.services.registry import OWNERS
from bot.services.turn import Turn
from bot.store import Transaction, queries
from bot.store.tables import Consent, Person, Request

CONSENT_VERSION = 1
"""Rises when the words of the consent change; a new version is asked for again."""
VERSIONS = {"statistics": 2}
"""Where the words of one purpose have changed and the others have not."""


def version_of(purpose: str) -> int:
    """The version of a purpose's present words."""
    return VERSIONS.get(purpose, CONSENT_VERSION)


def consent_to(tx: Transaction, person_id: int | None, purpose: str) -> Consent | None:
    """A person's yes to the present words of a purpose, unless they have taken it back."""
    return queries.first(
        tx, Consent, person_id=person_id, purpose=purpose, version=version_of(purpose), withdrawn_at=None
    )


def consents_to(tx: Transaction, purpose: str) -> tuple[int, ...]:
    """The ids of everybody who has said yes to the present words of a purpose."""
    given = queries.rows(tx, Consent, purpose=purpose, version=version_of(purpose), withdrawn_at=None)
    return tuple({each.person_id for each in given})


def has_consented(turn: Turn, person: Person, purpose: str = "support") -> bool:
    return consent_to(turn.tx, person.id, purpose) is not None


def may_start(turn: Turn, person: Person, dialog: Dialog, subject: int | None) -> str | None:
    """None when the person may, else the reason: blocked, role, not_yours, unknown or consent."""
    if not _has_role(turn, person, dialog.role):
        return "role"
    if person.status == "blocked" and dialog.consent:
        return "blocked"
    if (dialog.subject is None) != (subject is None):
        return "unknown"
    if dialog.consent and not has_consented(turn, person):
        return "consent"
    if subject is not None and not OWNERS[dialog.subject or ""](turn, person, subject):
        return "not_yours"
    return None


def _has_role(turn: Turn, person: Person, role: str) -> bool:
    match role:
        case "anyone":
            return True
        case "coordinator":
            return person.coordinator
        case "peer":
            return person.peer in ("invited", "waiting", "approved")
        case "approved_peer":
            return person.peer == "approved"
        case "requester":
            return bool(queries.rows(turn.tx, Request, person_id=person.id, status=("waiting", "proposed")))
        case _:
            raise ValueError(f"unknown role {role!r}")
