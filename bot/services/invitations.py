"""One-time links for peers and coordinators."""

import hashlib
import secrets
import string
from datetime import datetime, timedelta

from bot.commands import Invite
from bot.services import conversing, digests
from bot.services.registry import handles
from bot.services.turn import Turn
from bot.store import Transaction, queries
from bot.store.tables import Invitation, Person

CODE_BYTES = 18
CODE_LENGTH = 24
CODE_LETTERS = frozenset(string.ascii_letters + string.digits + "-_")
ROLES = ("peer", "coordinator")


def issue(tx: Transaction, role: str, now: datetime, valid: timedelta, by: Person | None = None) -> str:
    """The code of a new invitation; only its hash is kept. `role` is one of ROLES."""
    code = secrets.token_urlsafe(CODE_BYTES)
    tx.add(
        Invitation(
            code_hash=_hash(code),
            role=role,
            created_by=by.id if by else None,
            created_at=now,
            expires_at=now + valid,
        )
    )
    return code


@handles(Invite)
def invite(turn: Turn, person: Person, command: Invite) -> None:
    """Make a one-time link and show it to the coordinator who asked, to be passed on. Nobody sees it again."""
    valid = timedelta(days=turn.settings.retention.invitations)
    code = issue(turn.tx, command.role, turn.now, valid, by=person)
    username = turn.settings.telegram.bot_username
    link = f"https://t.me/{username}?start={code}" if username else ""
    turn.say(person, f"invite.to_{command.role}", link=link, code=code, until=turn.now + valid)
    turn.audit(person, f"invited.{command.role}")


def is_code(text: str) -> bool:
    """Whether a text has the form of an invitation's code."""
    return len(text) == CODE_LENGTH and set(text) <= CODE_LETTERS


def accept(turn: Turn, person: Person, code: str) -> bool:
    """Use an invitation; False when it is unknown, used or too old."""
    found = queries.first(turn.tx, Invitation, code_hash=_hash(code))
    if found is None or found.used_at is not None or found.expires_at <= turn.now:
        turn.audit(person, "refused.invitation", about=person.id)
        return False
    found.used_at = turn.now
    turn.tx.add(found)
    _give_role(turn, person, found.role)
    turn.audit(person, f"role.{found.role}", about=person.id)
    return True


def _give_role(turn: Turn, person: Person, role: str) -> None:
    if role == "coordinator":
        person.coordinator = True
    elif person.peer == "no" and not person.minor:
        person.peer = "invited"
    turn.tx.add(person)
    if role == "coordinator":
        digests.plan_for(turn, person)
    if role == "peer" and person.minor:
        return turn.say(person, "peers.adults_only")
    if role == "peer":
        conversing.start(turn, person, "peer_welcome")


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
