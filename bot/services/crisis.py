"""When somebody's life may be in danger: calm words and lines of help at once, then what they choose."""

from datetime import datetime, timedelta

from bot.services import alerting, soft_check
from bot.services.access import has_consented
from bot.services.buttons import ActionData, Link, number
from bot.services.event import Event
from bot.services.help_lines import listed
from bot.services.menus import buttons
from bot.services.registry import action
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Alert, Person

LATE = timedelta(minutes=10)
"""A message that was read so long after it was written is answered with that said."""
SAME = timedelta(days=1)
"""For so long what somebody writes belongs to the question that they have not answered."""
MOST_TEXT = 3000
CHOICES = {"tell", "tell_show", "dont", "mistaken", "thoughts", "heavy", "seen"}
"""Buttons that no flood holds back."""

Rows = list[list[Link]]


def answer(turn: Turn, person: Person, event: Event, level: str, met: str = "") -> None:
    """Answer an acute or unclear message. Outranks everything; the running dialog keeps its place.

    `met`: what else it speaks of, "bereaved" or "past", so that the answer meets that as well.
    """
    alert = _open(turn, person) or _new(turn, person, event)
    if alert.status == "told":
        mistaken = [[_choice(turn, person, alert, "mistaken")]]
        known = alerting.readers(turn, person)
        return turn.say(
            person, "safety.acute_again", mistaken, urgent=True,
            lines=listed(turn, person), late=_late(turn, event), **known,
        )  # fmt: skip
    if has_consented(turn, person):
        alert.text = "\n".join(each for each in (alert.text, event.text) if each)[-MOST_TEXT:]
    if level == "acute" or alert.level == "acute":
        return _ask(turn, person, alert, "safety.acute", _late(turn, event))
    ask_gently(turn, person, alert, met or "none", _late(turn, event))


def _open(turn: Turn, person: Person) -> Alert | None:
    """The matter that a further message belongs to."""
    last = queries.first(turn.tx, Alert, person_id=person.id)
    fresh = last is not None and turn.now - last.created_at < SAME
    return last if last and (last.status == "told" or (last.status == "asked" and fresh)) else None


def _new(turn: Turn, person: Person, event: Event | None = None) -> Alert:
    written = event.sent_at if event else None
    alert = Alert(person_id=person.id or 0, level="unclear", created_at=turn.now, written_at=written)
    turn.tx.add(alert)
    turn.tx.flush()
    return alert


def _late(turn: Turn, event: Event) -> datetime | None:
    """When it was written, if that was long ago."""
    sent = event.sent_at
    return sent if sent is not None and turn.now - sent >= LATE else None


def _ask(turn: Turn, person: Person, alert: Alert, text_id: str, late: datetime | None = None) -> None:
    """Lines of help, and whether a coordinator may know; after a while of silence one is told."""
    alert.level = "acute"
    turn.tx.add(alert)
    alerting.wait_for_answer(turn, alert)
    show = ["tell_show"] if alert.text else []
    rows = [[_choice(turn, person, alert, name)] for name in ("tell", *show, "dont", "mistaken")]
    turn.say(
        person, text_id, rows, urgent=True, lines=listed(turn, person), late=late,
        always=_always(turn, person), **alerting.readers(turn, person),
    )  # fmt: skip


def ask_gently(turn: Turn, person: Person, alert: Alert, met: str, late: datetime | None = None) -> None:
    """The unclear zone: a question, the same lines of help, and nobody is told unless the person wants it."""
    turn.tx.add(alert)
    rows = [[_choice(turn, person, alert, name)] for name in ("thoughts", "heavy", "tell", "mistaken")]
    lines = listed(turn, person, bereaved=met == "bereaved")
    turn.say(person, "safety.unclear", rows, urgent=True, lines=lines, late=late, met=met)


def _choice(turn: Turn, person: Person, alert: Alert, name: str) -> Link:
    return turn.link(person, f"safety.choice.{name}", ActionData(name, f"{alert.id}"))


def _always(turn: Turn, person: Person) -> bool:
    """Whether a coordinator hears in any case: the organisation's rule, if it stood in the consent that was given."""
    return turn.settings.safety.alert == "always" and has_consented(turn, person, "alert")


def meet(turn: Turn, person: Person, event: Event, met: str, *, in_dialog: bool) -> None:
    """Nobody is in danger, but somebody was: kind words, and where to turn if it weighs."""
    if in_dialog:
        return turn.say(person, f"safety.{met}_briefly")
    lines = listed(turn, person, bereaved=met == "bereaved", to_talk=True)
    turn.say(person, f"safety.{met}", buttons(turn, person), lines=lines, late=_late(turn, event))


# What the person chooses


@action("tell")
def tell(turn: Turn, person: Person, argument: str) -> None:
    """The person wants a coordinator to know."""
    _tell(turn, person, argument, show_text=False)


@action("tell_show")
def tell_and_show(turn: Turn, person: Person, argument: str) -> None:
    """... and to read what they wrote."""
    _tell(turn, person, argument, show_text=True)


def _tell(turn: Turn, person: Person, argument: str, *, show_text: bool) -> None:
    alert = _own(turn, person, argument)
    if alert is None:
        return
    if alert.status not in ("asked", "declined"):
        return turn.say(person, f"safety.already_{alert.status}")
    alert.show_text = show_text and alert.text is not None
    alerting.tell(turn, person, alert, "wanted")
    turn.say(
        person, "safety.told", soft_check.offer(turn, person, alert), urgent=True,
        shown=alert.show_text, **alerting.readers(turn, person),
    )  # fmt: skip


@action("dont")
def dont(turn: Turn, person: Person, argument: str) -> None:
    """No: nobody is told, unless the organisation's rule and the consent say otherwise; then that is said."""
    alert = _own(turn, person, argument)
    if alert is None:
        return
    if alert.status != "asked":
        return turn.say(person, f"safety.already_{alert.status}")
    turn.audit(person, "alert.declined", about=person.id, subject=alert.id)
    if _always(turn, person):
        alerting.tell(turn, person, alert, "always")
        check = soft_check.offer(turn, person, alert)
        return turn.say(person, "safety.told_anyway", check, urgent=True, **alerting.readers(turn, person))
    _settle(turn, alert, "declined")
    turn.say(person, "safety.not_told", soft_check.offer(turn, person, alert))


@action("mistaken")
def mistaken(turn: Turn, person: Person, argument: str) -> None:
    """A false alarm: dismissed kindly at any time, and the dialog goes on."""
    alert = _own(turn, person, argument)
    if alert is None:
        return
    if alert.status != "dismissed":
        known = alert.status in ("told", "acknowledged")
        alerting.withdraw(turn, alert)
        _settle(turn, alert, "dismissed")
        turn.audit(person, "alert.dismissed", about=person.id, subject=alert.id)
        return turn.say(person, "safety.dismissed", known=known)
    turn.say(person, "safety.already_dismissed")


@action("thoughts")
def thoughts(turn: Turn, person: Person, argument: str) -> None:
    """Yes to the gentle question: it is grave now."""
    alert = _own(turn, person, argument)
    if alert is not None and alert.status == "asked":
        _ask(turn, person, alert, "safety.thoughts")
    elif alert is not None:
        turn.say(person, f"safety.already_{alert.status}")


@action("heavy")
def heavy(turn: Turn, person: Person, argument: str) -> None:
    """No thoughts of dying, but it is hard."""
    alert = _own(turn, person, argument)
    if alert is not None and alert.status == "asked":
        _settle(turn, alert, "declined")
        contact = [[turn.offer(person, "contact")]]
        turn.say(person, "safety.heavy", [*soft_check.offer(turn, person, alert), *contact])
    elif alert is not None:
        turn.say(person, f"safety.already_{alert.status}")


def _settle(turn: Turn, alert: Alert, status: str) -> None:
    """Nothing more is asked or kept about it."""
    alert.status, alert.text, alert.show_text = status, None, False
    turn.tx.add(alert)
    alerting.stop(turn, alert)


def _own(turn: Turn, person: Person, argument: str) -> Alert | None:
    alert = turn.tx.get(Alert, number(argument))
    if alert is None or alert.person_id != person.id:
        turn.audit(person, "refused.alert")
        turn.say(person, "engine.stale")
        return None
    return alert


@action("how")
def how_it_is(turn: Turn, person: Person, argument: str) -> None:
    """The answer to the soft check: better, as before, or worse; worse is asked about as any unclear message."""
    alert_id, _, said = argument.partition("-")
    if _own(turn, person, alert_id) is None:
        return
    if said == "worse":
        return ask_gently(turn, person, _new(turn, person), "worse")
    better = said == "better"
    rows: Rows = [] if better else [[turn.offer(person, "contact")]]
    turn.say(person, "safety.check_better" if better else "safety.check_same", rows)
