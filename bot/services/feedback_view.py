"""Findings as a peer reads them: the stretch, the principle, where it comes from, other ways to say it."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from bot.services.access import has_consented
from bot.services.buttons import ActionData, Link
from bot.services.registry import action
from bot.services.turn import Turn
from bot.store import Transaction, queries
from bot.store.tables import Dismissal, Person, RuleUse

MOST = 3
"""Findings shown at once: more would not be read, nor fit into one message."""
FEW = 10
"""A rule shown less often says little, and might point at somebody."""
LONGEST = 300
"""Characters of a stretch that are quoted."""
MAX_RULE = 48
"""A rule's id goes into a button's data, of 64 bytes."""

Findings = Sequence[Mapping[str, Any]]


def render(turn: Turn, person: Person, findings: Findings) -> Markup:
    """What language feedback has to say, as Telegram HTML of less than one message.

    `findings` are explained findings as JSON values (`turn.findings`). Without any it says so; when the
    person has switched feedback off it says that instead.
    """
    if not has_consented(turn, person, "feedback"):
        return Markup(turn.html(person, "feedback_view.off"))  # noqa: S704 - rendered and escaped already
    if not findings:
        return Markup(turn.html(person, "feedback_view.nothing"))  # noqa: S704
    shown = [{**finding, "quote": _short(finding["quote"])} for finding in findings[:MOST]]
    for finding in shown:
        _use(turn, str(finding["rule"])).shown += 1
    html = turn.html(person, "feedback_view.found", findings=shown, more=len(findings) - len(shown))
    return Markup(html)  # noqa: S704


def send(turn: Turn, person: Person, findings: Findings) -> None:
    """Send what was found, with a way to wave each finding away or to switch its rule off."""
    reads = has_consented(turn, person, "feedback")
    rows = [_dismissals(turn, person, finding) for finding in findings[:MOST]] if reads else []
    turn.send(person, render(turn, person, findings), rows)


def _dismissals(turn: Turn, person: Person, finding: Mapping[str, Any]) -> list[Link]:
    rule = str(finding["rule"])[:MAX_RULE]
    quote = _short(finding["quote"], 24)
    return [
        turn.link(person, "feedback_view.dismiss", ActionData("dismiss", rule), quote=quote),
        turn.link(person, "feedback_view.never", ActionData("never", rule)),
    ]


def _short(text: str, limit: int = LONGEST) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


@action("dismiss")
def dismiss(turn: Turn, person: Person, argument: str) -> None:
    """A finding that did not fit."""
    _note(turn, person, argument, always=False)
    turn.say(person, "feedback_view.dismissed")


@action("never")
def never(turn: Turn, person: Person, argument: str) -> None:
    """Do not show this rule to me again."""
    _note(turn, person, argument, always=True)
    turn.say(person, "feedback_view.switched_off")


def _note(turn: Turn, person: Person, rule: str, *, always: bool) -> None:
    turn.tx.add(Dismissal(person_id=person.id or 0, rule=rule, always=always, created_at=turn.now))
    _use(turn, rule).dismissed += 1


def rule_uses(tx: Transaction) -> list[RuleUse]:
    """The rules that were shown at least `FEW` times, those most often waved away first."""
    often = [use for use in queries.rows(tx, RuleUse) if use.shown >= FEW]
    return sorted(often, key=lambda use: use.dismissed / use.shown, reverse=True)


def _use(turn: Turn, rule: str) -> RuleUse:
    """The count of a rule, by which its maintainers learn what people wave away."""
    use = queries.first(turn.tx, RuleUse, rule=rule[:MAX_RULE])
    if use is None:
        use = RuleUse(rule=rule[:MAX_RULE])
        turn.tx.add(use)
    return use
