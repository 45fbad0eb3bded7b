"""A user asks for a peer: the short way to a request, what may be told in addition, and the way back."""

from bot.commands import AddDetails, RequestPeer, WithdrawRequest
from bot.dialog import Choose, Dialog, End, Go, Setting, Summary, Write
from dialogs.shared import FORMS, IN_PERSON, RHYTHMS, TIMES

INTAKE = Dialog(
    "intake",
    Write(name="hope", limit=1000, optional=True),
    Choose(name="topics", options=Setting("topics"), many=True, own_words=True, columns=2),
    Choose(name="form", options=FORMS),
    Choose(name="times", options=TIMES, many=True, own_words=True, read_as="week", columns=3),
    Choose(
        name="region",
        options=Setting("regions"),
        asked_if=lambda answers: answers.get("form") in IN_PERSON,
    ),
    Write(name="called", limit=40),
    Summary(name="review", go=Go("sent", do=RequestPeer)),
    End(name="sent", offers=("details",)),
)

DETAILS = Dialog(
    "details",
    Choose(name="common", options=("situation", "feelings", "either"), optional=True),
    Choose(name="feelings", options=Setting("feelings"), many=True, own_words=True, columns=2, optional=True),
    Write(name="belonging", limit=500, optional=True),
    Choose(name="length", options=Setting("lengths"), optional=True, columns=3),
    Choose(name="rhythm", options=RHYTHMS, optional=True),
    Choose(name="number", options=("few", "about_six", "about_ten", "unsure"), optional=True),
    Write(name="breaks", limit=500, optional=True),
    Write(name="access", limit=1000, optional=True),
    Summary(name="review", go=Go("kept", do=AddDetails)),
    End(name="kept"),
    role="requester",
)

WITHDRAW = Dialog(
    "withdraw",
    Choose(
        name="sure",
        options=("yes", "no"),
        go={"yes": Go("done", do=WithdrawRequest), "no": "kept"},
        keep=False,
    ),
    End(name="done", offers=("intake",)),
    End(name="kept"),
    role="requester",
)
