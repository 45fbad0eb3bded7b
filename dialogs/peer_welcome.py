"""A peer tells about themselves, and meets the six principles one by one. Later the same dialog changes it."""

from bot.commands import AllowFeedback, BecomePeer, TrySentence
from bot.dialog import Choose, Dialog, End, Go, Setting, State, Summary, Write
from dialogs.shared import IN_PERSON

PRINCIPLES = 6


def _principle(number: int) -> tuple[State, State]:
    """A principle, and a sentence to try as often as one likes."""
    name = f"p{number}"
    following = f"p{number + 1}" if number < PRINCIPLES else "review"
    return (
        Choose(
            name=name,
            options=("go_on", "try_it"),
            go={"go_on": following, "try_it": f"{name}_try"},
            keep=False,
        ),
        Write(
            name=f"{name}_try",
            limit=1000,
            feedback="message",
            keep=False,
            asked_if=lambda answers: answers.get(name) == "try_it",
            go=Go(name, do=TrySentence),
        ),
    )


PEER_WELCOME = Dialog(
    "peer_welcome",
    Choose(name="intro", options=("go_on",), keep=False),
    Write(name="called", limit=40),
    Choose(name="topics", options=Setting("topics"), many=True, own_words=True, limit=400, columns=2),
    Choose(
        name="feelings",
        options=Setting("feelings"),
        many=True,
        own_words=True,
        limit=300,
        columns=2,
        optional=True,
    ),
    Write(name="presentation", limit=1200),
    Choose(name="distance", options=("behind", "now_and_then", "close", "talk")),
    Choose(name="lean", options=("yes", "sometimes", "not_now", "talk")),
    Choose(name="roles", options=("guide", "friend", "partner", "counsellor"), many=True),
    Choose(name="paid", options=("volunteer", "employed")),
    Choose(name="forms", options=Setting("forms"), many=True),
    Choose(name="languages", options=("sv", "da"), many=True, own_words=True, limit=100, columns=2),
    Choose(
        name="regions",
        options=Setting("regions"),
        many=True,
        asked_if=lambda answers: not IN_PERSON.isdisjoint(answers.get("forms") or ()),
    ),
    Choose(name="capacity", options=("one", "two", "three", "four", "five"), columns=5),
    Choose(
        name="times",
        options=Setting("times"),
        many=True,
        own_words=True,
        read_as="week",
        limit=200,
        columns=3,
    ),
    Write(name="access", limit=500, optional=True),
    Choose(
        name="reading", options=("yes", "no"), go={"yes": Go("p1", do=AllowFeedback), "*": "p1"}, keep=False
    ),
    *(state for number in range(1, PRINCIPLES + 1) for state in _principle(number)),
    Summary(name="review", go=Go("sent", do=BecomePeer)),
    End(name="sent"),
    role="peer",
)
