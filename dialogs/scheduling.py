"""Meetings: proposed, picked, moved, cancelled, and repeated in a series."""

from bot.commands import (
    AnswerSeries,
    CancelMeeting,
    DeclineTimes,
    MoveMeeting,
    PickTime,
    ProposeSeries,
    ProposeTimes,
)
from bot.dialog import Choose, Dialog, End, Go, Setting, When, Write

PROPOSE_TIMES = Dialog(
    "propose_times",
    When(name="times", at_most=3),
    Write(name="topic", limit=120, optional=True, go=Go("sent", do=ProposeTimes)),
    End(name="sent"),
    subject="match",
)

ANSWER_TIMES = Dialog(
    "answer_times",
    Choose(
        name="picked",
        options=Setting("proposed_times"),
        go={"other": "times", "later": Go("declined", do=DeclineTimes), "*": Go("booked", do=PickTime)},
    ),
    When(name="times", at_most=3, go=Go("sent", do=MoveMeeting)),
    End(name="sent"),
    End(name="declined"),
    End(name="booked"),
    subject="open_meeting",
)

MOVE_MEETING = Dialog(
    "move_meeting",
    When(name="times", at_most=3, go=Go("sent", do=MoveMeeting)),
    End(name="sent"),
    subject="meeting",
)

CANCEL_MEETING = Dialog(
    "cancel_meeting",
    Choose(
        name="sure",
        options=("yes", "move", "no"),
        go={"yes": Go("cancelled", do=CancelMeeting), "move": "times", "no": "kept"},
        keep=False,
    ),
    When(name="times", at_most=3, go=Go("sent", do=MoveMeeting)),
    End(name="sent"),
    End(name="cancelled", offers=("propose_times",)),
    End(name="kept"),
    subject="meeting",
)

SERIES = Dialog(
    "series",
    Choose(name="rhythm", options=("weekly", "fortnightly", "monthly")),
    Choose(
        name="more", options=("two", "three", "five", "seven"), columns=2, go=Go("sent", do=ProposeSeries)
    ),
    End(name="sent"),
    subject="meeting",
)

SERIES_ANSWER = Dialog(
    "series_answer",
    Choose(name="answer", options=("yes", "no"), go=Go("done", do=AnswerSeries), keep=False),
    End(name="done"),
    subject="series",
)
