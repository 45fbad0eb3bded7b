"""The lines of help: shown to whoever needs them, and confirmed by the organisation before it takes requests."""

from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from bot import crisis_lines
from bot.config import Settings
from bot.crisis_lines import Line, to_show
from bot.services.buttons import ActionData, Link
from bot.services.registry import Refusal, action
from bot.services.turn import Turn
from bot.store import Transaction, queries
from bot.store.tables import Audit, Confirmation, Person, Request

SHORT = 16
"""So much of a list's fingerprint fits a button and tells the lists apart."""


# Showing


def lines(turn: Turn, person: Person, *, bereaved: bool = False) -> dict[str, Any]:
    """The arguments of a text with lines of help: those open now, and the next to open if none is."""
    countries = [person.country] if person.country else list(turn.settings.organisation.countries)
    open_now, following = to_show(
        countries,
        turn.now,
        adult=True if person.of_age else None,
        region=_region(turn, person),
        bereaved=bereaved,
    )
    confirmed = confirmed_on(turn)
    several = len(countries) > 1
    shown = [_shown(turn, person, line, confirmed, several) for line in open_now]
    later = None
    if following is not None:
        later = _shown(turn, person, following, confirmed, several)
        later["opens"] = following.opens_at(turn.now)
    return {"open_lines": shown, "next_line": later}


def listed(turn: Turn, person: Person, *, bereaved: bool = False, to_talk: bool = False) -> Markup:
    """The lines of help as a part of another text, one a line; with `to_talk` only those to talk with."""
    found = lines(turn, person, bereaved=bereaved)
    every = [*found["open_lines"], *([found["next_line"]] if found["next_line"] else [])]
    told = [
        turn.html(person, "safety.line", **{"opens": None, **each})
        for each in every
        if not to_talk or each["what"] in ("suicide", "talk", "bereaved")
    ]
    return Markup("\n".join(told))  # noqa: S704 - rendered and escaped already


def _region(turn: Turn, person: Person) -> str | None:
    """The region that a person has named in their latest request; None where it is not known."""
    request = queries.first(turn.tx, Request, person_id=person.id)
    return None if request is None else (request.wish or {}).get("region")


def _shown(turn: Turn, person: Person, line: Line, confirmed: date | None, several: bool) -> dict[str, Any]:
    overdue = line.is_stale(turn.now.date(), confirmed)
    return {
        "name": line.name,
        "number": line.number,
        "link": line.link,
        "what": line.what,
        "words": line.words(person.language),
        "country": turn.plain(person, f"country.{line.country}") if several else "",
        "overdue": _at_noon(line.checked_on(confirmed), turn) if overdue else None,
    }


def _at_noon(day: date, turn: Turn) -> datetime:
    return turn.now.replace(year=day.year, month=day.month, day=day.day, hour=12, minute=0)


def show(turn: Turn, person: Person) -> None:
    """The lines open now; for a coordinator the whole list as well, to be confirmed."""
    turn.say(person, "safety.help", lines=listed(turn, person))
    if person.coordinator:
        show_all(turn, person)


@action("lines")
def show_to_confirm(turn: Turn, person: Person, argument: str) -> None:
    if not person.coordinator:
        turn.audit(person, "refused.lines")
        return turn.say(person, "refused.role")
    show_all(turn, person)


def show_all(turn: Turn, person: Person) -> None:
    """Every line with what is known of it, and a button that confirms just this list."""
    found, countries = latest(turn.tx, turn.settings), turn.settings.organisation.countries
    stamp = crisis_lines.fingerprint(countries)[:SHORT]
    confirm = turn.link(person, "lines.confirm", ActionData("confirm_lines", stamp))
    confirmed = found.confirmed_at if found else None
    every = [
        turn.html(person, "lines.one", **_facts(turn, person, line, confirmed))
        for line in crisis_lines.served(countries)
    ]
    told = Markup("\n").join(Markup(each) for each in every)  # noqa: S704 - rendered and escaped already
    turn.say(person, "lines.all", [[confirm]], every=told, confirmed=confirmed)


def _facts(turn: Turn, person: Person, line: Line, confirmed: datetime | None) -> dict[str, Any]:
    shown = _shown(turn, person, line, confirmed.date() if confirmed else None, True)
    hours = None if line.hours is None else f"{line.hours[0]:%H:%M}–{line.hours[1]:%H:%M}"
    checked = _at_noon(line.checked_on(confirmed.date() if confirmed else None), turn)
    region = next(
        (
            each.name(person.language)
            for each in turn.settings.organisation.regions
            if each.key == line.region
        ),
        line.region,
    )
    return {**shown, "hours": hours, "checked": checked, "certainty": line.certainty, "region": region}


# Confirming


@action("confirm_lines")
def confirm_in_chat(turn: Turn, person: Person, argument: str) -> None:
    """A coordinator has checked the list that they were shown; a list that has changed since is shown anew."""
    if not person.coordinator:
        turn.audit(person, "refused.lines")
        return turn.say(person, "refused.role")
    if argument != crisis_lines.fingerprint(turn.settings.organisation.countries)[:SHORT]:
        turn.audit(person, "refused.lines")
        turn.say(person, "lines.changed")
        return show_all(turn, person)
    confirm(turn.tx, turn.settings, turn.now, person)
    turn.audit(person, "lines.confirmed")
    turn.say(person, "lines.confirmed")


def confirm(tx: Transaction, settings: Settings, now: datetime, person: Person | None = None) -> None:
    """Keep that the organisation has checked its lines as they are now."""
    stamp = crisis_lines.fingerprint(settings.organisation.countries)
    by = person.id if person else None
    tx.add(Confirmation(fingerprint=stamp, confirmed_at=now, confirmed_by=by))


def latest(tx: Transaction, settings: Settings) -> Confirmation | None:
    """The latest confirmation of the list as it is now; None when nobody has confirmed it."""
    stamp = crisis_lines.fingerprint(settings.organisation.countries)
    return queries.first(tx, Confirmation, fingerprint=stamp)


def confirmed_on(turn: Turn) -> date | None:
    found = latest(turn.tx, turn.settings)
    return found.confirmed_at.date() if found else None


def refuse_until_confirmed(turn: Turn, person: Person, refusal: type[Refusal]) -> None:
    """Raise the refusal while nobody has confirmed the list; the coordinators hear of it, once a day at most."""
    if latest(turn.tx, turn.settings) is not None:
        return
    before = queries.first(turn.tx, Audit, action="request.not_yet")
    turn.audit(person, "request.not_yet", about=person.id)
    if before is None or turn.now - before.at >= timedelta(days=1):
        for coordinator in queries.rows(turn.tx, Person, coordinator=True):
            turn.say(coordinator, "lines.unconfirmed", [[see(turn, coordinator)]])
    raise refusal("lines.not_yet")


def see(turn: Turn, coordinator: Person) -> Link:
    """A button that shows the whole list."""
    return turn.link(coordinator, "lines.see", ActionData("lines"))
