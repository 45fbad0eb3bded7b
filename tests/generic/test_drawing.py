"""The pictures of the dialogs are those of the dialogs."""

from pathlib import Path

import dialogs
from bot.dialog.drawing import mermaid
from dialogs import DIALOGS

PICTURES = Path(dialogs.__file__).with_name("DIALOGS.md")


def test_the_pictures_are_up_to_date() -> None:
    """After a change: `peerbot graph`, under the heading of the file."""
    text = PICTURES.read_text("utf-8")
    for name, dialog in DIALOGS.items():
        assert f"## {name}\n\n```mermaid\n{mermaid(dialog)}\n```" in text, name
    assert text.count("```mermaid") == len(DIALOGS)
