"""When somebody's life may be in danger: calm words and lines of help at once, then the rest."""

from bot.crisis_lines import Line, to_show
from bot.services.buttons import ActionData
from bot.services.registry import action
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Alert, Person


def answer(turn: Turn, person: Person, level: str) -> None:
    """Answer an acute or unclear message. Outranks everything; the running dialog keeps its place."""
    alert = Alert(person_id=person.id or 0, created_at=turn.now)
    turn.tx.add(alert)
    turn.tx.flush()
    rows = [
        [turn.link(person, "safety.tell_yes", ActionData("tell", f"{alert.id}"))],
        [turn.link(person, "safety.tell_no", ActionData("dont", f"{alert.id}"))],
        [turn.link(person, "safety.mistaken", ActionData("mistaken", f"{alert.id}"))],
    ]
    turn.say(person, f"safety.{level}", rows, urgent=True, **lines(turn, person))


def lines(turn: Turn, person: Person) -> dict[str, object]:
    """The arguments of a text with lines of help: those open now, and the next to open if none is."""
    served: list[str] = list(turn.settings.organisation.countries)
    countries = [person.country] if person.country else served
    adult = True if person.of_age else None
    open_now, following = to_show(countries, turn.now, adult=adult)
    shown = [_shown(turn, person, line, countries) for line in open_now]
    later = None
    if following is not None:
        later = {**_shown(turn, person, following, countries), "opens": following.opens_at(turn.now)}
    return {"open_lines": shown, "next_line": later}


def _shown(turn: Turn, person: Person, line: Line, countries: list[str]) -> dict[str, object]:
    country = turn.plain(person, f"country.{line.country}") if len(countries) > 1 else ""
    return {
        "name": line.name,
        "number": line.number,
        "words": line.words(person.language),
        "country": country,
    }


@action("tell")
def tell(turn: Turn, person: Person, argument: str) -> None:
    """The person wants a coordinator to know."""
    alert = _own(turn, person, argument)
    if alert is None or alert.status not in ("asked", "declined"):
        return
    alert.status, alert.told_at = "told", turn.now
    turn.tx.add(alert)
    coordinators = queries.rows(turn.tx, Person, coordinator=True)
    for coordinator in coordinators:
        seen = [[turn.link(coordinator, "safety.acknowledge", ActionData("seen", f"{alert.id}"))]]
        turn.say(coordinator, "safety.alert", seen, urgent=True, called=person.name, at=alert.created_at)
    turn.audit(person, "alert.told", about=person.id, subject=alert.id)
    turn.say(person, "safety.told" if coordinators else "safety.nobody", urgent=True)


@action("dont")
def dont(turn: Turn, person: Person, argument: str) -> None:
    _settle(turn, person, argument, "declined", "safety.not_told")


@action("mistaken")
def mistaken(turn: Turn, person: Person, argument: str) -> None:
    """A false alarm: dismissed kindly, and the dialog goes on."""
    _settle(turn, person, argument, "dismissed", "safety.dismissed")


@action("seen")
def seen(turn: Turn, person: Person, argument: str) -> None:
    """A coordinator takes care of it."""
    alert = turn.tx.get(Alert, int(argument)) if argument.isdigit() and person.coordinator else None
    if alert is None:
        turn.audit(person, "refused.alert")
        return turn.say(person, "refused.role")
    if alert.status == "told":
        alert.status, alert.acknowledged_at, alert.acknowledged_by = "acknowledged", turn.now, person.id
        turn.tx.add(alert)
        turn.audit(person, "alert.acknowledged", about=alert.person_id, subject=alert.id)
        concerned = turn.tx.get(Person, alert.person_id)
        if concerned is not None:
            turn.say(concerned, "safety.somebody_knows", urgent=True)
    turn.say(person, "safety.acknowledged")


def _settle(turn: Turn, person: Person, argument: str, status: str, text_id: str) -> None:
    alert = _own(turn, person, argument)
    if alert is None or alert.status != "asked":
        return
    alert.status = status
    turn.tx.add(alert)
    turn.say(person, text_id)


def _own(turn: Turn, person: Person, argument: str) -> Alert | None:
    alert = turn.tx.get(Alert, int(argument)) if argument.isdigit() else None
    if alert is None or alert.person_id != person.id:
        turn.audit(person, "refused.alert")
        turn.say(person, "engine.stale")
        return None
    return alert
