"""What a dialog can ask for: frozen data, one handler each in `bot/services/`.

Fields are filled from the dialog's answers of the same name; `subject` is the id of the thing that the
dialog is about. Moments are UTC ISO strings, lengths are minutes.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SwitchLanguage:
    """From Swedish to Danish or back."""


@dataclass(frozen=True)
class GiveConsent:
    """Consent to support and matching, in the present version of the words, by somebody old enough."""

    country: str | None = None
    age: str | None = None
    """ "adult" or "minor", where a youth programme asks."""


@dataclass(frozen=True)
class RefuseConsent:
    pass


@dataclass(frozen=True)
class TooYoung:
    country: str | None = None


@dataclass(frozen=True)
class ChangeConsent:
    """Give or take back a yes; `purpose` is "give_<purpose>" or "withdraw_<purpose>"."""

    purpose: str


@dataclass(frozen=True)
class AllowFeedback:
    """A peer's yes to language feedback on what they write."""


@dataclass(frozen=True)
class WithdrawSupport:
    """The yes to support and matching is taken back, which erases all but the no."""


@dataclass(frozen=True)
class RequestPeer:
    form: str
    called: str
    topics: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    hope: str | None = None
    topics_own: str | None = None
    times_own: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class AddDetails:
    """What a user adds to their open request, or changes in it; None where they tell nothing."""

    common: str | None = None
    feelings: list[str] | None = None
    feelings_own: str | None = None
    belonging: str | None = None
    length: str | None = None
    rhythm: str | None = None
    number: str | None = None
    breaks: str | None = None
    access: str | None = None


@dataclass(frozen=True)
class WithdrawRequest:
    """A user takes their open request back."""


@dataclass(frozen=True)
class ProposeTerms:
    """How two people would like to have their meetings; `subject` is the match."""

    subject: int
    form: str
    length: str
    rhythm: str | None = None
    number: str | None = None
    place: str | None = None
    opening: str | None = None
    opening_own: str | None = None
    closing: str | None = None
    closing_own: str | None = None
    breaks: str | None = None


@dataclass(frozen=True)
class AgreeTerms:
    """Yes to an agreement that the other has proposed; `subject` is the agreement."""

    subject: int


@dataclass(frozen=True)
class ProposeTimes:
    """Up to three moments for a new meeting of a match."""

    subject: int
    times: list[str]
    topic: str | None = None


@dataclass(frozen=True)
class PickTime:
    """One of the moments that the other proposed for a meeting."""

    subject: int
    picked: str


@dataclass(frozen=True)
class DeclineTimes:
    """None of the moments, and no others for now."""

    subject: int


@dataclass(frozen=True)
class MoveMeeting:
    """Other moments for a meeting, booked or not; a booked one stays where it is until one is picked."""

    subject: int
    times: list[str]


@dataclass(frozen=True)
class CancelMeeting:
    subject: int


@dataclass(frozen=True)
class ProposeSeries:
    """More meetings like this one, at the same local time."""

    subject: int
    rhythm: str
    more: str


@dataclass(frozen=True)
class AnswerSeries:
    """Yes or no to the further meetings of a series; `subject` is its first meeting."""

    subject: int
    answer: str


@dataclass(frozen=True)
class TrySentence:
    """A sentence tried out for the language feedback; it is not kept."""


@dataclass(frozen=True)
class BecomePeer:
    """What a peer tells about themselves, new or changed."""

    called: str
    presentation: str
    distance: str
    lean: str
    paid: str
    capacity: str
    topics: list[str] = field(default_factory=list)
    topics_own: str | None = None
    feelings: list[str] | None = None
    feelings_own: str | None = None
    roles: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    languages_own: str | None = None
    regions: list[str] | None = None
    times: list[str] = field(default_factory=list)
    times_own: str | None = None
    access: str | None = None


@dataclass(frozen=True)
class LookAtPeer:
    """A coordinator reads what a peer has told; `peer` is a person's id."""

    peer: str


@dataclass(frozen=True)
class ApprovePeer:
    """Also takes back a suspension."""

    peer: str


@dataclass(frozen=True)
class AskForTalk:
    """Not yet: a talk with the peer first."""

    peer: str


@dataclass(frozen=True)
class SuspendPeer:
    """No new matches for a peer; those that are going on stay."""

    peer: str


@dataclass(frozen=True)
class RecordCheck:
    """A peer's background was checked, so that they may be matched with a minor."""

    peer: str


@dataclass(frozen=True)
class TakeBackCheck:
    peer: str


@dataclass(frozen=True)
class FollowUp:
    """A coordinator has been in touch with a peer."""

    peer: str


@dataclass(frozen=True)
class LookAtRequest:
    """A coordinator reads a wish; `request` is its id."""

    request: str


@dataclass(frozen=True)
class ProposePeer:
    request: str
    peer: str


@dataclass(frozen=True)
class AcceptProposal:
    """The peer's yes; `subject` is the match."""

    subject: int


@dataclass(frozen=True)
class DeclineProposal:
    subject: int


@dataclass(frozen=True)
class AcceptPresentation:
    """The user's yes, which connects the two."""

    subject: int


@dataclass(frozen=True)
class DeclinePresentation:
    subject: int


@dataclass(frozen=True)
class AnnounceHelp:
    """A coordinator is about to write to the person of an alert."""

    subject: int
    called: str | None = None


@dataclass(frozen=True)
class WriteAboutAlert:
    """Words from the coordinator who took an alert on to the person, or back."""

    subject: int
    text_own: str = ""


@dataclass(frozen=True)
class ShowStatistics:
    """The figures of the last whole "month", "quarter" or "year"."""

    span: str


@dataclass(frozen=True)
class Invite:
    """A one-time link for a new peer or coordinator."""

    role: str


@dataclass(frozen=True)
class SendMessage:
    """A message to the other of a match, as it is; a peer has seen the findings in it, if there were any."""

    subject: int
    text: str


@dataclass(frozen=True)
class ReportMessage:
    """A message that came through the bot; its words are kept only by the reporter's choice."""

    subject: int
    keep: str
    about: str | None = None


@dataclass(frozen=True)
class EndMatch:
    """End a contact without a reason; `what` is "end", or "another" to ask for somebody else."""

    subject: int
    what: str


@dataclass(frozen=True)
class SaveReflection:
    subject: int
    took_place: str
    takeaway: str | None = None
    meaningful: str | None = None
    change: str | None = None
    takeaway_findings: list[dict[str, Any]] = field(default_factory=list)
    change_findings: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class LookAtText:
    text: str
    text_findings: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class SetLanguage:
    language: str


@dataclass(frozen=True)
class SetReminders:
    """Which reminders of a meeting: "both", "day", "hours" or "none"."""

    reminders: str


@dataclass(frozen=True)
class SetQuietHours:
    """When nothing is sent: a key that was offered, or hours in one's own words ("22-7")."""

    quiet: str | None = None
    quiet_own: str | None = None


@dataclass(frozen=True)
class SetFeedback:
    """Language feedback "on", "off", or "again" with every rule that was switched off."""

    feedback: str


@dataclass(frozen=True)
class SetDuty:
    """When a coordinator reads alerts: "usual", one of the offered hours, or their own words."""

    duty: str | None = None
    duty_own: str | None = None


@dataclass(frozen=True)
class SetDigest:
    """How often a coordinator gets the digest: "daily", "weekly" or "off"."""

    digest: str


@dataclass(frozen=True)
class ContactCoordinator:
    """A note to the coordinators: about a "question", a "complaint" or something "other"."""

    about: str
    text: str | None = None


@dataclass(frozen=True)
class OfferSupport:
    """Somebody would like to be a peer."""

    text: str | None = None


@dataclass(frozen=True)
class ReadNote:
    """A coordinator reads a note; `note` is its id."""

    note: str


@dataclass(frozen=True)
class AnswerNote:
    """A coordinator's words to whoever wrote a note, which settles it."""

    note: str
    answer: str


@dataclass(frozen=True)
class SettleNote:
    note: str


@dataclass(frozen=True)
class InviteAuthor:
    """Make whoever offered support an invited peer, which settles the note."""

    note: str


@dataclass(frozen=True)
class ChangeStanding:
    """A coordinator withdraws a role, blocks or unblocks; `person` is a person's id, `act` one of the service's."""

    person: str
    act: str


@dataclass(frozen=True)
class PutRight:
    """What somebody is called, their country, or that they are of age by now; `what` says which."""

    what: str
    called: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class ChangeTopic:
    """Another line about what a meeting is for; None takes it away."""

    subject: int
    topic: str | None = None


@dataclass(frozen=True)
class RewriteReflection:
    """What somebody wrote after a meeting that is not kept any more, in other words; None takes them away."""

    subject: int
    takeaway: str | None = None
    change: str | None = None


@dataclass(frozen=True)
class Erase:
    """Everything about the person who says so."""
