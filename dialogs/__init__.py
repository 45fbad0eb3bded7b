"""The conversations of Peerbot, declared as data for the engine in bot.dialog."""

from collections.abc import Mapping

from bot.dialog import Dialog
from dialogs.agreement import AGREEMENT, AGREEMENT_ANSWER
from dialogs.intake import DETAILS, INTAKE
from dialogs.scheduling import (
    ANSWER_TIMES,
    CANCEL_MEETING,
    MOVE_MEETING,
    PROPOSE_TIMES,
    SERIES,
    SERIES_ANSWER,
)
from dialogs.welcome import WELCOME

DIALOGS: Mapping[str, Dialog] = {
    dialog.name: dialog
    for dialog in (
        WELCOME,
        INTAKE,
        DETAILS,
        AGREEMENT,
        AGREEMENT_ANSWER,
        PROPOSE_TIMES,
        ANSWER_TIMES,
        MOVE_MEETING,
        CANCEL_MEETING,
        SERIES,
        SERIES_ANSWER,
    )
}
