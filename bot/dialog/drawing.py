"""A dialog as a Mermaid state diagram."""

from bot.dialog.declaration import Dialog
from bot.dialog.states import End


def mermaid(dialog: Dialog) -> str:
    lines = ["stateDiagram-v2", f"    [*] --> {dialog.first}"]
    for name, state in dialog.states.items():
        if isinstance(state, End):
            lines.append(f"    {name} --> [*]")
        for label, go in dialog.edges(state):
            notes = [part for part in (label, go.do.__name__ if go.do else "") if part]
            lines.append(f"    {name} --> {go.target}" + (f" : {' / '.join(notes)}" if notes else ""))
    return "\n".join(lines)
