"""The conversations of Peerbot, declared as data for the engine in bot.dialog."""

from collections.abc import Mapping

from bot.dialog import Dialog
from dialogs.intake import DETAILS, INTAKE
from dialogs.welcome import WELCOME

DIALOGS: Mapping[str, Dialog] = {
    dialog.name: dialog
    for dialog in (
        WELCOME,
        INTAKE,
        DETAILS,
    )
}
