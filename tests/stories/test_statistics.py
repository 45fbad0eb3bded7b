"""Figures for coordinators: only of people who said yes, and never of so few that somebody could be known by them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.services.access import version_of
from bot.services.statistics import Counted, figure, last, themes
from bot.store import Transaction, queries
from bot.store.tables import Audit, Consent, Match, Meeting, Person, Request
from tests.conftest import Service
from tests.stories.cast import consented, coordinator
from tests.stories.texts import Words

OCTOBER = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
JULY, OCT = 2026 * 12 + 6, 2026 * 12 + 9
QUARTER, YEAR = range(JULY, JULY + 3), range(2026 * 12, 2026 * 12 + 12)


def somebody(tx: Transaction, chat: int, *, willing: bool = True) -> int:
    person = Person(chat_id=chat, created_at=OCTOBER)
    tx.add(person)
    tx.flush()
    purposes = ("support", "statistics") if willing else ("support",)
    for each in purposes:
        tx.add(Consent(person_id=person.id or 0, purpose=each, version=version_of(each), given_at=OCTOBER))
    return person.id or 0


def asked(tx: Transaction, user: int, topic: str, at: datetime = OCTOBER) -> int:
    request = Request(person_id=user, status="matched", wish={"topics": [topic]}, created_at=at)
    tx.add(request)
    tx.flush()
    return request.id or 0


def course(tx: Transaction, request: int, user: int, peer: int, meetings: int, ended: bool) -> None:
    """A match of October with its meetings held there."""
    match = Match(request_id=request, user_id=user, peer_id=peer, proposed_at=OCTOBER, connected_at=OCTOBER)
    match.status, match.ended_at = ("ended", OCTOBER) if ended else ("connected", None)
    tx.add(match)
    tx.flush()
    for number in range(meetings):
        held = {"status": "held", "starts_at": OCTOBER + timedelta(days=number / 10), "created_at": OCTOBER}
        tx.add(Meeting(match_id=match.id or 0, proposed_by=user, **held))


def plant(tx: Transaction, kim: int) -> None:
    """Three pairs who said yes, and others who did not on either side; Kim alone asks about grief."""
    for number in range(3):
        user, peer = somebody(tx, 501 + number), somebody(tx, 601 + number)
        course(tx, asked(tx, user, "loneliness"), user, peer, meetings=2, ended=number == 0)
    silent = somebody(tx, 701, willing=False)
    course(tx, asked(tx, silent, "loneliness"), silent, peer, meetings=20, ended=True)
    course(tx, asked(tx, user, "loneliness", OCTOBER + timedelta(days=30)), user, silent, 20, ended=True)
    asked(tx, kim, "grief")


@pytest.mark.parametrize("language", ["sv", "da"])
async def test_only_who_said_yes_is_counted_and_nobody_alone_is_seen(service: Service, language: str) -> None:
    words = Words(language)
    loneliness, grief, hidden = {
        "sv": ("Ensamhet", "Sorg", "visas inte"), "da": ("Ensomhed", "Sorg", "vises ikke"),
    }[language]  # fmt: skip
    count = {
        "sv": "Förfrågningar: {}\nKontakter där båda sa ja: {}\nMöten som blev av: {}\nAvslutade kontakter: {}\n",
        "da": "Forespørgsler: {}\nKontakter, hvor begge sagde ja: {}\nMøder, der blev holdt: {}\n"
        "Afsluttede kontakter: {}\n",
    }[language]
    eva, kim = await coordinator(service, "Eva", language), await service.person("Kim", language).start()
    await consented(kim, language)
    kim_id = kim.row.id or 0
    with service.store.transaction() as tx:
        plant(tx, kim_id)

    async def seen(span: str = "month") -> str:
        await eva.send("/statistik")
        await eva.press(words(f"statistics.span.{span}"))
        return eva.texts[-2]

    before = await seen()
    assert count.format(3, 3, 6, hidden) in before
    assert f"{loneliness}: 3" in before
    await kim.send("/consent")
    await kim.press(words("consents.give", name=words("my_data.purpose.statistics")))
    with_kim = await seen()
    assert count.format(4, 3, 6, hidden) in with_kim, "Kim is one of four who asked"
    assert grief not in with_kim
    assert loneliness not in with_kim, "4 in all and 3 of them would say that one asked for something else"
    await kim.press(words("consents.withdraw", name=words("my_data.purpose.statistics")))
    assert await seen() == before, "a yes that is taken back counts no more"
    assert count.format(*[hidden] * 4) in await seen("quarter")
    assert words("statistics.shown", first=OCTOBER, last=OCTOBER, smallest=3, themes=[], gone=True, requests=0,
                 matches=0, meetings=0, ended=0)[-60:] in await seen("year")  # fmt: skip
    await kim.send("/statistics")
    assert words("refused.role") in kim.texts[-3:]
    eva_id = eva.row.id
    with service.store.transaction() as tx:
        looks = queries.rows(tx, Audit, action="statistics.looked_at")
        assert [each.actor_id for each in looks] == [eva_id] * 5
        assert queries.rows(tx, Audit, action="refused.statistics", actor_id=kim_id)


def made(**months: tuple[int, ...]) -> list[Counted]:
    """Things that happened to people (by number) in months (by their distance from July)."""
    return [Counted(JULY + int(name[1:]), (who,)) for name, people in months.items() for who in people]


@pytest.mark.parametrize(
    ("rows", "period", "shown"),
    [
        (made(m0=(1, 2, 3)), QUARTER, 3),
        (made(m0=(1, 1, 1, 2, 2)), QUARTER, None),
        (made(m0=(1, 2, 3), m1=(4,)), QUARTER, None),
        (made(m0=(1, 2, 3), m1=(4,), m2=(5, 6)), QUARTER, 6),
        (made(m0=(1,), m1=(2,), m2=(3,)), QUARTER, 3),
        (made(m0=(1, 2, 3), m3=(1, 2, 4), m4=(5,)), YEAR, None),
        (made(m0=(1, 2, 3), m1=(7,), m2=(8, 9), m3=(1, 2, 3), m4=(5, 6)), YEAR, None),
        ([Counted(JULY, (user, 9)) for user in (1, 2, 3)], QUARTER, None),
        ([], YEAR, None),
    ],
)
def test_a_figure_is_hidden_when_it_or_what_is_left_of_it_comes_from_too_few(
    rows: list[Counted], period: range, shown: int | None
) -> None:
    """Also where a quarter less the months that were shown would be one person; and three users of one peer."""
    assert figure(rows, period, 3) == shown


def test_periods_and_themes() -> None:
    assert [last(months, OCT + 1) for months in (1, 3, 12)] == [
        range(OCT, OCT + 1), QUARTER, range(2025 * 12, 2026 * 12),
    ]  # fmt: skip
    four, three, two = made(m0=(1, 2, 3, 4)), made(m0=(1, 2, 3)), made(m0=(5, 6))
    assert themes({"a": four, "b": three, "": []}, QUARTER, 3) == {"a": 4, "b": 3}
    assert themes({"a": four, "b": three, "c": two, "": []}, QUARTER, 3) == {"a": 4}
    assert themes({"a": four, "": two}, QUARTER, 3) == {}
    assert themes({"a": four, "c": two, "": made(m0=(7,))}, QUARTER, 3) == {"a": 4}
