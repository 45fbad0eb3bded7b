"""The texts: the same in both languages, none missing, none left over, and in the spirit that they speak of."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import config
from bot.dialog import Choose, End, Setting, Summary
from bot.dialog.declaration import text_ids
from bot.services import wiring
from bot.services.free_text import SAYS, STARTS
from bot.services.receive import UNREADABLE
from bot.services.words import COMMANDS
from bot.texts import FOLDER, LANGUAGES, Texts, read
from dialogs import DIALOGS
from tests.conftest import LANGUAGE

TEXTS = Texts(wiring.shared(config.load()))
IDS = set(TEXTS.ids("sv"))
FILES = {text_id.split(".")[0] for text_id in IDS}
ROLES = ("user", "peer", "coordinator")
AUDITED = {
    "intent",
    "message.reported",
    "refused.alert",
    "refused.button",
    "refused.digest",
    "refused.conversation",
    "refused.invitation",
    "refused.lines",
    "statistics.looked_at",
}
"""Names of entries in the audit, or of tables, that look like text ids."""


def needed() -> Iterator[str]:
    """Every text id that follows from the declarations."""
    for dialog in DIALOGS.values():
        yield from text_ids(dialog)
        for state in dialog.states.values():
            if isinstance(state, End):
                yield from (f"offer.{offered}" for offered in state.offers)
            if isinstance(state, Summary):
                yield f"{dialog.name}.{state.name}.done"
    yield from (f"engine.other.{kind}" for kind in UNREADABLE)
    yield from (f"refused.{reason}" for reason in ("role", "blocked", "not_yours"))
    yield from (f"command.{command.name}" for command in COMMANDS)
    yield from ("intent", *(f"intent.{name}" for name in (*STARTS, *SAYS)))
    yield from (
        f"{menu}.{role}" for menu in ("menu", "help", "greeting", "smalltalk", "unclear") for role in ROLES
    )
    for name in {*STARTS.values(), *(command.dialog for command in COMMANDS if command.dialog)}:
        if DIALOGS[name].subject:
            yield f"nothing.{DIALOGS[name].subject}"


def literals() -> Iterator[tuple[str, bool]]:
    """(text id, whether a part of it is put in when it runs) of every string in the code that looks like one."""
    for file in Path(wiring.__file__).parents[1].rglob("*.py"):
        for formatted, found in re.findall(r'(f?)"([a-z_]+\.[^" <]+)"', file.read_text("utf-8")):
            if found.split(".")[0] in FILES:
                yield found, bool(formatted)


def test_the_same_texts_in_both_languages() -> None:
    assert set(TEXTS.ids("sv")) == set(TEXTS.ids("da"))
    sv, da = ({file.name for file in (FOLDER / language).glob("*.toml")} for language in LANGUAGES)
    assert sv == da


def test_the_same_arguments_in_both_languages() -> None:
    assert [each for each in sorted(IDS) if TEXTS.needs(each, "sv") != TEXTS.needs(each, "da")] == []


def test_no_text_is_missing() -> None:
    assert set(needed()) - IDS == set()
    assert {found for found, is_made in literals() if not is_made} - IDS - AUDITED == set()


def test_texts_whose_ids_are_put_together_exist() -> None:
    for made in (found for found, is_made in literals() if is_made):
        assert any(_pattern(made).fullmatch(text_id) for text_id in IDS), made


def test_every_text_is_used() -> None:
    patterns = [_pattern(made) for made, is_made in literals() if is_made]
    known = {
        *needed(),
        *(found for found, is_made in literals() if not is_made),
        *_summaries(),
        *_of_tables(),
    }
    left = {text_id for text_id in IDS - known if not any(each.fullmatch(text_id) for each in patterns)}
    assert left == set()


def _pattern(made: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{.*?\\\}", ".+", re.escape(made)))


def _summaries() -> Iterator[str]:
    """Labels of questions: used where a service tells somebody what was answered."""
    yield from (f"{dialog.name}.{state}.label" for dialog in DIALOGS.values() for state in dialog.states)


def _of_tables() -> Iterator[str]:
    """Texts that a service finds by the name of a dialog and a word of its own."""
    yield from (f"{dialog}.{word}" for dialog in ("proposal", "presentation") for word in ("new", "reminder"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_typography(language: str) -> None:
    """Each language's own quotation marks; no marks that a typewriter would make."""
    foreign = {"sv": "»«„", "da": "”“„"}[language]
    for text_id, source in read(language).items():
        plain = spoken(source)
        assert '"' not in plain, text_id
        assert not set(foreign) & set(plain), text_id
        assert "  " not in plain.strip(), text_id
        assert "..." not in plain, text_id


def spoken(source: str) -> str:
    """A template as somebody reads it, with a name for every argument; a list of commands is left out."""
    without = re.sub(r"\{%.*?%\}|<[^>]+>", "", re.sub(r"\{\{.*?\}\}", "Kim", source))
    lines = [re.sub(r" +", " ", line).strip() for line in without.splitlines()]
    return "\n".join(line for line in lines if not line.startswith("/"))


PART_OF_DAY = re.compile(r"_(am|pm|eve)$")
PRINCIPLES = re.compile(r"peer_welcome\.p\d(_try)?")


def is_button(text_id: str, said: str) -> bool:
    """The words of a button are what the person says, not the bot: "Skriv till den andra", "Tir form.".

    So are names of things.
    """
    return bool(PART_OF_DAY.search(text_id)) or not re.search(r"[.?!:…]$", said.strip())


HELD_OUT = {
    "safety": "In danger to life it is plain what to do: ring 112, do not wait for an answer.",
    "my_data": "Headings and names of what is stored.",
    "digest": "Lines for coordinators about work.",
    "peers": "Lines for coordinators about work.",
    "queue": "Lines for coordinators about work.",
    "watch": "Lines for coordinators about the service.",
    "lines": "Lines of help, for coordinators to check.",
    "story": "What people say to one another in the scripted story.",
}
"""Files whose texts are not the bot's own words to somebody about themselves."""
INSTRUCTIONS = {
    "contact.text": "An offer (you can ... or skip), of which the rule sees only its second half.",
    "check_text.text": "Names what the feedback looks for.",
    "invite.sent": "How a coordinator passes on a link, which is a key.",
}

SURE = 0.7
"""The trained part has learnt from what peers write. Of statements about the service ("Nobody waits just now") it
makes findings with little confidence; only what it is sure of counts here."""


def sentences(language: str) -> Iterator[tuple[str, str]]:
    """What the bot says of its own to people: (text id, text)."""
    for text_id, source in read(language).items():
        said = spoken(source)
        if text_id.split(".")[0] in HELD_OUT or text_id in INSTRUCTIONS or PRINCIPLES.fullmatch(text_id):
            continue
        if said and not is_button(text_id, said):
            yield text_id, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bot_holds_to_the_principles_itself(language: str) -> None:
    """Its own sentences pass its own check. The principles and their exercises name what is to be practised."""
    found = [
        (text_id, finding.rule, finding.quote)
        for text_id, said in sentences(language)
        for finding in LANGUAGE.check(said, language)
        if not finding.rule.startswith("trained.") or finding.confidence >= SURE
    ]
    assert found == []


def test_every_option_that_is_declared_has_a_label_of_its_own() -> None:
    """Two buttons of one question that say the same could not be told apart when typed."""
    for dialog in DIALOGS.values():
        for state in dialog.states.values():
            if isinstance(state, Choose) and not isinstance(state.options, Setting):
                for language in LANGUAGES:
                    labels = [read(language)[f"{dialog.name}.{state.name}.{key}"] for key in state.options]
                    assert len({label.casefold() for label in labels}) == len(labels), (
                        dialog.name,
                        state.name,
                    )
