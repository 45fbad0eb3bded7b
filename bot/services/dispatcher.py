"""Carries out what has fallen due: each row in the transaction that settles it."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.services.receive import trail
from bot.services.registry import DUE, FORESEEN
from bot.services.turn import Tools, Turn
from bot.store import Store, Transaction, due

log = logging.getLogger(__name__)


TOGETHER = 1000
"""How many rows are carried out in one transaction, unless one of them fails: enough that what is asked of the
database hardly grows with their number, few enough that nobody who writes meanwhile waits for long."""

AGAIN = timedelta(minutes=1)


def tick(tools: Tools, store: Store) -> int:
    """Carry out everything that is due now; gives how many rows were settled."""
    with store.look() as tx:
        ids = due.ripe(tx, tools.clock.now())
    parts = (ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER))
    return sum(_carry_out(tools, store, part) for part in parts)


def _carry_out(tools: Tools, store: Store, ids: Sequence[int]) -> int:
    """Do some work together; when any fails, one by one. What fails is tried again in a while."""
    try:
        return store.serially(lambda tx: _together(tools, tx, ids))
    except Exception as error:
        if len(ids) > 1:
            return sum(_carry_out(tools, store, [each]) for each in ids)
        log.error("due work %s failed: %s", ids[0], trail(error))
        store.serially(lambda tx: due.postpone(tx, ids[0], tools.clock.now() + AGAIN))
        return 0


def _together(tools: Tools, tx: Transaction, ids: Sequence[int]) -> int:
    now = tools.clock.now()
    rows = due.take(tx, ids, now)
    turn = Turn(tx, tools, now)
    # A session forgets what nobody holds.
    tx.info["foreseen"] = [
        foresee(turn, [row for row in rows if row.kind == kind]) for kind, foresee in FORESEEN.items()
    ]
    for row in rows:
        too_late = row.until is not None and now > row.until
        row.status, row.settled_at = ("dropped" if too_late else "done"), now
        tx.add(row)
        if not too_late:
            DUE[row.kind](Turn(tx, tools, now), row)
    return len(rows)
