"""What somebody has told about themselves outside the longer dialogs, put right."""

from bot.commands import ChangeTopic, PutRight, RewriteReflection
from bot.dialog import Choose, Dialog, End, Go, Setting, Write
from bot.dialog.states import Answers, Condition


def _chosen(what: str) -> Condition:
    def is_chosen(answers: Answers) -> bool:
        return answers.get("what") == what

    return is_chosen


CORRECT = Dialog(
    "correct",
    Choose(
        name="what",
        options=Setting("what_to_correct"),
        go={
            "called": "called",
            "country": "country",
            "of_age": Go("what", do=PutRight),
            "*": "closed",
        },
        keep=False,
    ),
    Write(name="called", limit=40, asked_if=_chosen("called"), go=Go("what", do=PutRight), keep=False),
    Choose(
        name="country",
        options=Setting("countries"),
        asked_if=_chosen("country"),
        go=Go("what", do=PutRight),
        keep=False,
    ),
    End(name="closed"),
)

MEETING_TOPIC = Dialog(
    "meeting_topic",
    Write(name="topic", limit=120, optional=True, keep=False, go=Go("kept", do=ChangeTopic)),
    End(name="kept"),
    subject="meeting",
)

OLD_REFLECTION = Dialog(
    "old_reflection",
    Write(name="takeaway", limit=2000, optional=True, go="change"),
    Write(name="change", limit=1000, optional=True, go=Go("kept", do=RewriteReflection)),
    End(name="kept"),
    subject="reflection",
)
