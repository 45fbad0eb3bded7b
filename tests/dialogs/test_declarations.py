"""A dialog that could not work is refused when it is declared; and ours can be drawn."""

from dataclasses import dataclass

import pytest

from bot.dialog import Choose, DeclarationError, Dialog, End, Go, Setting, Summary, Write
from bot.dialog.declaration import text_ids
from bot.dialog.drawing import mermaid
from dialogs import DIALOGS


@dataclass(frozen=True)
class Needs:
    answer: str
    more: str = ""


class NoCommand:
    pass


def ask(name: str = "ask", **more: object) -> Choose:
    return Choose(name=name, options=("yes", "no"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        ((ask(), ask(), End(name="end")), "two states have the same name"),
        ((ask(go="nowhere"), End(name="end")), "leads to 'nowhere'"),
        ((ask(go={"yes": "end", "no": "gone"}), End(name="end")), "leads to 'gone'"),
        ((ask(go="end"), Write(name="lost"), End(name="end")), "lost: no way leads here"),
        ((ask(go="ask"), End(name="end")), "end: no way leads here"),
        ((ask(), Write(name="last")), "nothing follows"),
        ((ask(name="a" * 21), End(name="end")), "at most 20"),
        ((ask(name="two words"), End(name="end")), "identifier"),
        ((Choose(name="ask", options=("<",)), End(name="end")), "'<' is no identifier"),
        ((Choose(name="ask", options=("a" * 25,)), End(name="end")), "at most 24"),
        ((ask(go=Go("end", do=NoCommand)), End(name="end")), "is no command"),
        ((ask(own_words=True, read_as="week"), End(name="end")), "can only be read where"),
        (
            (ask(name="other", go=Go("end", do=Needs)), End(name="end")),
            "Needs.answer is answered by no state",
        ),
    ],
)
def test_a_bad_declaration_is_refused_with_its_reason(states: tuple[Choose, ...], reason: str) -> None:
    with pytest.raises(DeclarationError, match=reason):
        Dialog("bad", *states)


def test_a_dialog_without_an_end_is_refused() -> None:
    with pytest.raises(DeclarationError, match="there is no end"):
        Dialog("bad", ask(go="ask"))


def test_a_command_may_be_filled_by_own_words_given_answers_and_findings() -> None:
    @dataclass(frozen=True)
    class Filled:
        ask_own: str
        note_findings: list[str]
        known: str
        subject: int

    dialog = Dialog(
        "good",
        ask(own_words=True),
        Write(name="note", feedback="message", go=Go("end", do=Filled)),
        End(name="end"),
        given=("known",),
    )
    assert dialog.first == "ask"


def test_every_option_its_own_way_leaves_no_other() -> None:
    dialog = Dialog("fork", ask(go={"yes": "one", "no": "two"}), End(name="one"), End(name="two"))
    assert [(label, go.target) for label, go in dialog.edges(dialog["ask"])] == [
        ("yes", "one"),
        ("no", "two"),
    ]
    open_ended = Dialog(
        "fork",
        Choose(name="ask", options=Setting("x"), go={"yes": "two", "*": "one"}),
        End(name="one"),
        End(name="two"),
    )
    assert open_ended.target(open_ended["ask"], "anything").target == "one"


def test_texts_follow_from_names() -> None:
    dialog = Dialog("d", ask(), Summary(name="all"), End(name="end"))
    assert set(text_ids(dialog)) == {"d.ask", "d.ask.yes", "d.ask.no", "d.ask.label", "d.all", "d.end"}


@pytest.mark.parametrize("name", DIALOGS)
def test_ours_can_be_drawn_whole(name: str) -> None:
    drawn = mermaid(DIALOGS[name])
    for state in DIALOGS[name].states:
        assert state in drawn
    assert drawn.startswith("stateDiagram-v2")
    assert "--> [*]" in drawn
    assert DIALOGS[name].name == name


@pytest.mark.parametrize("name", DIALOGS)
def test_a_button_of_ours_is_at_most_64_bytes(name: str) -> None:
    for state in DIALOGS[name].states.values():
        keys = (
            state.options
            if isinstance(state, Choose) and isinstance(state.options, tuple)
            else ("~" + "a" * 20,)
        )
        for key in keys:
            assert len(f"a:{10**12}:{state.name}:{key}".encode()) <= 64
