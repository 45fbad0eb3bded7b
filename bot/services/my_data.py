"""Everything held about a person as one page: readable at the top, the same as JSON at the end."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.services import telling, trail
from bot.services.turn import Turn
from bot.store import holdings
from bot.store.tables import Person
from bot.texts import show_moment

PAGE = Markup(
    '<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
    "<style>body{{font:16px/1.5 sans-serif;max-width:44em;margin:2em auto;padding:0 1em}}"
    "dl{{border-top:1px solid #ccc;padding-top:.5em}}dt{{font-weight:bold}}dd{{margin:0 0 .3em;white-space:pre-wrap}}"
    "pre{{white-space:pre-wrap;overflow-wrap:anywhere}}</style>\n"
    "<h1>{title}</h1>\n<p>{intro}</p>\n{sections}\n"
    '<details><summary>{machine}</summary>\n<pre id="data">{data}</pre></details>\n</html>\n'
)
SECTION = Markup("<details{state}><summary><b>{title}</b> ({count})</summary>\n{rows}\n</details>")
PAIR = Markup("<dt>{}</dt><dd>{}</dd>")

DIALOGS: Mapping[str, tuple[str, ...]] = {
    "request": ("intake", "details"),
    "peerprofile": ("peer_welcome",),
    "agreement": ("agreement",),
    "reflection": ("reflection",),
}
"""The conversations in which a table's answers were given, beside the one that a row names itself."""

TECHNICAL = ("audit", "due", "inbox", "outbox")
"""Tables that come last, folded: long, and of little use to a reader."""

CODES: Mapping[str, str] = {
    "country": "country",
    "language": "language.language",
    "reminders": "settings.reminders",
    "digest": "settings.digest",
    "form": "agreement.form",
    "took_place": "reflection.took_place",
    "meaningful": "reflection.meaningful",
    **{name: f"my_data.{name}" for name in ("status", "peer", "kind", "purpose")},
}
"""Columns that hold one of a few codes, and where the words for them are."""


def page(turn: Turn, person: Person) -> str:
    """An HTML page in the person's language. What others wrote or did among themselves is not in it."""
    held = {table: [_own(row, person) for row in rows] for table, rows in collect(turn, person).items()}
    sections = [
        _section(turn, person, table, held[table]) for table in sorted(held, key=_place) if held[table]
    ]
    return PAGE.format(
        language=person.language,
        title=turn.plain(person, "my_data.title"),
        intro=turn.plain(person, "my_data.intro", now=turn.now),
        sections=Markup("\n").join(sections),
        machine=turn.plain(person, "my_data.machine"),
        data=json.dumps(held, ensure_ascii=False, indent=1, default=_as_text),
    )


def collect(turn: Turn, person: Person) -> dict[str, list[holdings.Row]]:
    """The rows of every table. What somebody else reported in confidence stays theirs."""
    held = holdings.of_person(turn.tx, person)
    held["audit"] = [
        row for row in held["audit"] if trail.may_be_seen(person, row["action"], row["actor_id"])
    ]
    return {table: [_without_others_words(turn, table, row) for row in rows] for table, rows in held.items()}


def _without_others_words(turn: Turn, table: str, row: holdings.Row) -> holdings.Row:
    """A reported message, or one that is being reported or answered, belongs to whoever wrote it."""
    if table == "note" and row["kind"] == "report":
        return {**row, "text": None}
    if table == "inbox" and row["content"]:
        return {**row, "content": {**row["content"], "about": ""}}
    if table == "conversation" and row["memory"]:
        dialog = turn.tools.dialogs.get(row["dialog"])
        answers = row["memory"].get("answers", {})
        own = {name: told for name, told in answers.items() if dialog is None or name not in dialog.given}
        return {**row, "memory": {**row["memory"], "answers": own}}
    return row


PEOPLE = ("user_id", "peer_id", "proposed_by", "author_id", "actor_id", "person_id")
UNSEEN = (
    *PEOPLE,
    "coordinator_id",
    "ended_by",
    "settled_by",
    "acknowledged_by",
    "confirmed_by",
    "reader_id",
    "about_id",
    "payload",
)
"""Columns that name somebody, or hold what the bot was about to send; shown only as "by_you"."""


def _own(row: holdings.Row, person: Person) -> dict[str, Any]:
    """A row without other people: of columns that name somebody it is told which name this person."""
    kept = {name: value for name, value in row.items() if name not in UNSEEN and not isinstance(value, bytes)}
    mine = [name for name in PEOPLE if name in row and row[name] == person.id]
    return {**kept, "you_are": mine} if mine else kept


def _place(table: str) -> int:
    """The person first, what the machine keeps for itself last, the rest in between."""
    return -1 if table == "person" else TECHNICAL.index(table) + 1 if table in TECHNICAL else 0


def _section(turn: Turn, person: Person, table: str, rows: list[dict[str, Any]]) -> Markup:
    lists = [Markup("<dl>{}</dl>").format(Markup("").join(_pairs(turn, person, table, row))) for row in rows]
    title = turn.plain(person, f"my_data.table.{table}")
    state = Markup("") if table in TECHNICAL else Markup(" open")
    return SECTION.format(title=title, state=state, count=len(rows), rows=Markup("\n").join(lists))


def _pairs(turn: Turn, person: Person, table: str, row: Mapping[str, Any]) -> Iterator[Markup]:
    """What a row says, for a human; what only the machine needs is left to the JSON."""
    for name, value in row.items():
        if value in (None, "", [], {}):
            continue
        if isinstance(value, dict):
            dialogs = (*DIALOGS.get(table, ()), str(row.get("dialog", "")))
            yield from (PAIR.format(*pair) for pair in _answers(turn, person, dialogs, value))
        elif turn.tools.texts.has(f"my_data.column.{name}", person.language):
            yield PAIR.format(turn.plain(person, f"my_data.column.{name}"), _value(turn, person, name, value))


def _answers(
    turn: Turn, person: Person, dialogs: tuple[str, ...], told: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """(question, answer) of what was told in these dialogs, and the text of a message that waits."""
    answers = told.get("answers", told)
    for dialog in dialogs:
        for name in turn.tools.dialogs[dialog].order if dialog in turn.tools.dialogs else ():
            words = telling.words(turn, person, dialog, name, answers)
            if words:
                yield _label(turn, person, dialog, name), words
    if not any(dialogs) and told.get("text"):
        yield turn.plain(person, "my_data.column.text"), str(told["text"])


def _label(turn: Turn, person: Person, dialog: str, name: str) -> str:
    ids = (f"{dialog}.{name}.label", f"my_data.column.{name}", "my_data.answer")
    known = next(each for each in ids if turn.tools.texts.has(each, person.language))
    return turn.plain(person, known)


def _value(turn: Turn, person: Person, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return turn.plain(person, "my_data.yes" if value else "my_data.no")
    if isinstance(value, datetime):
        return show_moment(value, turn.reader(person))
    if name == "action":
        return trail.words(turn, person, value)
    if isinstance(value, str) and name in CODES:
        text_id = f"{CODES[name]}.{value}"
        return turn.plain(person, text_id) if turn.tools.texts.has(text_id, person.language) else value
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
