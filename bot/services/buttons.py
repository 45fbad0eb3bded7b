"""The data behind a button: at most 64 bytes, and never trusted.

a:<conversation>:<state>:<key>      an answer in a conversation
s:<dialog>:<subject>:<key>          start a dialog about something, perhaps with its first answer
x:<action>:<argument>               what works outside every dialog (crisis, menu)
"""

from dataclasses import dataclass

MAX_BYTES = 64


@dataclass(frozen=True)
class Link:
    """A button in a message: what it shows and what it sends back."""

    label: str
    data: str

    def __post_init__(self) -> None:
        if not 0 < len(self.data.encode()) <= MAX_BYTES:
            raise ValueError(f"button data must be 1 to {MAX_BYTES} bytes: {self.data!r}")


@dataclass(frozen=True)
class AnswerData:
    conversation: int
    state: str
    key: str

    def __str__(self) -> str:
        return f"a:{self.conversation}:{self.state}:{self.key}"


@dataclass(frozen=True)
class StartData:
    dialog: str
    subject: int | None = None
    key: str = ""

    def __str__(self) -> str:
        return f"s:{self.dialog}:{'' if self.subject is None else self.subject}:{self.key}"


@dataclass(frozen=True)
class ActionData:
    action: str
    argument: str = ""

    def __str__(self) -> str:
        return f"x:{self.action}:{self.argument}"


def number(key: object) -> int:
    """The id that an option's key stands for; 0, which nothing has, for any other key."""
    return int(key) if isinstance(key, str) and _number(key) else 0


def parse(data: str) -> AnswerData | StartData | ActionData | None:
    """What a button's data says; None for anything that is not ours."""
    kind, _, rest = data.partition(":")
    if kind == "a":
        conversation, state, key = _split(rest, 3)
        return AnswerData(int(conversation), state, key) if _number(conversation) else None
    if kind == "s":
        dialog, subject, key = _split(rest, 3)
        if subject and not _number(subject):
            return None
        return StartData(dialog, int(subject) if subject else None, key)
    if kind == "x":
        action, argument = _split(rest, 2)
        looks_like_one = argument.isdigit() and not _number(argument)
        return None if looks_like_one else ActionData(action, argument)
    return None


def _split(text: str, parts: int) -> list[str]:
    found = text.split(":", parts - 1)
    return found + [""] * (parts - len(found))


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
