"""A new version meets conversations begun before: they go on or begin anew, and every old button is answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.dialog import (
    Choose,
    Conversation,
    Dialog,
    End,
    Go,
    Pressed,
    Resume,
    Summary,
    Typed,
    When,
    Write,
    adapted,
    step,
)
from bot.dialog.conversation import BACK, CHANGE, DONE, SKIP
from bot.store import queries
from bot.store.tables import Request
from bot.texts import Texts, read
from dialogs import DIALOGS
from tests.conftest import Service
from tests.dialogs.example import CAFE, WORLD, begun
from tests.stories.cast import WORDS, consented


@dataclass(frozen=True)
class Order:
    """What the new version asks for: `drink` is called otherwise, `size` has come, `table` has gone."""

    beverage: str
    size: str
    extras: list[str] = field(default_factory=list)
    note: list[str] | None = None
    times: str | None = None


NEW = Dialog(
    "cafe",
    Choose(name="hello", options=("order", "leave"), keep=False, go={"order": "beverage", "leave": "bye"}),
    Choose(name="beverage", options=("tea", "cocoa")),
    Choose(name="size", options=("small", "large")),
    Choose(name="extras", options=("milk", "honey"), many=True),
    When(name="note", optional=True),
    Write(name="times", optional=True),
    Summary(name="review", go=Go("sent", do=Order)),
    End(name="sent"),
    End(name="bye"),
    version=2,
)  # fmt: skip
"""Renamed: drink. Removed: table, and a few options. Added: size. Of another kind: note and times."""


def old_conversations() -> dict[Any, Conversation]:
    """Every place of the old dialog to which a few buttons and words lead, with what was answered on the way."""
    found: dict[Any, Conversation] = {}
    todo = [begun().conversation]
    while todo:
        here = todo.pop()
        half = (
            here.draft and [bool(each) for each in here.draft.values()]
            if here.state == "times"
            else here.draft
        )
        place = (here.state, here.editing, repr(half), here.answers.get("drink"))
        if place in found or here.ended:
            continue
        found[place] = here
        todo += [step(CAFE, here, each, WORLD).conversation for each in acts(here)]
    return found


def acts(here: Conversation) -> Iterator[Pressed | Typed]:
    shown = step(CAFE, here, Resume(), WORLD).outgoing[-1]
    keys = [button.key for row in shown.rows for button in row]
    times = here.state == "times"
    yield from (Pressed(here.state, key) for key in (keys[:1] + keys[-4:] if times else keys) if key != BACK)
    yield Typed("Hot")


BUTTONS = [
    Pressed(name, key)
    for name in CAFE.states
    for key in ("order", "greet", "tea", "coffee", "milk", "lemon", "corner", "d20261124", DONE, BACK, f"{CHANGE}drink")
]  # fmt: skip


def test_every_place_of_the_old_dialog_leads_to_the_end_of_the_new_one() -> None:
    places = list(old_conversations().values())
    assert {each.state for each in places} == {
        name for name, state in CAFE.states.items() if state.is_question
    }
    for place in places:
        here = adapted(NEW, place)
        assert here is not None
        for act in (*BUTTONS, Typed("Hot")):
            assert step(NEW, here, act, WORLD).outgoing
        assert isinstance(finished(here), Order)
    assert adapted(NEW, Conversation("cafe", 1, "drink")) is None, (
        "where nothing before it is left, it begins anew"
    )


def finished(here: Conversation) -> object:
    """Answer with the first button, or by skipping, until the order is given."""
    for _ in range(30):
        keys = {"hello": "order", "extras": DONE if here.draft else "milk", "review": DONE}
        shown = step(NEW, here, Resume(), WORLD).outgoing[-1]
        offered = [button.key for row in shown.rows for button in row]
        key = keys.get(here.state) or (SKIP if here.state in ("note", "times") else offered[0])
        key = next((each for each in offered if each.endswith(key)), key)
        taken = step(NEW, here, Pressed(here.state, key), WORLD)
        if taken.commands:
            return taken.commands[0]
        here = taken.conversation
    raise AssertionError(f"{here.state} leads nowhere")


def renamed(render: Any) -> Any:
    """The texts of the question under its new name, for the old dialog."""
    return lambda texts, text_id, *more, **args: render(
        texts, text_id.replace("intake.shape", "intake.form"), *more, **args
    )


async def test_a_request_goes_on_when_a_question_has_another_name(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kim stands at that question, Alex after it, and what Bo was asked is no more: all get on, by old buttons too."""
    now = DIALOGS["intake"]
    states = [
        replace(state, name="shape") if state.name == "form" else state for state in now.states.values()
    ]
    before = Dialog("intake", *states, given=("form",))
    tools = service.app.tools
    people = {name: service.person(name, "da" if name == "Alex" else "sv") for name in ("Kim", "Alex", "Bo")}
    with monkeypatch.context() as patch:
        for name in ("plain", "html", "needs"):
            patch.setattr(Texts, name, renamed(getattr(Texts, name)))
        service.app.tools = replace(tools, dialogs={**DIALOGS, "intake": before})
        for person in people.values():
            await person.start()
            words = WORDS[person.row.language]
            await consented(person, person.row.language)
            await person.press(words["find"], words["skip"], words["loneliness"], words["done"])
        await people["Alex"].press(WORDS["da"]["individual"], WORDS["da"]["evening"], WORDS["da"]["done"])
        await people["Alex"].send("Alex")
    await service.restart()
    with service.store.transaction() as tx:
        queries.open_conversations(tx, people["Bo"].row.id or 0)[0].dialog = "gone"

    sv, da = WORDS["sv"], WORDS["da"]
    kim, alex, bo = people.values()
    await bo.press(sv["individual"])
    assert read("sv")["engine.removed"] in bo.texts
    await kim.press(sv["individual"])
    assert read("sv")["engine.reworked"] in kim.texts
    await kim.press(sv["done"], sv["individual"], sv["evening"], sv["done"], sv["region"])
    await kim.send("Kim")
    await kim.press(sv["send"])
    await alex.press(da["send"], da["individual"], da["region"], da["send"])
    with service.store.transaction() as tx:
        wishes = [(row.status, row.wish["form"], row.wish["topics"]) for row in queries.rows(tx, Request)]
    assert wishes == [("waiting", "individual", ["loneliness"])] * 2

    for person in people.values():
        for message in list(person.account.received):
            for button in message.buttons:
                said = answers(service)
                await person.do(lambda account, data=button.data, under=message: account.press(data, under))
                assert answers(service) > said, button.label
        assert read(person.row.language)["engine.failed"] not in person.texts


def answers(service: Service) -> int:
    return sum(
        call.method in ("sendMessage", "editMessageText", "sendDocument") for call in service.server.calls
    )
