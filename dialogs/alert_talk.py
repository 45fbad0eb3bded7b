"""What passes between somebody in danger and the coordinator who has taken the alert on."""

from bot.commands import AnnounceHelp, WriteAboutAlert
from bot.dialog import Choose, Dialog, End, Go, Write

ALERT_TALK = Dialog(
    "alert_talk",
    Write(
        name="called", limit=40, optional=True, keep=False, go=Go("text", do=AnnounceHelp), leads_back=False
    ),
    Choose(
        name="text",
        options=("done",),
        own_words=True,
        limit=1500,
        go={"done": "over", "*": Go("text", do=WriteAboutAlert)},
        keep=False,
    ),
    End(name="over"),
    subject="alert",
    consent=False,
)
