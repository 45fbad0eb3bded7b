"""What somebody types for a button."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialog.words import is_blank, matching, plain


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("ja", "Ja"),
        ("JA!", "Ja"),
        (" tillbaka ", "‹ Tillbaka"),
        ("mån  fm", "Mån fm"),
        ("ma\u030an fm", "Mån fm"),
    ],
)
def test_the_same_words(typed: str, label: str) -> None:
    assert matching(typed, label)


@pytest.mark.parametrize(("typed", "label"), [("", "Ja"), ("?", "?"), ("nej", "Ja"), ("ja tack", "Ja")])
def test_other_words(typed: str, label: str) -> None:
    assert not matching(typed, label)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\u200b", "\u2800", "\ufeff", "\u3164\u115f", "\u00a0\u2003", "\u202e"]
)
def test_nothing_to_see(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", ".", "🙂", "👩\u200d👧", "1", "<"])
def test_something_to_see(text: str) -> None:
    assert not is_blank(text)


@given(st.text())
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain(plain(text)) == plain(text)
