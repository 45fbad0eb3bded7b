"""The first meeting with somebody: who they are to us, and the words that welcome them."""

from bot.services import conversing, invitations, menus
from bot.services.access import has_consented
from bot.services.event import Event
from bot.services.turn import Turn
from bot.store.tables import Person


def make(turn: Turn, event: Event) -> Person:
    """Remember a new person: nothing but the chat and the language they seem to speak."""
    person = Person(chat_id=event.chat_id, language=_language(turn, event), created_at=turn.now)
    countries = turn.settings.organisation.countries
    person.country = countries[0] if len(countries) == 1 else None
    turn.tx.add(person)
    turn.tx.flush()
    return person


def _language(turn: Turn, event: Event) -> str:
    """What they wrote counts more than the language of their Telegram."""
    written = "" if event.text.startswith("/") else event.text
    if written:
        found = turn.tools.language.understand(written)
        if found.language != "other" and found.language_confidence >= 0.8:
            return str(found.language)
    code = event.language_code[:2]
    if code in ("sv", "da"):
        return code
    return "da" if code in ("no", "nb", "fo", "kl") else turn.settings.organisation.languages[0]


def begin(turn: Turn, person: Person, invitation: str = "") -> None:
    """Greet somebody and go on to what they may do next."""
    if invitation and not invitations.accept(turn, person, invitation):
        turn.say(person, "invite.invalid")
    if not has_consented(turn, person):
        conversing.start(turn, person, "welcome")
    elif conversing.active(turn, person) is None:
        menus.show(turn, person, "greeting")
    menus.refresh(turn, person)
