"""Formatting: HTML to text with entities, and what Telegram finds by itself."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tryout.entities import detected, formatted, utf16
from bot.tryout.errors import ApiError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def shown(text: str, entity: dict) -> str:
    raw = text.encode("utf-16-le")
    return raw[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("<b>Hej</b> du", "Hej du", [("bold", "Hej")]),
        ("😀 <i>å</i>", "😀 å", [("italic", "å")]),
        ("<b>a<i>b</i></b>", "ab", [("bold", "ab"), ("italic", "b")]),
        ("&lt;3 &amp; &#229; &nosuch;", "<3 & å &nosuch;", []),
        ("  <u> x </u>  ", "x", [("underline", "x")]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", "x")]),
        ('<a href="https://x.se/?a=1&amp;b">här</a>', "här", [("text_link", "här")]),
        ('<span class="tg-spoiler">x</span><s>y</s>', "xy", [("spoiler", "x"), ("strikethrough", "y")]),
        ("<b></b>tom", "tom", []),
    ],
)
def test_html(source: str, text: str, found: list) -> None:
    plain, entities = formatted(source, "HTML", None)
    assert plain == text
    assert [(entity["type"], shown(plain, entity)) for entity in entities] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("se /moten@peerbot_bot och och/eller", [("bot_command", "/moten@peerbot_bot")]),
        ("(https://x.se/a_b).", [("url", "https://x.se/a_b")]),
        (
            "😀 anna@x.se @anna_b #hopp #12",
            [("email", "anna@x.se"), ("mention", "@anna_b"), ("hashtag", "#hopp")],
        ),
        ("1/2 och 3/4, </b>", []),
    ],
)
def test_detected(text: str, found: list) -> None:
    assert [(entity["type"], shown(text, entity)) for entity in detected(text)] == found


@given(TEXT)
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert formatted(html.escape(text, quote=False), "HTML", None)[0] == text.strip()


@given(TEXT, TEXT, TEXT)
def test_an_entity_marks_its_text_wherever_it_stands(before: str, marked: str, after: str) -> None:
    parts = [html.escape(part) for part in (before, marked, after)]
    plain, entities = formatted(f"{parts[0]}<b>{parts[1]}</b>{parts[2]}", "HTML", None)
    bold = [shown(plain, entity) for entity in entities if entity["type"] == "bold"]
    assert [text.strip() for text in bold if text.strip()] == [marked.strip()] * bool(marked.strip())


@given(st.text("<>/&;ab =\"'", max_size=30))
def test_any_html_is_parsed_or_refused(source: str) -> None:
    try:
        plain, entities = formatted(source, "HTML", None)
    except ApiError as error:
        assert error.description.startswith("Bad Request: can't parse entities: ")
    else:
        assert all(0 <= e["offset"] < e["offset"] + e["length"] <= utf16(plain) for e in entities)


def test_entities_outside_the_text() -> None:
    with pytest.raises(ApiError):
        formatted("hej", None, [{"type": "bold", "offset": 1, "length": 3}])
