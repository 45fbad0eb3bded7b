"""Carries out what has fallen due: one row, one transaction."""

import logging

from bot.services.receive import trail
from bot.services.registry import DUE
from bot.services.turn import Tools, Turn
from bot.store import Store, due
from bot.store.tables import Due

log = logging.getLogger(__name__)


def tick(tools: Tools, store: Store) -> int:
    """Carry out everything that is due now; gives how many rows were settled."""
    with store.transaction() as tx:
        ids = due.ripe(tx, tools.clock.now())
    return sum(_carry_out(tools, store, row_id) for row_id in ids)


def _carry_out(tools: Tools, store: Store, row_id: int) -> int:
    """Do one piece of work; what fails stays planned and is tried at the next tick."""
    try:
        with store.transaction() as tx:
            row = tx.get(Due, row_id)
            now = tools.clock.now()
            if row is None or row.status != "planned" or row.due_at > now:
                return 0
            too_late = row.until is not None and now > row.until
            row.status, row.settled_at = ("dropped" if too_late else "done"), now
            tx.add(row)
            if not too_late:
                DUE[row.kind](Turn(tx, tools, now), row)
        return 1
    except Exception as error:
        log.error("due work %s failed: %s", row_id, trail(error))
        return 0
