"""The lines of help at the command line: shown with what is known of them, and confirmed."""

from collections.abc import Iterator

from bot.app import open_store
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.crisis_lines import served
from bot.services import help_lines


def listed(settings: Settings, *, confirm: bool, clock: Clock | None = None) -> Iterator[str]:
    """The lines of help as they are shown, one a line, and who has confirmed them; `confirm` does so now."""
    now = (clock or SystemClock()).now()
    store = open_store(settings)
    with store.transaction() as tx:
        if confirm:
            help_lines.confirm(tx, settings, now)
        found = help_lines.latest(tx, settings)
    store.close()
    confirmed = found.confirmed_at.date() if found else None
    for line in served(settings.organisation.countries):
        hours = f"{line.hours[0]:%H:%M}-{line.hours[1]:%H:%M}" if line.hours else "always"
        about = (line.country, line.region, line.name, line.number, hours, line.who, line.what, line.link)
        checked = f"checked {line.checked_on(confirmed)}, certainty {line.certainty}"
        mark = "overdue" if line.is_stale(now.date(), confirmed) else "ok"
        yield f"{mark:8}{', '.join(each for each in about if each)}; {checked}; {line.source}"
    yield (
        f"Confirmed on {confirmed}."
        if confirmed
        else "Not confirmed: no request is taken before that. "
        "Try every number, then: peerbot resources confirm"
    )
