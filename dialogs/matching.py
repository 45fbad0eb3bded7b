"""From the queue to two people who know of each other: a coordinator proposes, the peer and then the user answer."""

from bot.commands import (
    AcceptPresentation,
    AcceptProposal,
    DeclinePresentation,
    DeclineProposal,
    LookAtPeer,
    LookAtRequest,
    ProposePeer,
)
from bot.dialog import Choose, Dialog, End, Go, Setting

QUEUE = Dialog(
    "queue",
    Choose(
        name="request",
        options=Setting("waiting_requests"),
        go={"leave": "closed", "*": Go("peer", do=LookAtRequest)},
        keep=False,
    ),
    Choose(
        name="peer",
        options=Setting("ranked_peers"),
        go={"others": "request", "leave": "closed", "*": Go("confirm", do=LookAtPeer)},
        keep=False,
    ),
    Choose(
        name="confirm",
        options=("yes", "other"),
        go={"yes": Go("proposed", do=ProposePeer), "other": "peer"},
        keep=False,
    ),
    End(name="proposed", offers=("queue",)),
    End(name="closed"),
    role="coordinator",
)

PROPOSAL = Dialog(
    "proposal",
    Choose(
        name="answer",
        options=("yes", "no"),
        go={"yes": Go("accepted", do=AcceptProposal), "no": Go("declined", do=DeclineProposal)},
        keep=False,
    ),
    End(name="accepted"),
    End(name="declined"),
    role="approved_peer",
    subject="asked_match",
)

PRESENTATION = Dialog(
    "presentation",
    Choose(
        name="answer",
        options=("yes", "no"),
        go={"yes": Go("connected", do=AcceptPresentation), "no": Go("declined", do=DeclinePresentation)},
        keep=False,
    ),
    End(name="connected"),
    End(name="declined"),
    subject="offered_match",
)
