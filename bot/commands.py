"""What a dialog can ask for: frozen data, one handler each in `bot/services/`.

Fields are filled from the dialog's answers of the same name; `subject` is the id of the thing that the
dialog is about. Moments are UTC ISO strings, lengths are minutes.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SwitchLanguage:
    """From Swedish to Danish or back."""


@dataclass(frozen=True)
class GiveConsent:
    """Consent to support and matching, in the present version of the words, by somebody old enough."""

    country: str | None = None


@dataclass(frozen=True)
class RefuseConsent:
    pass


@dataclass(frozen=True)
class TooYoung:
    country: str | None = None


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
    """What a user adds to their open request; None leaves what was told before."""

    common: str | None = None
    feelings: list[str] | None = None
    feelings_own: str | None = None
    belonging: str | None = None
    length: str | None = None
    rhythm: str | None = None
    number: str | None = None
    breaks: str | None = None
    access: str | None = None
