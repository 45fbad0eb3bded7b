"""What two people agree on before their meetings. Everything but the length may be left open."""

from bot.commands import AgreeTerms, ProposeTerms
from bot.dialog import Choose, Dialog, End, Go, Setting, Summary, Write
from dialogs.shared import FORMS, IN_PERSON, RHYTHMS

AGREEMENT = Dialog(
    "agreement",
    Choose(name="form", options=FORMS),
    Choose(name="length", options=Setting("agreed_lengths"), columns=3),
    Choose(name="rhythm", options=RHYTHMS, optional=True),
    Choose(name="number", options=("one", "two_or_three", "about_six", "about_ten", "open"), optional=True),
    Write(name="place", limit=300, optional=True, asked_if=lambda answers: answers.get("form") in IN_PERSON),
    Choose(
        name="opening",
        options=("tea", "how_are_you", "silence", "walk"),
        own_words=True,
        optional=True,
    ),
    Choose(
        name="closing",
        options=("take_with", "next_time", "something_nice"),
        own_words=True,
        optional=True,
    ),
    Write(name="breaks", limit=300, optional=True),
    Summary(name="review", go=Go("sent", do=ProposeTerms)),
    End(name="sent"),
    role="anyone",
    subject="match",
)

AGREEMENT_ANSWER = Dialog(
    "agreement_answer",
    Choose(
        name="answer",
        options=("yes", "not_yet"),
        go={"yes": Go("agreed", do=AgreeTerms), "not_yet": "not_yet"},
        keep=False,
    ),
    End(name="agreed"),
    End(name="not_yet"),
    subject="agreement",
)
