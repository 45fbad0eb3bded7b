"""The conversations of Peerbot, declared as data for the engine in bot.dialog."""

from collections.abc import Mapping

from bot.dialog import Dialog
from dialogs.agreement import AGREEMENT, AGREEMENT_ANSWER
from dialogs.alert_talk import ALERT_TALK
from dialogs.between import END_MATCH, MESSAGE, REPORT
from dialogs.consents import CONSENTS
from dialogs.coordinating import INVITE, PEERS, STATISTICS
from dialogs.correcting import CORRECT, MEETING_TOPIC, OLD_REFLECTION
from dialogs.intake import DETAILS, INTAKE, WITHDRAW
from dialogs.matching import PRESENTATION, PROPOSAL, QUEUE
from dialogs.notes import NOTES
from dialogs.own import CONTACT, DELETE, LANGUAGE, OFFER_SUPPORT, SETTINGS
from dialogs.peer_welcome import PEER_WELCOME
from dialogs.people import PEOPLE
from dialogs.reflecting import CHECK_TEXT, REFLECTION
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
        WITHDRAW,
        PEER_WELCOME,
        QUEUE,
        PROPOSAL,
        PRESENTATION,
        PEERS,
        INVITE,
        STATISTICS,
        PEOPLE,
        AGREEMENT,
        AGREEMENT_ANSWER,
        PROPOSE_TIMES,
        ANSWER_TIMES,
        MOVE_MEETING,
        CANCEL_MEETING,
        SERIES,
        SERIES_ANSWER,
        MESSAGE,
        REPORT,
        END_MATCH,
        REFLECTION,
        CHECK_TEXT,
        LANGUAGE,
        SETTINGS,
        CONTACT,
        OFFER_SUPPORT,
        NOTES,
        ALERT_TALK,
        CORRECT,
        MEETING_TOPIC,
        OLD_REFLECTION,
        CONSENTS,
        DELETE,
    )
}
