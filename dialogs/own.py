"""What belongs to everybody: language, settings, reaching a human, offering support, erasing it all."""

from bot.commands import (
    ContactCoordinator,
    Erase,
    OfferSupport,
    SetDigest,
    SetDuty,
    SetFeedback,
    SetLanguage,
    SetQuietHours,
    SetReminders,
)
from bot.dialog import Choose, Dialog, End, Go, Setting, Write
from bot.dialog.states import Answers, Condition

LANGUAGE = Dialog(
    "language",
    Choose(name="language", options=("sv", "da"), columns=2, go=Go("done", do=SetLanguage), keep=False),
    End(name="done"),
    consent=False,
)


def _chosen(setting: str) -> Condition:
    def is_chosen(answers: Answers) -> bool:
        return answers.get("what") == setting

    return is_chosen


SETTINGS = Dialog(
    "settings",
    Choose(
        name="what",
        options=Setting("settings"),
        go={
            "reminders": "reminders",
            "quiet": "quiet",
            "feedback": "feedback",
            "digest": "digest",
            "duty": "duty",
            "*": "closed",
        },
        keep=False,
    ),
    Choose(
        name="reminders",
        options=("both", "day", "hours", "none"),
        asked_if=_chosen("reminders"),
        go=Go("what", do=SetReminders),
        keep=False,
    ),
    Choose(
        name="quiet",
        options=Setting("quiet_hours"),
        own_words=True,
        limit=40,
        asked_if=_chosen("quiet"),
        go=Go("what", do=SetQuietHours),
        keep=False,
    ),
    Choose(
        name="feedback",
        options=Setting("feedback_choices"),
        asked_if=_chosen("feedback"),
        go=Go("what", do=SetFeedback),
        keep=False,
    ),
    Choose(
        name="digest",
        options=("daily", "weekly", "off"),
        asked_if=_chosen("digest"),
        go=Go("what", do=SetDigest),
        keep=False,
    ),
    Choose(
        name="duty",
        options=Setting("duty_choices"),
        own_words=True,
        limit=100,
        asked_if=_chosen("duty"),
        go=Go("what", do=SetDuty),
        keep=False,
    ),
    End(name="closed", offers=("language",)),
)

CONTACT = Dialog(
    "contact",
    Choose(name="about", options=("question", "complaint", "other"), keep=False),
    Write(name="text", limit=2000, optional=True, keep=False, go=Go("sent", do=ContactCoordinator)),
    End(name="sent"),
    consent=False,
)

OFFER_SUPPORT = Dialog(
    "offer_support",
    Choose(name="intro", options=("tell", "later"), go={"tell": "text", "later": "closed"}, keep=False),
    Write(name="text", limit=1000, optional=True, keep=False, go=Go("sent", do=OfferSupport)),
    End(name="sent"),
    End(name="closed"),
)

DELETE = Dialog(
    "delete",
    Choose(name="sure", options=("yes", "no"), go={"yes": Go("begun", do=Erase), "no": "kept"}, keep=False),
    End(name="begun"),
    End(name="kept"),
    consent=False,
)
