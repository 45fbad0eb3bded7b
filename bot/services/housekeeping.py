"""What is kept no longer than it has to be: cleaned away every night."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.services import digests, rights, watching
from bot.services.registry import due
from bot.services.turn import Tools, Turn
from bot.store import Store, Transaction, queries, retention
from bot.store import due as due_rows
from bot.store.tables import Due
from bot.times import next_local

KEY = "housekeeping"
HOUR = time(3, 30)
"""UTC."""


def ensure(tools: Tools, store: Store) -> None:
    """Plan the nightly clean-up and the coordinators' digests, unless they are planned; for the start."""

    def plan(tx: Transaction) -> None:
        turn = Turn(tx, tools, tools.clock.now())
        if queries.first(tx, Due, key=KEY, status="planned") is None:
            _plan(turn)
        digests.plan_missing(turn)
        watching.ensure(turn)

    store.serially(plan)


def _plan(turn: Turn) -> None:
    due_rows.plan(turn.tx, KEY, "housekeeping", next_local(HOUR, ZoneInfo("UTC"), turn.now))


@due("housekeeping")
def clean(turn: Turn, row: Due) -> None:
    """Remove what has had its time, and plan the next night."""
    kept = turn.settings.retention
    for name, remove in retention.TIMERS.items():
        remove(turn.tx, _before(turn, getattr(kept, name)))
    retention.alert_texts(turn.tx, asked=_before(turn, 1), told=_before(turn, kept.handled_updates))
    turn.tx.expire_all()
    for person in retention.refused(turn.tx, _before(turn, kept.refusals)):
        rights.plan_erasure(turn, person, how=rights.SILENTLY)
    for person in retention.unused(turn.tx, _before(turn, kept.unused_accounts)):
        rights.plan_erasure(turn, person)
    retention.nobodys_messages(turn.tx)
    digests.plan_missing(turn)
    _plan(turn)


@due("sweep")
def sweep(turn: Turn, row: Due) -> None:
    """After an erasure: the last rows that name the chat."""
    retention.nobodys_messages(turn.tx)


def _before(turn: Turn, days: int) -> datetime:
    return turn.now - timedelta(days=days)
