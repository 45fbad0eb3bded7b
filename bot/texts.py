"""Every sentence that a person sees: texts in `locales/`, rendered in a language and a time zone.

A file `locales/sv/intake.toml` holds tables; a text's id is the path of its keys, where the key "ask" is left
out ("[form] ask = ..." in intake.toml is "intake.form"). Texts are Jinja2 templates. What people wrote is
escaped for Telegram's HTML. A missing text or argument is an error: it never reaches a person as a gap.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.lists import format_list
from babel.plural import to_python
from jinja2 import Environment, StrictUndefined, Template, meta, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

FOLDER = Path(__file__).resolve().parent.parent / "locales"
LANGUAGES = ("sv", "da")
NOT_TEXTS = {
    "feedback",
    "rules",
    "week",
    "when",
    "faq",
    "sources",
    "story",
    "crisis",
    "mentions",
    "normalise",
    "tryout",
}
"""Files of word lists and data that their own readers load."""

DAY = {"sv": "EEEE d MMMM", "da": "EEEE 'den' d. MMMM"}
SHORT_DAY = {"sv": "EEE d MMM", "da": "EEE d. MMM"}
DATE = {"sv": "d MMMM y", "da": "d. MMMM y"}
MONTH = {"sv": "MMMM y", "da": "MMMM y"}
CLOCK = {"sv": "HH:mm", "da": "HH.mm"}
JOIN = {"sv": " 'kl.' ", "da": " 'kl.' "}


class TextError(LookupError):
    """A text id is unknown, or an argument that the text needs is missing."""


@dataclass(frozen=True)
class Reader:
    """Whom a text is for: language ("sv" or "da") and time zone."""

    language: str
    zone: ZoneInfo


def flatten(name: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(text id, template) of a table of texts."""
    for key, value in table.items():
        text_id = name if key == "ask" else f"{name}.{key}"
        if isinstance(value, Mapping):
            yield from flatten(text_id, value)
        elif isinstance(value, str):
            yield text_id, value.strip("\n")
        else:
            raise TextError(f"{text_id} is no text")


@cache
def read(language: str, folder: Path = FOLDER) -> Mapping[str, str]:
    """All templates of a language by text id."""
    found: dict[str, str] = {}
    for file in sorted((folder / language).glob("*.toml")):
        if file.stem not in NOT_TEXTS:
            found.update(flatten(file.stem, tomllib.loads(file.read_text("utf-8"))))
    return found


class Texts:
    """Renders text ids. `shared` are arguments that every text may use (the organisation's name ...)."""

    def __init__(self, shared: Mapping[str, Any] | None = None, folder: Path = FOLDER) -> None:
        self._sources = {language: read(language, folder) for language in LANGUAGES}
        self._html = _environment(autoescape=True, shared=shared)
        self._plain = _environment(autoescape=False, shared=shared)
        self._compiled: dict[tuple[bool, str, str], Template | str] = {}
        self._needs: dict[tuple[str, str], set[str]] = {}

    def has(self, text_id: str, language: str) -> bool:
        return text_id in self._sources[language]

    def ids(self, language: str) -> Iterable[str]:
        return self._sources[language].keys()

    def html(self, text_id: str, reader: Reader, **args: Any) -> str:
        """A message in Telegram's HTML. Raises TextError."""
        return self._render(True, text_id, reader, args)

    def plain(self, text_id: str, reader: Reader, **args: Any) -> str:
        """A label, a title or a file name: without markup. Raises TextError."""
        return self._render(False, text_id, reader, args)

    def needs(self, text_id: str, language: str) -> set[str]:
        """The arguments that a text uses, without the shared ones. Raises TextError."""
        key = (text_id, language)
        if key not in self._needs:
            tree = self._html.parse(self._source(text_id, language))
            self._needs[key] = meta.find_undeclared_variables(tree) - set(self._html.globals)
        return self._needs[key]

    def _render(self, html: bool, text_id: str, reader: Reader, args: Mapping[str, Any]) -> str:
        template = self._template(html, text_id, reader.language)
        if isinstance(template, str):
            return template
        try:
            return template.render({**args, "reader": reader}).strip()
        except Exception as error:
            raise TextError(f"{text_id} ({reader.language}): {error}") from error

    def _template(self, html: bool, text_id: str, language: str) -> Template | str:
        """What is the same for everybody is its own text."""
        key = (html, text_id, language)
        if key not in self._compiled:
            environment = self._html if html else self._plain
            self._compiled[key] = _compiled(environment, self._source(text_id, language))
        return self._compiled[key]

    def _source(self, text_id: str, language: str) -> str:
        source = self._sources[language].get(text_id)
        if source is None:
            raise TextError(f"there is no text {text_id} in {language}")
        return source


def _environment(*, autoescape: bool, shared: Mapping[str, Any] | None) -> Environment:
    # Plain output carries no markup at all; HTML output escapes every argument.
    environment = Environment(autoescape=autoescape, undefined=StrictUndefined)  # noqa: S701
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters |= {
        "moment": _moment,
        "day": _day,
        "date": _date,
        "month": _month,
        "clock": _clock,
        "listed": _listed,
        "duration": _duration,
    }
    environment.globals |= {"plural": _plural, "table": lines, "reader": None, **(shared or {})}
    return environment


def _compiled(environment: Environment, source: str) -> Template | str:
    if "{" not in source:
        return source.strip()
    template = environment.from_string(source)
    # A chain of dictionaries, which is copied at every rendering: a plain one is copied much quicker.
    template.globals = dict(template.globals)
    return template


def _reader(context: Context) -> Reader:
    reader: Reader = context["reader"]
    return reader


@pass_context
def _moment(context: Context, moment: datetime) -> str:
    """ "torsdag 3 december kl. 15:30" """
    return show_moment(moment, _reader(context))


@pass_context
def _day(context: Context, moment: datetime) -> str:
    return show(moment, DAY, _reader(context))


@pass_context
def _date(context: Context, moment: datetime) -> str:
    return show(moment, DATE, _reader(context))


@pass_context
def _month(context: Context, moment: datetime) -> str:
    return show(moment, MONTH, _reader(context))


@pass_context
def _clock(context: Context, moment: datetime) -> str:
    return show(moment, CLOCK, _reader(context))


@pass_context
def _listed(context: Context, items: Iterable[str]) -> str:
    language = _reader(context).language
    listed = format_list([str(escape(item)) for item in items], locale=language)
    return Markup(listed) if context.eval_ctx.autoescape else format_list(list(items), locale=language)  # noqa: S704 - escaped above


@pass_context
def _duration(context: Context, minutes: int) -> str:
    unit = {"sv": "minuter", "da": "minutter"}[_reader(context).language]
    return f"{minutes} {unit}"


@pass_context
def _plural(context: Context, number: float, one: str, other: str) -> str:
    return one if _plural_rule(_reader(context).language)(abs(number)) == "one" else other


@cache
def _plural_rule(language: str) -> Any:
    from babel import Locale

    return to_python(Locale(language).plural_form)


def lines(pairs: Iterable[tuple[str, str]]) -> Markup:
    """A list of labels and answers, one a line, the label in bold."""
    return Markup("\n").join(Markup("<b>{}:</b> {}").format(label, value) for label, value in pairs)


def show(moment: datetime, patterns: Mapping[str, str], reader: Reader) -> str:
    """A moment in the reader's zone by a pattern per language (Unicode TR 35)."""
    return str(format_datetime(moment, patterns[reader.language], tzinfo=reader.zone, locale=reader.language))


def show_moment(moment: datetime, reader: Reader) -> str:
    language = reader.language
    return show(moment, {language: DAY[language] + JOIN[language] + CLOCK[language]}, reader)


def short_day(moment: datetime, reader: Reader) -> str:
    return (
        show(moment, SHORT_DAY, reader).replace(".", "", 1)
        if reader.language == "da"
        else show(moment, SHORT_DAY, reader)
    )
