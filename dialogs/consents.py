"""What somebody has said yes to: read again, given and taken back, each in a tap."""

from bot.commands import ChangeConsent, WithdrawSupport
from bot.dialog import Choose, Dialog, End, Go, Setting

CONSENTS = Dialog(
    "consents",
    Choose(
        name="purpose",
        options=Setting("purposes"),
        go={
            "leave": "closed",
            "begin": "begun",
            "withdraw_support": "sure",
            "*": Go("purpose", do=ChangeConsent),
        },
        keep=False,
    ),
    Choose(
        name="sure",
        options=("yes", "no"),
        go={"yes": Go("withdrawn", do=WithdrawSupport), "no": "purpose"},
        keep=False,
    ),
    End(name="withdrawn"),
    End(name="begun", offers=("welcome",)),
    End(name="closed"),
    consent=False,
)
