"""What coordinators do for peers (say yes, ask for a talk first, follow up, invite), and their figures."""

from bot.commands import (
    ApprovePeer,
    AskForTalk,
    FollowUp,
    Invite,
    LookAtPeer,
    RecordCheck,
    ShowStatistics,
    SuspendPeer,
    TakeBackCheck,
)
from bot.dialog import Choose, Dialog, End, Go, Setting

PEERS = Dialog(
    "peers",
    Choose(name="group", options=Setting("peer_groups"), go={"leave": "closed", "*": "peer"}, keep=False),
    Choose(
        name="peer",
        options=Setting("peers_of_group"),
        go={"leave": "closed", "*": Go("act", do=LookAtPeer)},
        keep=False,
    ),
    Choose(
        name="act",
        options=Setting("peer_acts"),
        go={
            "approve": Go("approved", do=ApprovePeer),
            "talk": Go("talk", do=AskForTalk),
            "follow_up": Go("followed_up", do=FollowUp),
            "suspend": Go("suspended", do=SuspendPeer),
            "check": Go("checked", do=RecordCheck),
            "uncheck": Go("unchecked", do=TakeBackCheck),
            "*": "group",
        },
        keep=False,
    ),
    End(name="approved", offers=("peers", "queue")),
    End(name="talk", offers=("peers",)),
    End(name="followed_up", offers=("peers",)),
    End(name="suspended", offers=("peers",)),
    End(name="checked", offers=("peers", "queue")),
    End(name="unchecked", offers=("peers",)),
    End(name="closed"),
    role="coordinator",
)

INVITE = Dialog(
    "invite",
    Choose(name="role", options=("peer", "coordinator"), go=Go("sent", do=Invite), keep=False),
    End(name="sent", offers=("invite",)),
    role="coordinator",
)

STATISTICS = Dialog(
    "statistics",
    Choose(
        name="span",
        options=("month", "quarter", "year", "leave"),
        go={"leave": "closed", "*": Go("span", do=ShowStatistics)},
        keep=False,
    ),
    End(name="closed"),
    role="coordinator",
)
