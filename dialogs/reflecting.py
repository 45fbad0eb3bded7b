"""After a meeting both are asked the same few things; and a peer can have any text looked at."""

from bot.commands import LookAtText, SaveReflection
from bot.dialog import Choose, Dialog, End, Go, Write

REFLECTION = Dialog(
    "reflection",
    Choose(
        name="took_place",
        options=("yes", "missed", "moved"),
        go={"yes": "takeaway", "*": Go("another_time", do=SaveReflection)},
        keep=False,
    ),
    Write(name="takeaway", limit=2000, optional=True, feedback="reflection", go="meaningful"),
    Choose(
        name="meaningful",
        options=("yes", "a_little", "enough", "not_this_time"),
        optional=True,
        asked_if=lambda answers: answers.get("form") != "company",
    ),
    Write(
        name="change",
        limit=1000,
        optional=True,
        feedback="reflection",
        asked_if=lambda answers: answers.get("form") != "company",
        go=Go("kept", do=SaveReflection),
    ),
    End(name="kept"),
    End(name="another_time", offers=("propose_times",)),
    subject="past_meeting",
    given=("form",),
)

CHECK_TEXT = Dialog(
    "check_text",
    Write(name="text", limit=3000, feedback="message", keep=False, go=Go("looked", do=LookAtText)),
    End(name="looked", offers=("check_text",)),
    role="peer",
)
