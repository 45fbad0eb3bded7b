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

LANGUAGE = Dialog(
    "language",
    Choose(name="language", options=("sv", "da"), columns=2, go=Go("done", do=SetLanguage), keep=False),
    End(name="done"),
    consent=False,
)


def _setting(name: str, do: type, options: tuple[str, ...] | Setting, *, own_words: int = 0) -> Choose:
    """The question about one setting, with so many letters for words of one's own; then back to what to set."""
    return Choose(
        name=name,
        options=options,
        own_words=own_words > 0,
        limit=own_words or Choose.limit,
        asked_if=lambda answers: answers.get("what") == name,
        go=Go("what", do=do),
        keep=False,
    )


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
    _setting("reminders", SetReminders, ("both", "day", "hours", "none")),
    _setting("quiet", SetQuietHours, Setting("quiet_hours"), own_words=40),
    _setting("feedback", SetFeedback, Setting("feedback_choices")),
    _setting("digest", SetDigest, ("daily", "weekly", "off")),
    _setting("duty", SetDuty, Setting("duty_choices"), own_words=100),
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
