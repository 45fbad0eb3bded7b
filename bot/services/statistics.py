"""How much was asked for and given, counted anew at each look: only of people who said yes to statistics.

A figure is shown when enough different people are behind it. Periods are whole months of the calendar, so that no
two looks can be subtracted from one another to get at a single day; and a figure that would give away a hidden
one, among themes or between a period and its parts, is hidden with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands import ShowStatistics
from bot.services.access import consents_to
from bot.services.registry import facts, handles
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Match, Meeting, Person, Request

MONTHS = {"month": 1, "quarter": 3, "year": 12}
PARTS = {12: 3, 3: 1}
"""Of how many months the parts of a longer period are."""
OWN_WORDS = ""
"""The theme of a request in the person's own words: never named, but it counts as one that is hidden."""


@dataclass(frozen=True)
class Counted:
    """Something that happened in a month (counted from year 0), and who it is about: a user, or user and peer."""

    month: int
    who: tuple[int, ...]


Rows = Sequence[Counted]


@handles(ShowStatistics)
def show(turn: Turn, person: Person, command: ShowStatistics) -> None:
    """The figures of the last whole month, quarter or year."""
    zone, smallest = ZoneInfo(turn.settings.zone(None)), turn.settings.privacy.smallest_cell
    period = last(MONTHS[command.span], _month(turn.now, zone))
    willing = consents_to(turn.tx, "statistics")
    requests = queries.rows(turn.tx, Request, person_id=willing)
    figures: dict[str, Any] = {
        name: figure(rows, period, smallest) for name, rows in _happened(turn, zone, requests, willing)
    }
    turn.say(
        person, "statistics.shown", first=_begin(period.start), last=_begin(period.stop - 1), smallest=smallest,
        themes=_named(turn, person, themes(_by_theme(turn, zone, requests), period, smallest)),
        gone=_begin(period.start) < turn.now - turn.settings.retention.shortest_of_courses, **figures,
    )  # fmt: skip
    turn.audit(person, "statistics.looked_at")


@facts("statistics")
def threshold(turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"smallest": turn.settings.privacy.smallest_cell}


# What there is to count


def _month(moment: datetime, zone: ZoneInfo) -> int:
    local = moment.astimezone(zone)
    return local.year * 12 + local.month - 1


def _begin(month: int) -> datetime:
    """The middle of a month's first day, which is that day in every zone that is served."""
    return datetime(month // 12, month % 12 + 1, 1, 12, tzinfo=UTC)


def _happened(
    turn: Turn, zone: ZoneInfo, requests: Iterable[Request], willing: tuple[int, ...]
) -> Iterator[tuple[str, Rows]]:
    """What is counted, by name. Of a pair only when both said yes."""

    def at(moments: Iterable[tuple[datetime | None, tuple[int, ...]]]) -> Rows:
        return [Counted(_month(moment, zone), who) for moment, who in moments if moment is not None]

    matches = queries.rows(turn.tx, Match, user_id=willing, peer_id=willing)
    pairs = {match.id: (match.user_id, match.peer_id) for match in matches if match.connected_at}
    held = queries.rows(turn.tx, Meeting, match_id=tuple(pairs), status="held")
    yield "requests", at((each.created_at, (each.person_id,)) for each in requests)
    yield "matches", at((each.connected_at, pairs[each.id]) for each in matches if each.id in pairs)
    yield "meetings", at((each.starts_at, pairs[each.match_id]) for each in held)
    yield "ended", at((each.ended_at, pairs[each.id]) for each in matches if each.id in pairs)


def _by_theme(turn: Turn, zone: ZoneInfo, requests: Iterable[Request]) -> dict[str, Rows]:
    """The requests for each theme that the organisation names, and for any other."""
    found: dict[str, list[Counted]] = {each.key: [] for each in turn.settings.organisation.topics}
    found[OWN_WORDS] = []
    for request in requests:
        wish = request.wish or {}
        own = [OWN_WORDS] if wish.get("topics_own") else []
        for key in {key if key in found else OWN_WORDS for key in (*(wish.get("topics") or ()), *own)}:
            found[key].append(Counted(_month(request.created_at, zone), (request.person_id,)))
    return dict(found)


def _named(turn: Turn, person: Person, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """(name, count) of the themes that may be shown, the most asked for first."""
    named = [
        (each.name(person.language), counts[each.key])
        for each in turn.settings.organisation.topics
        if each.key in counts
    ]
    return sorted(named, key=lambda each: -each[1])


# What may be shown of it


def last(months: int, now: int) -> range:
    """The months of the last whole period of so many that is over."""
    start = (now // months - 1) * months
    return range(start, start + months)


def enough(rows: Rows, smallest: int) -> bool:
    """Whether nobody is behind these, or on every side (users, peers) enough different people."""
    return all(len(set(side)) >= smallest for side in zip(*(each.who for each in rows), strict=True))


def uncovered(rows: Rows, period: range, smallest: int) -> Rows:
    """What the figure of a period leaves to be guessed: nothing when it is shown.

    It is hidden when too few are behind it, or behind all that its parts hide: with the shown ones subtracted,
    that would be what is left.
    """
    mine = [each for each in rows if each.month in period]
    step = PARTS.get(len(period), 0)
    parts = [range(start, start + step) for start in period[::step]] if step else []
    loose = [each for part in parts for each in uncovered(mine, part, smallest)]
    return [] if enough(mine, smallest) and enough(loose, smallest) else loose or mine


def figure(rows: Rows, period: range, smallest: int) -> int | None:
    """How many; None for what is not shown, which none at all is as well."""
    count = sum(each.month in period for each in rows)
    return count if count and not uncovered(rows, period, smallest) else None


def themes(by_theme: Mapping[str, Rows], period: range, smallest: int) -> dict[str, int]:
    """The counts that are shown. When few are behind all the hidden ones, the smallest shown are hidden as well."""
    counts = {key: figure(rows, period, smallest) for key, rows in by_theme.items() if key != OWN_WORDS}
    shown = {key: count for key, count in counts.items() if count is not None}

    def hidden() -> Rows:
        left = (rows for key, rows in by_theme.items() if key not in shown)
        return [each for rows in left for each in rows if each.month in period]

    while shown and not enough(hidden(), smallest):
        del shown[min(shown, key=lambda key: shown[key])]
    return shown
