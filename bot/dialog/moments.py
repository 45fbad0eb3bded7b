"""Picking moments: a day, then a time, by buttons; or typed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.dialog.choices import Answer, Draft, Refused, Taken
from bot.dialog.conversation import DONE, Button, Conversation, Misread, Say, World
from bot.dialog.declaration import Dialog
from bot.dialog.states import When
from bot.dialog.words import is_one_of

FIRST, LAST, STEP = time(8), time(20, 30), timedelta(minutes=30)
"""The times of day that are offered by button; any other can be typed."""

Rows = tuple[tuple[Button, ...], ...]
Picked = list[str]


def pressed(conversation: Conversation, state: When, key: str, world: World) -> Taken:
    draft = _draft(conversation)
    kind, rest = key[:1], key[1:]
    if key == DONE:
        return _done(draft["picked"], world)
    if kind == "d" and _day(rest):
        return Draft({"picked": draft["picked"], "day": rest}, edit=True)
    if kind == "t" and draft["day"]:
        return _pick(draft, state, _at(draft["day"], rest, world), world)
    if kind == "m" and _moment(rest):
        return _pick(draft, state, _moment(rest), world)
    if kind == "a":
        return Draft({"picked": draft["picked"], "day": None, "more": True}, edit=True)
    if kind == "r":
        return Draft({"picked": draft["picked"][:-1], "day": None, "more": True}, edit=True)
    return Refused(Say("engine.stale"))


def typed(conversation: Conversation, state: When, text: str, world: World) -> Taken:
    """A typed date and time; with a day picked already, a time alone is enough."""
    draft = _draft(conversation)
    if draft["picked"] and is_one_of(text, world.label("engine.enough")):
        return _done(draft["picked"], world)
    read = _among(draft.get("choices") or (), world.moment(text), text)
    if isinstance(read, Misread) and draft["day"]:
        with_day = world.moment(f"{_day(draft['day'])} {text}")
        read = with_day if not isinstance(with_day, Misread) else read
    if isinstance(read, Misread):
        return _misread(draft, read)
    return _pick(draft, state, read, world, edit=False)


def _among(choices: Sequence[str], read: datetime | Misread, text: str) -> datetime | Misread:
    """What was read; a bare day of the week is the one among the days that were offered, not the nearest."""
    if not isinstance(read, Misread) or len(read.days) != 1 or any(each.isdigit() for each in text):
        return read
    offered = [day for key in choices if key.startswith("d") and (day := _day(key[1:]))]
    meant = [day for day in offered if day.weekday() == read.days[0].weekday()]
    return replace(read, days=(meant[0],)) if meant else read


def _misread(draft: dict[str, Any], read: Misread) -> Taken:
    note = Say(read.text_id)
    if len(read.days) == 1:
        return Draft({**draft, "day": f"{read.days[0]:%Y%m%d}", "choices": []}, edit=False, note=note)
    if not read.choices and not read.days:
        return Refused(note)
    keys = [_key(moment) for moment in read.choices] + [f"d{day:%Y%m%d}" for day in read.days]
    return Draft({**draft, "day": None, "choices": keys}, edit=False, note=note)


def _pick(
    draft: dict[str, Any], state: When, moment: datetime | None, world: World, *, edit: bool = True
) -> Taken:
    if moment is None:
        return Refused(Say("engine.when.nonexistent"))
    if moment <= world.now:
        return Refused(Say("engine.when.past"))
    picked: Picked = sorted({*draft["picked"], _iso(moment)})[: state.at_most]
    if state.at_most == 1:
        return Answer([_iso(moment)], settle=world.show(moment) if edit else None)
    return Draft({"picked": picked, "day": None, "more": False}, edit=edit)


def _done(picked: Picked, world: World) -> Taken:
    ahead = [moment for moment in picked if datetime.fromisoformat(moment) > world.now]
    if not ahead:
        return Refused(Say("engine.when.none"))
    return Answer(ahead, settle=readable(ahead, world))


def question(
    dialog: Dialog, conversation: Conversation, state: When, world: World
) -> tuple[str, dict[str, Any], Rows]:
    draft = _draft(conversation)
    if draft.get("choices"):
        rows = tuple((Button(key, label=_choice(key, world)),) for key in draft["choices"])
        return "engine.when.which", {}, (*rows, (Button("a", text_id="engine.when.other_day"),))
    if draft["day"]:
        shown = _choice("d" + draft["day"], world)
        return "engine.when.time", {"day": shown}, _times(draft["day"], world)
    if draft["picked"] and not draft.get("more"):
        shown_list = [world.show(datetime.fromisoformat(text)) for text in draft["picked"]]
        return "engine.when.picked", {"picked": shown_list}, _more(draft["picked"], state)
    return f"{dialog.name}.{state.name}", {}, _days(state, world)


def readable(value: Sequence[str] | None, world: World) -> str:
    return ", ".join(world.show(datetime.fromisoformat(text)) for text in value or ())


def _choice(key: str, world: World) -> str:
    """The label of a button for a moment ("m...") or a day ("d...")."""
    moment = _moment(key[1:]) if key[0] == "m" else None
    if moment is not None:
        return world.show(moment)
    return world.day(datetime.combine(_day(key[1:]) or date.min, FIRST, world.zone))


def _more(picked: Picked, state: When) -> Rows:
    done = (Button(DONE, text_id="engine.when.done"),)
    another = (Button("a", text_id="engine.when.another"),) if len(picked) < state.at_most else ()
    change = (*another, Button("r", text_id="engine.when.remove"))
    return done, change


def _days(state: When, world: World) -> Rows:
    today = world.now.astimezone(world.zone)
    days = [today + timedelta(days=ahead) for ahead in range(state.days)]
    buttons = [Button(f"d{day:%Y%m%d}", label=world.day(day)) for day in days]
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))


def _times(day: str, world: World) -> Rows:
    moments = [at for at in (_at(day, clock, world) for clock in _clocks()) if at and at > world.now]
    local = [moment.astimezone(world.zone) for moment in moments]
    buttons = [Button(f"t{each:%H%M}", label=f"{each:%H:%M}") for each in local]
    grid = tuple(tuple(buttons[i : i + 4]) for i in range(0, len(buttons), 4))
    return (*grid, (Button("a", text_id="engine.when.other_day"),))


def _clocks() -> list[str]:
    start = datetime.combine(date.min, FIRST)
    steps = (datetime.combine(date.min, LAST) - start) // STEP
    return [f"{start + n * STEP:%H%M}" for n in range(steps + 1)]


def _draft(conversation: Conversation) -> dict[str, Any]:
    picked = conversation.answers.get(conversation.state) or []
    return dict(conversation.draft or {"picked": picked, "day": None})


def _day(text: str) -> date | None:
    read = _read(text, "%Y%m%d")
    return read.date() if read else None


def _read(text: str, pattern: str) -> datetime | None:
    """A wall-clock time from a key of the picker; None for one that the picker never makes."""
    try:
        read = datetime.strptime(text, pattern)  # noqa: DTZ007 - its reader gives it a zone
    except ValueError:
        return None
    return read if read.strftime(pattern) == text else None


def _at(day: str, clock: str, world: World) -> datetime | None:
    """The UTC moment of a local day and time; None where there is none (a gap, or no clock time)."""
    read = _read(day + clock, "%Y%m%d%H%M")
    if read is None:
        return None
    local = read.replace(tzinfo=world.zone)
    moment = local.astimezone(UTC)
    return (
        moment if moment.astimezone(world.zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None
    )


def _moment(text: str) -> datetime | None:
    read = _read(text, "%Y%m%d%H%M")
    return read.replace(tzinfo=UTC) if read else None


def _key(moment: datetime) -> str:
    return f"m{moment.astimezone(UTC):%Y%m%d%H%M}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
