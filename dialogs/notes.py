"""What has been written to the coordinators: read, answered through the bot, settled."""

from bot.commands import AnswerNote, InviteAuthor, ReadNote, SettleNote
from bot.dialog import Choose, Dialog, End, Go, Setting, Write

NOTES = Dialog(
    "notes",
    Choose(
        name="note",
        options=Setting("open_notes"),
        go={"leave": "closed", "*": Go("act", do=ReadNote)},
        keep=False,
    ),
    Choose(
        name="act",
        options=Setting("note_acts"),
        go={
            "answer": "answer",
            "invite": Go("invited", do=InviteAuthor),
            "settle": Go("settled", do=SettleNote),
            "*": "note",
        },
        keep=False,
    ),
    Write(
        name="answer",
        limit=1500,
        asked_if=lambda answers: answers.get("act") == "answer",
        go=Go("answered", do=AnswerNote),
        keep=False,
    ),
    End(name="answered", offers=("notes",)),
    End(name="invited", offers=("notes",)),
    End(name="settled", offers=("notes",)),
    End(name="closed"),
    role="coordinator",
)
