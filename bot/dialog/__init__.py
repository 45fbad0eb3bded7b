"""The dialog engine: conversations declared as data, walked by a pure function.

Standard library only. A `Dialog` is a list of states; `step` takes a conversation and what came in
and returns where the conversation stands now, what is to be said and what is to be done.
"""

from bot.dialog.adapting import adapted
from bot.dialog.conversation import (
    Begin,
    Conversation,
    Incoming,
    Option,
    Other,
    Pressed,
    Resume,
    Say,
    Step,
    Typed,
    World,
)
from bot.dialog.declaration import DeclarationError, Dialog
from bot.dialog.engine import step
from bot.dialog.states import Choose, End, Go, Setting, State, Summary, When, Write

__all__ = [
    "Begin",
    "Choose",
    "Conversation",
    "DeclarationError",
    "Dialog",
    "End",
    "Go",
    "Incoming",
    "Option",
    "Other",
    "Pressed",
    "Resume",
    "Say",
    "Setting",
    "State",
    "Step",
    "Summary",
    "Typed",
    "When",
    "World",
    "Write",
    "adapted",
    "step",
]
