"""When in the week it usually suits somebody, as they type it: "kvällar på vardagar", "alle dage undtagen onsdag".

Read from left to right into clauses of days and parts of the day that belong together; what one lacks is
meant whole ("helger": all day; "kvällar": every day). The grid is coarse: a stretch of the clock means the parts
that it is in for two hours, or for half of it. What the grid cannot tell ("efter 18", "helst") makes the reading
less than whole.
"""

import re
from dataclasses import dataclass, field, replace

from bot.language.week_words import (
    ALL_DAYS,
    ALL_PARTS,
    PARTS,
    WEEKEND,
    WORKDAYS,
    Part,
    Span,
    week_items,
)
from bot.language.when_words import Item

Slot = tuple[int, Part]
"""A weekday (0 is Monday) and a part of it."""

Slots = frozenset[Slot]
WHOLE_WEEK: Slots = frozenset((day, part) for day in ALL_DAYS for part in ALL_PARTS)


@dataclass(frozen=True)
class Week:
    """What a text says of the week: what suits, what does not, and whether that is all it says."""

    named: Slots
    refused: Slots
    whole: bool

    def after(self, before: Slots) -> Slots:
        """What suits now, when `before` did: more of what is named, less of what is refused.

        Where nothing suited before, all but what is refused.
        """
        return (before | self.named or (WHOLE_WEEK if self.refused else before)) - self.refused

    @property
    def slots(self) -> Slots:
        """What suits, when nothing was said before."""
        return self.after(frozenset())


def read_week(text: str, language: str) -> Week:
    """What `text` says of when in the week it suits. language: "sv" or "da". Never raises on a text."""
    found = _meant(week_items(_joined_letters(text), language))
    kinds = "".join(item.kind for item in found)
    reading = _Reading(found, kinds)
    reading.read()
    clauses = [each for each in reading.clauses if not each.is_empty]
    named: Slots = frozenset().union(*(each.slots for each in clauses if not each.refused))
    refused: Slots = frozenset().union(*(each.slots for each in clauses if each.refused))
    preferred = "H" in kinds and sum(not each.refused for each in clauses) > 1
    coarse = any(each.span is not None and each.span.coarse for each in clauses)
    more = preferred or coarse or "z" in kinds or "?" in text
    return Week(named, refused, bool(named or refused) and not more)


# --- Items, with what depends on their neighbours -------------------------------------------------------


def _joined_letters(text: str) -> str:
    """ "t.o.m." and "f.m." as words, with as many characters."""
    return re.sub(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)", "", text)


SIGNS_OF_AND = {"/", "&", "+"}


def _meant(items: list[Item]) -> list[Item]:
    """The items that count, each by what it is in its place."""
    kept = [_stopped(item, items[at - 1 : at], items[at + 1 : at + 2]) for at, item in enumerate(items)]
    kept = [item for item in kept if item.kind != "_"]
    kept = [_dashed(item, kept, at) for at, item in enumerate(kept)]
    kept = [_weak(item, kept, at) for at, item in enumerate(kept)]
    return [item for item in kept if item.kind != "f"]


def _stopped(item: Item, before: list[Item], after: list[Item]) -> Item:
    """A full stop ends a sentence, unless it stands behind an abbreviation; colons and smiles ("_") say nothing."""
    if item.kind == "z" and item.raw not in SIGNS_OF_AND and not any(each.isalnum() for each in item.raw):
        return replace(item, kind="_")
    if item.raw != ".":
        return replace(item, kind="_") if item.raw == ":" else item
    short = any(each.kind in "KtBb" or (each.kind in "DwP" and len(each.raw) <= 4) for each in before)
    return replace(item, kind="_" if short or any(each.kind in "&," for each in after) else "S")


def _dashed(item: Item, items: list[Item], at: int) -> Item:
    """A dash between words is a range or a joint of one word; beside a space it is a stop, or nothing before "och"."""
    if item.raw in SIGNS_OF_AND:
        return replace(item, kind="&")
    if item.kind != "-":
        return item
    before, after = items[at - 1 : at], items[at + 1 : at + 2]
    if not before or not after or after[0].kind == "&":
        return replace(item, kind="f")
    if before[0].kind in "Dw" and after[0].kind == "P":
        return replace(item, kind="f")
    alike = {before[0].kind, after[0].kind}
    return item if alike <= set("Dw") or alike <= {"P"} or alike <= set("ncyhK") else replace(item, kind=",")


def _weak(item: Item, items: list[Item], at: int) -> Item:
    """A word that is a weekday in good company only; "en" that is no number."""
    before = next((each.kind for each in reversed(items[:at]) if each.kind != "f"), "")
    after = next((each.kind for each in items[at + 1 :] if each.kind != "f"), "")
    if item.kind == "w":
        beside = items[at + 1].kind if at + 1 < len(items) else ""
        is_day = (beside or "-") in "DwPBKnc-&,t" and (beside or before or len(items) == 1)
        return replace(item, kind="D" if is_day else "f")
    if item.kind == "n" and item.value == 1 and item.raw.isalpha() and (before or "-") not in "BbKthm":
        return replace(item, kind="f")
    if item.kind == "n" and not (before or after):
        return replace(item, kind="z")
    return item


# --- Hours ----------------------------------------------------------------------------------------------

HOURS: dict[Part, tuple[float, float]] = {"am": (7, 12), "pm": (12, 17), "eve": (17, 22)}
FIRST, LAST = 6.0, 23.0
EVEN = {FIRST, 12.0, 17.0, LAST}
"""Hours at which the grid's parts begin and end."""
REFUSED = 0.75
"""How much of a part has to be refused for it to be out."""


def _hour(items: list[Item]) -> tuple[float, bool]:
    """The hour, and whether it may be meant on the 12-hour clock."""
    item = next(each for each in items if each.kind in "ncy")
    if item.kind == "n":
        half = 0.5 * any(each.kind == "h" for each in items)
        return item.value - half, not item.raw.startswith("0")
    hour, minute = item.value if item.kind == "c" else divmod(item.value, 100)
    return hour + minute / 60, False


def _late(hour: float, spoken: bool, upto: float) -> float:
    """Half a day later, when it was hardly meant in the early morning."""
    return hour + 12 if spoken and hour <= upto else hour


def _overlap(part: Part, start: float, end: float) -> float:
    first, last = HOURS[part]
    return max(0.0, min(last, end) - max(first, start))


def _between(start: float, end: float, *, refused: bool) -> Span | None:
    """The parts of a stretch between two hours; None where the clock has none such."""
    if not 0 <= start < end <= 24:
        return None
    within = {part: _overlap(part, start, end) for part in PARTS}
    if refused:
        most = {part: (HOURS[part][1] - HOURS[part][0]) * REFUSED for part in PARTS}
        parts = [part for part in PARTS if within[part] >= most[part]]
    else:
        least = min(2.0, (end - start) / 2, max(within.values()) or 24.0)
        parts = [part for part in PARTS if within[part] >= least]
    return Span(frozenset(parts), clock=True, coarse=not {start, end} <= EVEN)


def _at(hour: float) -> Span | None:
    """The part that an hour is in."""
    if not FIRST <= hour <= 24:
        return None
    part: Part = "am" if hour < 12 else "pm" if hour < 17 else "eve"
    return Span(frozenset((part,)), clock=True, coarse=True)


# --- Clauses --------------------------------------------------------------------------------------------


@dataclass
class _Clause:
    """Days, each with the joint before it ("" for none), and parts that belong together."""

    refused: bool = False
    days: list[tuple[str, frozenset[int]]] = field(default_factory=list)
    span: Span | None = None
    part_first: bool = False
    elsewhere: frozenset[int] | None = None
    """The days that are meant where none are named."""

    @property
    def is_empty(self) -> bool:
        return not self.days and self.span is None

    @property
    def slots(self) -> Slots:
        days = frozenset().union(*(each for _, each in self.days)) or self.elsewhere
        days = days or (self.span.days if self.span else None) or ALL_DAYS
        parts = ALL_PARTS if self.span is None else self.span.parts
        return frozenset((day, part) for day in days for part in parts)


TIME = "(?:K?(?:hn|[ncy]))"
RULES: list[tuple[str, str]] = [
    ("range", f"m?[Bb]?{TIME}[-t]{TIME}|m{TIME}&{TIME}"),
    ("after", f"B{TIME}|{TIME}u"),
    ("before", f"[bt]{TIME}"),
    ("at", "K(?:hn|[ncy])|(?<=[DP])(?:hn|[ncy])(?!z)|c|^[DPK&,]*hn"),
    ("days", "[Bm]?D[-t]D|mD&D"),
    ("parts", "B?P[-t]P"),
    ("day", "D"),
    ("part", "P"),
    ("refuse", "N"),
    ("busy", "J"),
    ("stop", "S"),
    ("joint", "[&,z]"),
]
COMPILED = [(name, re.compile(pattern)) for name, pattern in RULES]
CHUNK = re.compile("[^,S]*")
CONTENT = re.compile("[DPncy]")
BACKWARD = re.compile("[NJ][^DPncy]*$")
"""A refusal of what stands before it: "onsdagar kan jag inte"."""


class _Reading:
    """The clauses of a text, as it is read."""

    def __init__(self, found: list[Item], kinds: str) -> None:
        self.found, self.kinds = found, kinds
        self.clauses = [_Clause()]
        self.joint = ""
        self.chunk = 0
        """The number of clauses before the present chunk, which a soft stop began."""

    @property
    def last(self) -> _Clause:
        return self.clauses[-1]

    def read(self) -> None:
        at = 0
        while at < len(self.kinds):
            name, end = self._rule(at)
            if name:
                getattr(self, f"_{name}")(self.found[at:end], end)
            elif self.kinds[at] not in "YHKBbtmu-":
                self.joint = ","
            at = end

    def _rule(self, at: int) -> tuple[str, int]:
        for name, pattern in COMPILED:
            if match := pattern.match(self.kinds, at):
                return name, match.end()
        return "", at + 1

    def _begin(self, *, refused: bool | None = None) -> None:
        self.clauses.append(_Clause(self.last.refused if refused is None else refused))

    # What the rules do

    def _stop(self, items: list[Item], end: int) -> None:
        self._begin(refused=False)
        self.joint, self.chunk = "", len(self.clauses) - 1

    def _joint(self, items: list[Item], end: int) -> None:
        self.joint = "," if items[0].kind != "&" or self.joint == "," else "&"
        if items[0].kind != ",":
            return
        ahead, last = self._ahead(end), self.last
        said_yes = re.search("[YH][^,S]*$", self.kinds[: end - 1])
        listed = bool(last.days) and last.span is None and not said_yes
        suits_again = last.refused and re.search("[YH]", ahead) and "N" not in ahead
        if suits_again or (BACKWARD.search(ahead) and not (listed or last.is_empty)):
            self._begin(refused=False)
        self.chunk = len(self.clauses) - (self.last.is_empty or listed)

    def _ahead(self, at: int) -> str:
        chunk = CHUNK.match(self.kinds, at)
        return chunk.group() if chunk else ""

    def _refuse(self, items: list[Item], end: int) -> None:
        if CONTENT.search(self._ahead(end)):
            before = [each for each in self.clauses if not each.refused and each.days and each.span is None]
            self._begin(refused=True)
            if before:
                self.last.elsewhere = frozenset().union(*(each for one in before for _, each in one.days))
        else:
            for clause in self.clauses[self.chunk :]:
                clause.refused = True
            self._begin(refused=False)
        self.joint = ""

    def _busy(self, items: list[Item], end: int) -> None:
        """Busy on the days right before ("måndagar jobbar jag kväll"), or else on workdays."""
        last = self.last
        its_own = last.days and last.span is None and not last.refused and len(self.clauses) > self.chunk
        busy = frozenset().union(*(days for _, days in last.days)) if its_own else WORKDAYS
        self._refuse(items, end)
        if self.last.refused:
            self.last.elsewhere = busy
            last.days = [] if its_own else last.days

    def _day(self, items: list[Item], end: int) -> None:
        self._add_days(items[0].value)

    def _days(self, items: list[Item], end: int) -> None:
        first, last = (item.value for item in items if item.kind == "D")
        if len(first) > 1 or len(last) > 1:
            self._add_days(first | last)
            return
        (start,), (stop,) = first, last
        self._add_days(frozenset((start + ahead) % 7 for ahead in range((stop - start) % 7 + 1)))

    def _part(self, items: list[Item], end: int) -> None:
        self._add_span(items[0].value)

    def _parts(self, items: list[Item], end: int) -> None:
        first, last = (item.value for item in items if item.kind == "P")
        places = [PARTS.index(part) for part in first.parts | last.parts]
        self._add_span(replace(first, parts=frozenset(PARTS[min(places) : max(places) + 1])))

    def _range(self, items: list[Item], end: int) -> None:
        middle = next(at for at in range(1, len(items)) if items[at].kind in "-t&")
        (start, spoken), (stop, also) = _hour(items[:middle]), _hour(items[middle:])
        start = _late(start, spoken, 6)
        stop = _late(stop, also, 11.5) if stop <= start else stop
        self._add_hours(_between(start, stop, refused=self.last.refused))

    def _after(self, items: list[Item], end: int) -> None:
        self._add_hours(_between(_late(*_hour(items), 8), LAST, refused=self.last.refused))

    def _before(self, items: list[Item], end: int) -> None:
        self._add_hours(_between(FIRST, _late(*_hour(items), 6), refused=self.last.refused))

    def _at(self, items: list[Item], end: int) -> None:
        self._add_hours(_at(_late(*_hour(items), 6)))

    # How days and parts come together

    def _add_days(self, days: frozenset[int]) -> None:
        last, joint = self.last, self.joint
        self.joint = ""
        if self._begins_with(days, joint):
            self._begin(refused=last.refused and not (joint == "," and not last.days))
        self.last.days.append((joint, days))

    def _begins_with(self, days: frozenset[int], joint: str) -> bool:
        """Whether days begin a clause of their own."""
        last = self.last
        if last.span is None:
            before = last.days[-1][1] if last.days else days
            return before != days and (before == WEEKEND or (len(days) > 1 and days in (WORKDAYS, WEEKEND)))
        if not last.part_first:
            return True
        if last.days:
            return days == WEEKEND and joint != ""
        return joint == "&" or (joint == "," and (days == WEEKEND or last.refused))

    def _add_hours(self, span: Span | None) -> None:
        if span is not None:
            self._add_span(span)

    def _add_span(self, span: Span) -> None:
        last, joint = self.last, self.joint
        self.joint = ""
        if last.span is None:
            self._complete(span, joint)
        elif joint != "&" and (span.clock or ALL_PARTS in (span.parts, last.span.parts)):
            self._narrow(last.span, span, joint)
        elif last.part_first and last.days:
            self._begin_part(span, take_along=joint == "")
        elif joint and span.habit and not last.span.habit and last.days:
            self._begin_part(span)
        else:
            last.span = _both(last.span, span)

    def _complete(self, span: Span, joint: str) -> None:
        """Parts for a clause that has none yet: for its days, unless they stand apart."""
        last = self.last
        apart = joint == "&" or (joint == "," and (last.refused or last.days[-1:] == [("", WEEKEND)]))
        if last.days and apart:
            self._begin(refused=last.refused and joint == "&")
        self.last.part_first = not self.last.days
        self.last.span = span

    def _narrow(self, before: Span, span: Span, joint: str) -> None:
        """Parts and hours that say the same thing more precisely: "kvällar efter 18"."""
        last = self.last
        common = before.parts & span.parts
        moved = last.part_first and last.days and last.days[-1][0] and not joint
        if common and not moved:
            last.span = replace(before, parts=common, clock=span.clock, coarse=before.coarse or span.coarse)
            last.part_first = last.part_first and not last.days
        elif last.part_first and last.days:
            self._begin_part(span, take_along=not joint)
        else:
            last.span = _both(before, span)

    def _begin_part(self, span: Span, *, take_along: bool = False) -> None:
        """A clause for other parts, with the days that stand right before them: "kvällar tis, lördag dagtid"."""
        last = self.last
        joints = [joint for joint, _ in last.days]
        begun = [at for at, joint in enumerate(joints) if joint == ","] or [
            at for at, joint in enumerate(joints) if joint == "&"
        ]
        taken = last.days[begun[-1] :] if take_along and begun else []
        if taken:
            last.days = last.days[: begun[-1]]
        self._begin()
        self.last.days, self.last.span, self.last.part_first = taken, span, not taken


def _both(one: Span, other: Span) -> Span:
    """Either of two spans."""
    return replace(
        other, parts=one.parts | other.parts, days=one.days and other.days, coarse=one.coarse or other.coarse
    )
