"""What passes between two people outside their meetings, and how a contact ends."""

from bot.commands import EndMatch, ReportMessage, SendMessage
from bot.dialog import Choose, Dialog, End, Go, Write

MESSAGE = Dialog(
    "message",
    Write(name="text", limit=1500, feedback="message", keep=False),
    Choose(
        name="advice",
        options=("send", "change", "why"),
        asked_if=lambda answers: bool(answers.get("text_findings")),
        go={
            "send": Go("sent", do=SendMessage),
            "change": "text",
            "why": "why",
            "*": Go("sent", do=SendMessage),
        },
        keep=False,
    ),
    Choose(
        name="why",
        options=("send", "change"),
        go={"send": Go("sent", do=SendMessage), "change": "text"},
        keep=False,
    ),
    End(name="sent"),
    subject="match",
)

REPORT = Dialog(
    "report",
    Choose(
        name="keep",
        options=("with_text", "without_text", "nothing"),
        go={"nothing": "dropped", "*": Go("sent", do=ReportMessage)},
        keep=False,
    ),
    End(name="sent", offers=("end_match",)),
    End(name="dropped"),
    subject="relay",
    given=("about",),
)

END_MATCH = Dialog(
    "end_match",
    Choose(
        name="what",
        options=("end", "another", "stay"),
        go={"stay": "stayed", "*": Go("ended", do=EndMatch)},
        keep=False,
    ),
    End(name="ended"),
    End(name="stayed"),
    subject="match",
)
