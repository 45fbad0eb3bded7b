"""The grammar of typed dates and times: rules over the kinds of `when_words`, and how pieces join.

A rule is a pattern over the letters of the items and a function that gives the piece its value, or None when
the numbers do not fit it. Rules are tried in order at each place; the first that fits is taken. Pieces
that follow each other (fillers between them allowed) and do not contradict each other form one group:
"på fredag", "klockan tio" and "på förmiddagen" are one proposal.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from bot.language.when_words import Item

Reason = Literal[
    "next_weekday",
    "today_or_next_week",
    "which_day",
    "morning_or_evening",
    "weekday_and_date_differ",
    "clock_change",
    "several",
]
"""Why something is asked back: "nästa fredag"; "måndag" on a Monday; a week without its day; "kl 8";
"torsdag 3/3" on a Tuesday; an hour that comes twice in October; several proposals in one message."""


Builder = Callable[[list[Item], date], Any]
"""From the items of a match and today's local date to a piece's value; None when their numbers do not fit."""


@dataclass(frozen=True)
class Days:
    """The days that are meant: none when impossible, several when unclear, and then why."""

    options: tuple[date, ...]
    reason: Reason = "which_day"


@dataclass(frozen=True)
class Clock:
    """A time as typed, perhaps impossible; `spoken` when it may be meant on a 12-hour clock."""

    hour: int
    minute: int
    spoken: bool
    bare: bool = False
    """A number beside a day, without "kl" or a colon."""


@dataclass(frozen=True)
class Group:
    """One proposal: what was said of it, and the items first and (not with) last in the text."""

    first: int
    last: int
    said: dict[str, Any] = field(default_factory=dict)
    role: Literal["", "to", "from", "not"] = ""


# --- What the rules make of their items -----------------------------------------------------------------

RECENT = timedelta(days=60)


def _values(found: list[Item], kinds: str) -> list[Any]:
    return [item.value for item in found if item.kind in kinds]


def _day(year: int, month: int, day: int) -> tuple[date, ...]:
    try:
        return (date(year, month, day),)
    except ValueError:
        return ()


def _likely_year(month: int, day: int, today: date) -> int:
    """Without a year the coming such day is meant; or one that has just gone: a slip to ask about."""
    this_year = date(today.year, min(month, 12), min(max(day, 1), 28))
    if this_year < today - RECENT:
        return today.year + 1
    return today.year - (this_year.replace(year=max(today.year - 1, 1)) > today - RECENT)


def _numeric_date(found: list[Item], today: date) -> Days | None:
    year, month, day = found[-1].value
    if day > 39 or month > 19 or not (day and month):
        return None  # "50/50" is no slip of a date
    return Days(_day(year or _likely_year(month, day, today), month, day))


def _dotted_date(found: list[Item], today: date) -> Days | None:
    day, month = _values(found, "c")[0]
    return Days(_day(_likely_year(month, day, today), month, day)) if 1 <= month <= 12 and day else None


def _day_and_month(found: list[Item], today: date) -> Days | None:
    (day,), (month,), year = _values(found, "noe"), _values(found, "M"), _values(found, "Y")
    return Days(_day(year[0] if year else _likely_year(month, day, today), month, day))


def _day_of_month(found: list[Item], today: date) -> Days | None:
    (item,) = (item for item in found if item.kind in "noe")
    if item.kind == "o" and item.value <= 2:
        return None  # "den första", "den andra" are seldom dates
    ahead = today if item.value >= today.day else today.replace(day=1) + timedelta(days=31)
    return Days(_day(ahead.year, ahead.month, item.value))


def _relative_day(found: list[Item], today: date) -> Days:
    return Days((today + timedelta(days=found[0].value),))


def _coming(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _gone_weekday(found: list[Item], today: date) -> Days:
    (weekday,) = _values(found, "LW")
    return Days((_coming(weekday, today) - timedelta(days=7 + 7 * (weekday == today.weekday())),))


def _next_weekday(found: list[Item], today: date) -> Days:
    first = _coming(found[-1].value, today)
    return Days((first, first + timedelta(days=7)), "next_weekday")


def _monday(found: list[Item], today: date) -> date | None:
    """The Monday of the week that the items name: this, next, last or a numbered one."""
    this = today - timedelta(days=today.weekday())
    if not (number := _values(found, "n")):
        (sign,) = (item.kind for item in found if item.kind in "XTl")
        return this + timedelta(days={"X": 7, "T": 0, "l": -7}[sign])
    try:
        weeks = [date.fromisocalendar(year, number[0], 1) for year in (today.year, today.year + 1)]
    except ValueError:
        return None
    return weeks[0] if weeks[0] >= this else weeks[1]


def _weekday_in_week(found: list[Item], today: date) -> Days:
    (weekday,), monday = _values(found, "W"), _monday(found, today)
    return Days(() if monday is None else (monday + timedelta(days=weekday),))


def _whole_week(found: list[Item], today: date) -> Days | None:
    monday = _monday(found, today)
    return None if monday is None else Days(tuple(monday + timedelta(days=ahead) for ahead in range(7)))


def _weekend(found: list[Item], today: date) -> Days:
    monday = today - timedelta(days=today.weekday() + 7 * (found[0].kind == "l"))
    weekend: tuple[date, ...] = (monday + timedelta(days=5), monday + timedelta(days=6))
    if found[0].kind == "X":
        weekend += tuple(day + timedelta(days=7) for day in weekend)
    return Days(weekend)


def _months_on(today: date, months: int) -> date:
    years, month = divmod(today.month - 1 + months, 12)
    year = today.year + years
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _nth_weekday(found: list[Item], today: date) -> Days:
    """ "första måndagen i april", "den sidste fredag i marts"."""
    (weekday,), (month,), year = _values(found, "W"), _values(found, "M"), _values(found, "Y")
    first = date(year[0] if year else _likely_year(month, 28, today), month, 1)
    days = [first + timedelta(days=ahead) for ahead in range(monthrange(first.year, month)[1])]
    fitting = [day for day in days if day.weekday() == weekday]
    turn = _values(found, "o") or [len(fitting)]
    return Days(tuple(fitting[turn[0] - 1 : turn[0]]))


def _days_on(found: list[Item], today: date) -> Days | None:
    (number,) = _values(found, "n")
    unit = next(item.value or "week" for item in found if item.kind in "Uk")
    if unit not in {"day", "week", "month"} or not number:
        return None
    if unit == "month":
        return Days((_months_on(today, number),))
    return Days((today + timedelta(days=number * (7 if unit == "week" else 1)),))


def _weekday_weeks_on(found: list[Item], today: date) -> Days | None:
    (weekday,), on = _values(found, "W"), _days_on(found, today)
    if on is None or any(item.kind == "U" and item.value != "week" for item in found):
        return None
    counted = _coming(weekday, today) + (on.options[0] - today)
    in_that_week = on.options[0] + timedelta(days=weekday - today.weekday())
    return Days(tuple(sorted({counted, in_that_week})), "next_weekday")


def _stretch(found: list[Item], today: date) -> timedelta | None:
    if found[-1].kind == "H":
        return timedelta(minutes=found[-1].value)
    (number,), unit = _values(found, "n"), found[-1].value
    return timedelta(**{unit + "s": number}) if unit in {"hour", "minute"} else None


def _spoken(item: Item) -> bool:
    return item.value <= 12 and not item.raw.startswith("0")


def _clock(found: list[Item], today: date) -> Clock | None:
    item = next(item for item in found if item.kind in "ncyY")
    if item.kind == "n":
        return Clock(item.value, 0, _spoken(item))
    hour, minute = item.value if item.kind == "c" else divmod(item.value, 100)
    return Clock(hour, minute, item.kind == "c" and 0 < hour < 7 and not item.raw.startswith("0"))


def _two_numbers(found: list[Item], today: date) -> Clock | None:
    """ "kl 15 30", "sjutton trettio"."""
    hour, minute = (item for item in found if item.kind == "n")
    fits = hour.value < 24 and minute.value < 60 and (minute.value >= 10 or not minute.value)
    return Clock(hour.value, minute.value, _spoken(hour)) if fits else None


def _shifted(hour: Item, minutes: int) -> Clock:
    hours, minute = divmod(hour.value * 60 + minutes, 60)
    return Clock(hours, minute, _spoken(hour))


def _half(found: list[Item], today: date) -> Clock | None:
    return _shifted(found[-1], -30) if 1 <= found[-1].value <= 24 else None


def _minutes_off(found: list[Item], today: date) -> Clock | None:
    """ "kvart i fyra", "tio över nio", "fem i halv tre"."""
    counted = next(item for item in found if item.kind in "nq")
    minutes = 15 if counted.kind == "q" else counted.value
    exact = any(item.kind in "UhK" for item in found)
    if not 1 <= found[-1].value <= 24 or minutes > 29 or not (exact or minutes % 5 == 0) or not minutes:
        return None
    sign = -1 if any(item.kind == "i" for item in found) else 1
    return _shifted(found[-1], sign * minutes - 30 * any(item.kind == "h" for item in found))


def _bare(build: Builder) -> Builder:
    def build_bare(found: list[Item], today: date) -> Clock | None:
        if found[0].value == 1 and found[0].raw.isalpha():
            return None  # an article: "en fredag"
        clock: Clock | None = build(found, today)
        return replace(clock, bare=True) if clock and clock.hour < 24 else None

    return build_bare


def _late_day_of_month(found: list[Item], today: date) -> Days | None:
    """ "torsdag 26": no hour, so the day."""
    return _day_of_month(found, today) if 24 <= found[0].value <= 39 else None


def _part(found: list[Item], today: date) -> str:
    return str(found[0].value)


def _always(found: list[Item], today: date) -> bool:
    return True


# --- The rules ------------------------------------------------------------------------------------------

JOINT = "[f,i-]*"
KL = "(?:K[f,]*)?"
UNTIL = "(?:(?:-K?|t)[nc])?"
"""The end of a range of times ("10-12", "10 till 12") is read over: a meeting is booked by its start."""

RULES: list[tuple[str, str, Builder]] = [
    ("bound", rf"B[fd]*{KL}(?:h?n|c)(?![UM])(?:[-&a]K?[nc])?", _always),
    ("day", "d?,?D(?!U)", _numeric_date),
    ("day", "d,?c", _dotted_date),
    ("day", "c(?=,?f?(?:K|c))", _dotted_date),
    ("day", "d?,?(?:n,?|o|e)M,?Y?", _day_and_month),
    ("day", "d,?(?:n|e)(?![UM])|e(?![UM])|(?<=W)[f,]*do|do(?=,*(?:[KS]|$))", _day_of_month),
    ("day", f"W{JOINT}(?:[XTl]f*k|k,?n)|[XTl]f*k{JOINT}W|k,?n{JOINT}W", _weekday_in_week),
    ("day", f"W{JOINT}On[Uk]|On[Uk]{JOINT}W", _weekday_weeks_on),
    ("day", "[ol]WiM,?Y?", _nth_weekday),
    ("day", "XW", _next_weekday),
    ("day", "lW|L", _gone_weekday),
    ("day", "[XTl]f*k|k,?n", _whole_week),
    ("day", "[XTl]?E", _weekend),
    ("day", "On[Uk]", _days_on),
    ("stretch", "O(?:n[Uk]|H)", _stretch),
    ("day", "R", _relative_day),
    ("weekday", "W|w(?=[f,]*[Kchq])", lambda found, today: found[0].value),
    ("part", "P", _part),
    ("clock", f"{KL}[nq]U?[iv](?:K|h)?n(?!U)", _minutes_off),
    ("clock", f"{KL}hn", _half),
    ("clock", f"{KL}c{UNTIL}", _clock),
    ("clock", "K[f,]*nn(?!U)", _two_numbers),
    ("clock", f"K[f,]*[nyY](?!M){UNTIL}", _clock),
]
BARE: list[tuple[str, str, Builder]] = [
    ("clock", "nn(?!U)", _bare(_two_numbers)),
    ("day", "(?<=W)n(?![UMk])", _late_day_of_month),
    ("clock", f"n(?![UMk]){UNTIL}", _bare(_clock)),
    ("clock", f"[yY]{UNTIL}", _bare(_clock)),
]
"""A number alone is a time only beside a day, after "eller", or when it is all that was written."""

COMPILED = {pattern: re.compile(pattern) for _, pattern, _ in RULES + BARE}
ALONE = re.compile(r"[fS,]*(?:nn?|[yY])[-f,S]*")
BEFORE_A_DAY = re.compile(r"(?:nn?|[yY])[f-]*[WR]")
JOINED = re.compile(r"[fid,&-]*g?")
NEAR = re.compile(r"[^SaNtg]{0,6}")
REFUSED_BEFORE = re.compile(r"(?<!V)N[zfidt]{0,4}$")
REFUSED_AFTER = re.compile(r"[zV]{0,3}N")


# --- From items to groups -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    field: str
    value: Any
    first: int
    last: int


def _piece_at(
    at: int, found: list[Item], kinds: str, today: date, rules: list[tuple[str, str, Builder]]
) -> _Piece | None:
    for name, pattern, build in rules:
        if match := COMPILED[pattern].match(kinds, at):
            value = build(found[at : match.end()], today)
            if value is not None:
                return _Piece(name, value, at, match.end())
    return None


def _fits(group: Group, piece: _Piece, kinds: str) -> bool:
    """Does the piece belong to the group that is being read?"""
    if not JOINED.fullmatch(kinds, group.last, piece.first) or piece.field in group.said:
        return False
    if piece.field == "stretch" or "stretch" in group.said:
        return False
    return not (piece.field == "clock" and "bound" in group.said)


def _joined(group: Group, piece: _Piece) -> Group:
    return replace(group, last=piece.last, said={**group.said, piece.field: piece.value})


def _open_for_number(groups: list[Group], at: int, kinds: str) -> bool:
    if ALONE.fullmatch(kinds) or BEFORE_A_DAY.match(kinds, at):
        return True
    if not groups:
        return False
    last = groups[-1]
    if kinds[last.last : at] in {"a", "aK"}:
        return "clock" in last.said
    beside = JOINED.fullmatch(kinds, last.last, at) is not None
    return beside and not {"clock", "bound", "stretch"} & last.said.keys()


def _read(found: list[Item], kinds: str, today: date) -> list[Group]:
    groups: list[Group] = []
    at = 0
    while at < len(found):
        piece = _piece_at(at, found, kinds, today, RULES)
        if piece is None and _open_for_number(groups, at, kinds):
            piece = _piece_at(at, found, kinds, today, BARE)
        if piece is None:
            at += 1
            continue
        if groups and _fits(groups[-1], piece, kinds):
            groups[-1] = _joined(groups[-1], piece)
        else:
            groups.append(_joined(Group(at, at), piece))
        at = piece.last
    return groups


DAY_FIELDS = {"day", "weekday", "stretch"}


def has_day(group: Group) -> bool:
    return bool(DAY_FIELDS & group.said.keys())


def _complete_each_other(one: Group, other: Group, kinds: str) -> bool:
    """ "fredag passar bra, säg kl 11": a day and a time a few words apart."""
    if not NEAR.fullmatch(kinds, one.last, other.first) or one.said.keys() & other.said.keys():
        return False
    rest = {"clock", "part", "bound"}
    return (has_day(one) and other.said.keys() <= rest) or (has_day(other) and one.said.keys() <= rest)


def _merged(groups: list[Group], kinds: str) -> Iterator[Group]:
    waiting: Group | None = None
    for group in groups:
        if waiting is None:
            waiting = group
        elif _complete_each_other(waiting, group, kinds):
            waiting = Group(waiting.first, group.last, {**waiting.said, **group.said})
        else:
            yield waiting
            waiting = group
    if waiting is not None:
        yield waiting


def _role(group: Group, previous_end: int, kinds: str) -> Literal["", "to", "from", "not"]:
    spent = REFUSED_AFTER.match(kinds, previous_end) if previous_end else None
    before = kinds[spent.end() if spent else previous_end : group.first]
    if REFUSED_BEFORE.search(before) or REFUSED_AFTER.match(kinds, group.last):
        return "not"
    sign = before.rstrip("fid,K")[-1:]
    if sign == "B" or (sign == "O" and "weekday" in group.said):
        return "not"  # "efter fredag"; "om fredagen" is a habit
    return "to" if sign == "t" else "from" if sign == "g" else ""


def groups(found: list[Item], today: date) -> list[Group]:
    """The proposals in a text, in order, each with its role: moved "to", moved "from", "not" possible."""
    kinds = "".join(item.kind for item in found)
    result: list[Group] = []
    for group in _merged(_read(found, kinds, today), kinds):
        role = _role(group, result[-1].last if result else 0, kinds)
        result.append(replace(group, role=role))
    return [group for group in result if has_day(group) or "clock" in group.said]


def starting(moment: datetime, stretch: timedelta) -> datetime:
    """`moment` after `stretch`, on the whole minute."""
    return (moment + stretch).replace(second=0, microsecond=0)
