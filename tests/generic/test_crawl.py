"""Every state and every button of every dialog, in both languages, through the real services.

Nobody gets stuck, no text is missing, nothing is more than Telegram takes, every button that is shown works.
"""

import re
from dataclasses import dataclass, field

import pytest

from bot.dialog.conversation import BACK, CHANGE, PAUSE
from bot.services.buttons import ActionData, AnswerData, StartData, parse
from bot.services.registry import ACTIONS
from bot.services.turn import Tools, Turn
from bot.store import queries
from bot.store.tables import Person
from bot.texts import Reader
from dialogs import DIALOGS
from tests.generic.crawling import MONDAY, Act, Place, Sent, Walk, faults, undone
from tests.generic.world import PRIVATE, World

REFUSALS = ("engine.stale", "engine.failed", "refused.role", "refused.not_yours", "refused.blocked")


@dataclass
class Crawl:
    """All that was found in one dialog for one person."""

    walk: Walk
    places: dict[Place, set[Place]] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    pressed: set[str] = field(default_factory=set)

    def begin(self, subject: int | None) -> None:
        self._look(None, None, self.walk.begin(subject))
        self._visit()

    def _visit(self) -> None:
        place = self.walk.place
        if not place.state or place in self.places:
            return
        is_new = place.state not in {each.state for each in self.places}
        self.places[place] = set()
        for act in list(self.walk.acts(every_option=is_new)):
            with self.walk.undone():
                self._look(place, act, self.walk.do(act))
                self._moved(place, act, self.walk.place)

    def _moved(self, place: Place, act: Act, after: Place) -> None:
        self.places[place].add(after)
        row = self.walk.row
        if act == Act("press", PAUSE):
            return self._paused(place)
        if act == Act("press", BACK) and after == place:
            self._note(place, act, "does not lead back")
        if row is not None:
            self._visit()

    def _paused(self, place: Place) -> None:
        """A pause keeps the place, and /start takes it up again."""
        self.walk.event("text", text="/start")
        if self.walk.place != place:
            self._note(place, Act("press", PAUSE), f"came back to {self.walk.place}")

    def _look(self, place: Place | None, act: Act | None, sent: list[Sent]) -> None:
        """What was sent must be sendable, an answer to the person, and lead somewhere."""
        own = [each for each in sent if each.chat_id == self.walk.person.chat_id and each.text]
        if not own:
            self._note(place, act, "is answered by nothing")
        for each in sent:
            for fault in faults(each):
                self._note(place, act, fault)
            if PRIVATE.strip() in each.text and not self._wrote(each.chat_id, place):
                self._note(place, act, "shows what is for its writer alone")
            if self._is_refusal(each):
                self._note(place, act, f"is refused: {each.text}")
            for label, data in each.buttons:
                self._offered(place, act, each, label, data)
        self._progress(place, act, own)

    def _wrote(self, chat_id: int, place: Place | None) -> bool:
        """Whether it is shown to its writer, in the only place for that."""
        return chat_id == self.walk.person.chat_id and self.walk.dialog.name == "old_reflection"

    def _is_refusal(self, sent: Sent) -> bool:
        reader = Reader(self.walk.person.language, Turn.zone(self._turn, self.walk.person))
        return any(sent.text == self.walk.tools.texts.html(text_id, reader) for text_id in REFUSALS)

    @property
    def _turn(self) -> Turn:
        return Turn(self.walk.tx, self.walk.tools, MONDAY)

    def _offered(self, place: Place | None, act: Act | None, sent: Sent, label: str, data: str) -> None:
        """A button outside the open question: its receiver presses it at once."""
        meant = parse(data)
        if isinstance(meant, AnswerData):
            return
        about = re.sub(r"\d+", "", data) + str(sent.chat_id) + (place.state if place else "")
        if about in self.pressed:
            return
        self.pressed.add(about)
        if not isinstance(meant, StartData) and not (
            isinstance(meant, ActionData) and meant.action in ACTIONS
        ):
            return self._note(place, act, f"offers {data!r}, which nothing answers")
        with self.walk.undone():
            self._pressed(place, act, sent.chat_id, label, data)

    def _pressed(self, place: Place | None, act: Act | None, chat_id: int, label: str, data: str) -> None:
        receiver = queries.person_by_chat(self.walk.tx, chat_id)
        assert receiver is not None
        answers = [each for each in self.walk.press(receiver, data) if each.chat_id == chat_id and each.text]
        if not answers or any(self._is_refusal(each) for each in answers):
            said = [each.text for each in answers]
            self._note(place, act, f"offers {label!r} ({data}), which is answered by {said}")
        for each in answers:
            for fault in faults(each):
                self._note(place, act, f"and then {label!r}: {fault}")

    def _progress(self, place: Place | None, act: Act | None, own: list[Sent]) -> None:
        """ "3 of 6" grows from question to question, unless somebody goes back or tries something again."""
        shown = [match for each in own if (match := re.search(r"<i>(\d+) a[vf] (\d+)</i>$", each.text))]
        if not shown:
            return
        step, of = int(shown[-1][1]), int(shown[-1][2])
        if not 1 <= step <= of:
            self._note(place, act, f"shows step {step} of {of}")
        after = self.walk.place.state
        order = self.walk.dialog.order
        if place and after and act and not act.value.startswith((BACK, CHANGE)):
            before = self.steps.get(place, 0)
            if order.index(after) > order.index(place.state) and step <= before:
                self._note(place, act, f"goes from step {before} to {step}")
        self.steps.setdefault(self.walk.place, step)

    steps: dict[Place, int] = field(default_factory=dict)

    def _note(self, place: Place | None, act: Act | None, problem: str) -> None:
        where = f"{self.walk.dialog.name}.{place.state if place else '(begin)'}"
        self.problems[f"{where} {act.kind + ' ' + repr(act.value[:30]) if act else ''}: {problem}"] = None

    def stuck(self) -> set[str]:
        """States from which no end can be reached."""
        reaching = {Place("", ())}
        while True:
            more = {place for place, after in self.places.items() if after & reaching} - reaching
            if not more:
                return {place.state for place in self.places.keys() - reaching}
            reaching |= more


@pytest.mark.parametrize("name", DIALOGS)
def test_every_state_and_every_button(name: str, world: World, shared: Tools) -> None:
    dialog = DIALOGS[name]
    seen: set[str] = set()
    problems: dict[str, None] = {}
    questions = {state.name for state in dialog.states.values() if state.is_question}
    enough = 2 if dialog.subject else 1
    for number, (person, subject) in enumerate(world.beginnings(dialog)):
        if number >= enough and seen == questions:
            break
        with undone(world.tx):
            crawl = Crawl(Walk(world.tx, shared, person, dialog))
            crawl.begin(subject)
            seen |= {place.state for place in crawl.places}
            problems |= crawl.problems
            problems |= {f"{name}.{state}: no way out": None for state in crawl.stuck()}
    assert seen == questions, f"nobody in the world comes to {questions - seen}"
    assert not problems, "\n".join(problems)


def test_everybody_who_is_given_a_button_is_known(world: World) -> None:
    people: list[Person] = list(queries.rows(world.tx, Person))
    assert len(people) == len(world.people)
