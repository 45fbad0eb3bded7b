"""What coordinators do when somebody is to have a role no longer, or is to be kept out."""

from bot.commands import ChangeStanding
from bot.dialog import Choose, Dialog, End, Go, Setting

PEOPLE = Dialog(
    "people",
    Choose(name="group", options=Setting("people_groups"), go={"leave": "closed", "*": "person"}, keep=False),
    Choose(
        name="person",
        options=Setting("people_of_group"),
        go={"leave": "closed", "*": "act"},
        keep=False,
    ),
    Choose(name="act", options=Setting("people_acts"), go={"others": "group", "*": "sure"}, keep=False),
    Choose(
        name="sure",
        options=("yes", "no"),
        go={"yes": Go("done", do=ChangeStanding), "no": "group"},
        keep=False,
    ),
    End(name="done", offers=("people",)),
    End(name="closed"),
    role="coordinator",
)
