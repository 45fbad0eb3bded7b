"""What a person can do: the menu in the chat, and Telegram's own menu of commands."""

from bot.services.access import has_consented
from bot.services.buttons import Link
from bot.services.turn import Turn
from bot.services.words import menu, roles
from bot.store import outbox, queries
from bot.store.tables import Person, Request


def show(turn: Turn, person: Person, text_id: str = "menu") -> None:
    """The menu of somebody's roles: a few buttons, and the way to everything else."""
    role = roles(person)[0]
    turn.say(person, f"{text_id}.{role}", buttons(turn, person))


def buttons(turn: Turn, person: Person) -> list[list[Link]]:
    """What somebody is likely to want next."""
    return [[turn.offer(person, dialog)] for dialog in _likely(turn, person)]


def _likely(turn: Turn, person: Person) -> list[str]:
    if not has_consented(turn, person):
        return ["welcome"]
    connected = bool(queries.matches_of(turn.tx, person.id or 0, "connected"))
    pair = ["message", "propose_times"] if connected else []
    found: list[str] = []
    if person.coordinator:
        found += ["queue", "peers", "invite"]
    if person.peer in ("invited", "waiting", "approved"):
        found += [*pair, "peer_welcome"]
    if not found:
        waits = queries.first(turn.tx, Request, person_id=person.id, status=("waiting", "proposed"))
        found += pair or (["details"] if waits else ["intake"])
    return [*dict.fromkeys(found), "contact"][:6]


def refresh(turn: Turn, person: Person) -> None:
    """Set Telegram's menu of commands for this chat, in the person's language and for their roles."""
    listed = [
        {"command": command.spelling(person.language), "text": turn.plain(person, f"command.{command.name}")}
        for command in menu(person)
    ]
    outbox.put(turn.tx, person.chat_id, "commands", {"commands": listed}, turn.now)
