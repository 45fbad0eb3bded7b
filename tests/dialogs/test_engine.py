"""The engine, one step at a time; and by chance, whatever people may do."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialog import Begin, Conversation, Incoming, Other, Pressed, Resume, Say, Step, Typed, step
from bot.dialog.conversation import BACK, CHANGE, DONE, OWN, PAUSE, SKIP
from bot.dialog.engine import GIVEN
from tests.dialogs.example import CAFE, NOW, WORLD, Greet, Order, Surroundings, begun

TEA = (
    "hello:order",
    "drink:tea",
    "extras:milk",
    f"extras:{DONE}",
    "'Hot",
    "'20261124T1530",
    f"times:{DONE}",
    "table:corner",
)


def acts(words: str) -> Incoming:
    """ "state:key" is a button, "'words" are typed."""
    if words.startswith("'"):
        return Typed(words[1:])
    state, _, key = words.partition(":")
    return Pressed(state, key)


def play(*words: str, world: Surroundings = WORLD, at: Step | None = None) -> Step:
    now = at or begun()
    for each in words:
        now = step(CAFE, now.conversation, acts(each), world)
    return now


def said(now: Step) -> list[str]:
    return [say.text_id for say in now.outgoing]


def keys(now: Step) -> list[str]:
    return [button.key for row in now.outgoing[-1].rows for button in row]


def test_from_the_first_question_to_what_it_asks_for() -> None:
    now = play(*TEA)
    assert said(now) == ["cafe.table", "cafe.review"]
    assert now.outgoing[-1].args["lines"] == [
        ("Label", "Tea"),
        ("Label", "Milk"),
        ("Label", "Hot"),
        ("Label", "24/11 15:30"),
        ("Label", "Corner"),
    ]
    sent = play(f"review:{DONE}", at=now)
    assert sent.commands == (
        Order("tea", ["milk"], None, "Hot", [], ["2026-11-24T14:30:00+00:00"], "corner"),
    )
    assert sent.conversation.ended
    assert [button.start for row in sent.outgoing[-1].rows for button in row] == ["cafe"]


def test_what_is_not_asked_is_left_out_and_forgotten() -> None:
    coffee = [words.replace("drink:tea", "drink:coffee") for words in TEA[:-1]]
    assert play(*coffee).conversation.state == "review"
    changed = play(f"review:{CHANGE}drink", "drink:coffee", f"review:{DONE}", at=play(*TEA))
    assert changed.commands[0].table is None  # type: ignore[attr-defined]


def test_a_change_that_makes_a_question_necessary_asks_it() -> None:
    coffee = [words.replace("drink:tea", "drink:coffee") for words in TEA[:-1]]
    now = play(f"review:{CHANGE}drink", "drink:tea", at=play(*coffee))
    assert now.conversation.state == "table"
    assert play("table:corner", at=now).conversation.state == "review"


def test_only_what_is_in_the_summary_can_be_changed() -> None:
    for name in ("hello", "review", "nothing", "sent", ""):
        assert said(play(f"review:{CHANGE}{name}", at=play(*TEA))) == ["engine.stale", "cafe.review"]


@pytest.mark.parametrize("words", ["'tea", "'TEA!", "'1", "drink:tea"])
def test_typed_answers_are_as_good_as_buttons(words: str) -> None:
    assert play("hello:order", words).conversation.answers["drink"] == "tea"


@pytest.mark.parametrize(
    ("words", "chosen", "own"),
    [
        ("'milk, sugar", ["milk", "sugar"], None),
        ("'lemon och milk", ["milk", "lemon"], None),
        ("'1 & 3", ["milk", "lemon"], None),
        ("'milk and honey", [], "milk and honey"),
    ],
)
def test_several_at_once(words: str, chosen: list[str], own: str | None) -> None:
    now = play("hello:order", "drink:tea", words)
    picked = now.conversation.answers.get("extras") if own else now.conversation.draft
    assert picked == chosen
    assert now.conversation.answers.get("extras_own") == own


@pytest.mark.parametrize(
    ("words", "own"), [("with lemon milk", None), ("with lemon warm", "with lemon warm"), ("warm", "warm")]
)
def test_own_words_that_can_be_read_are_ticked_and_kept_as_far_as_they_say_more(
    words: str, own: str | None
) -> None:
    now = play("hello:order", "drink:tea", "extras:sugar", f"'{words}")
    ticked = {"with lemon milk": ["milk", "sugar", "lemon"], "with lemon warm": ["sugar", "lemon"]}
    assert now.conversation.draft == ticked.get(words)
    assert now.conversation.answers.get("extras_own") == own
    if words in ticked:
        assert said(now) == ["cafe.extras"]
        done = play(f"extras:{DONE}", at=now)
        assert done.conversation.answers["extras"] == ticked[words]
        assert done.conversation.answers.get("extras_own") == own


def test_own_words_are_taken_back_by_a_tap() -> None:
    now = play("hello:order", "drink:tea", "extras:milk", "'honey", f"note:{BACK}")
    assert keys(now)[3:5] == [OWN, DONE]
    dropped = play(f"extras:{OWN}", at=now)
    assert OWN not in keys(dropped)
    assert dropped.conversation.answers == {"hello": "order", "drink": "tea", "extras": ["milk"]}
    assert dropped.conversation.draft == ["milk"]


def test_own_words_have_a_limit() -> None:
    now = play("hello:order", "drink:tea", "'" + "x" * 21)
    assert now.outgoing[0] == Say("engine.too_long", {"limit": 20, "length": 21})
    assert now.conversation.state == "extras"


def test_pressed_twice_is_chosen_no_more() -> None:
    now = play("hello:order", "drink:tea", "extras:milk", "extras:milk", f"extras:{DONE}")
    assert said(now) == ["engine.choose_one", "cafe.extras"]


@pytest.mark.parametrize(
    ("incoming", "answer"),
    [
        (Typed("nonsense"), "engine.choose"),
        (Typed(""), "engine.empty"),
        (Typed(" \n\t"), "engine.empty"),
        (Typed("\u200b\u2800"), "engine.empty"),
        (Other("photo"), "engine.other.photo"),
        (Pressed("drink", "water"), "engine.stale"),
        (Pressed("hello", "order"), "engine.stale"),
        (Pressed("drink", SKIP), "engine.stale"),
        (Pressed("drink", DONE), "engine.stale"),
    ],
)
def test_what_cannot_be_taken_is_answered_and_the_question_asked_again(
    incoming: Incoming, answer: str
) -> None:
    before = play("hello:order").conversation
    now = step(CAFE, before, incoming, WORLD)
    assert said(now) == [answer, "cafe.drink"]
    assert now.conversation == before


def test_back_keeps_the_answer_and_nothing_leads_back_over_what_was_sent() -> None:
    back = play(f"drink:{BACK}", at=play("hello:order"))
    assert back.conversation.state == "hello"
    assert BACK not in keys(back)
    greeted = play("hello:greet")
    assert greeted.commands == (Greet(),)
    assert said(play(f"hello:{BACK}", at=greeted)) == ["engine.no_way_back", "cafe.hello"]


def test_back_from_a_change_leads_to_the_summary_unchanged() -> None:
    before = play(*TEA)
    now = play(f"review:{CHANGE}drink", f"drink:{BACK}", at=before)
    assert now.conversation.answers == before.conversation.answers
    assert now.conversation.state == "review"


def test_skipping_where_it_may_and_a_pause_anywhere() -> None:
    now = play(*TEA[:4])
    assert SKIP in keys(now)
    skipped = play(f"note:{SKIP}", at=now)
    assert skipped.conversation.answers["note"] is None
    paused = play(f"times:{PAUSE}", at=skipped)
    assert paused.paused
    assert paused.conversation == skipped.conversation
    assert said(step(CAFE, paused.conversation, Resume(), WORLD)) == ["cafe.times"]


def test_the_words_of_the_shared_buttons_can_be_typed() -> None:
    now = play(*TEA[:4])
    assert play("'skip", at=now).conversation.state == "times"
    assert play("'Back", at=now).conversation.state == "extras"
    assert play("'pause", at=now).paused


def test_findings_go_along_with_the_text() -> None:
    found = [{"rule": "directive"}]
    now = play("'You should", at=play(*TEA[:4]), world=Surroundings(findings=found))
    assert now.conversation.answers["note_findings"] == found


def test_an_end_answers_everything_kindly() -> None:
    ended = play("hello:leave")
    assert said(play("hello:order", at=ended)) == ["engine.stale"]


def test_answers_that_are_known_beforehand_are_passed_over() -> None:
    known = {"hello": "order", "drink": "coffee"}
    now = begun(**known, **{GIVEN: list(known)})
    assert now.conversation.state == "extras"
    assert now.conversation.history == ()


def test_progress_counts_the_questions_that_are_asked() -> None:
    steps = [play(*TEA[:number]).outgoing[-1].progress for number in range(len(TEA))]
    assert steps == [(1, 5), (2, 5), (3, 6), (3, 6), (4, 6), (5, 6), (5, 6), (6, 6)]


def test_settled_questions_show_their_answer_without_buttons() -> None:
    say, _ = play("drink:tea", at=play("hello:order")).outgoing
    assert (say.settle, say.edit, say.rows) == ("Tea", True, ())


KEYS = [*CAFE["hello"].options, *CAFE["drink"].options, *CAFE["extras"].options]  # type: ignore[attr-defined]
MARKS = [
    BACK,
    SKIP,
    PAUSE,
    DONE,
    "",
    CHANGE + "drink",
    CHANGE + "sent",
    "window",
    "d20261124",
    "t1530",
    "a",
    "r",
    "m0",
]
INCOMING = st.one_of(
    st.builds(Pressed, st.sampled_from([*CAFE.states, "gone"]), st.sampled_from(KEYS + MARKS)),
    st.builds(
        Typed,
        st.one_of(
            st.text(max_size=40), st.sampled_from(["tea", "1", "skip", "20261124T1530", "20251124T1530"])
        ),
    ),
    st.builds(Other, st.sampled_from(["photo", "voice"])),
    st.just(Resume()),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(INCOMING, max_size=40))
def test_whatever_people_do(sent: list[Incoming]) -> None:
    """Never an exception, always an answer; the conversation is JSON, in a state that exists; each time the same."""
    now = begun()
    for incoming in sent:
        before = now.conversation
        now = step(CAFE, before, incoming, WORLD)
        assert now == step(CAFE, before, incoming, WORLD)
        assert now.outgoing
        assert json.loads(json.dumps(dict(now.conversation.answers))) == dict(now.conversation.answers)
        assert now.conversation.state in CAFE.states
        assert all(name in CAFE.states for name in now.conversation.history)
        assert len(now.conversation.history) == len(set(now.conversation.history)) <= len(CAFE.states)
        assert all(len(f"{say.state}:{key}") <= 46 for say in now.outgoing for key in keys(now))


@settings(max_examples=60, deadline=None)
@given(st.lists(INCOMING, max_size=25))
def test_a_question_can_always_be_asked_again(sent: list[Incoming]) -> None:
    """After a stop the same question stands there, with the same buttons."""
    now = begun()
    for incoming in sent:
        now = step(CAFE, now.conversation, incoming, WORLD)
    if now.conversation.ended:
        return
    kept: dict[str, Any] = json.loads(
        json.dumps({"answers": dict(now.conversation.answers), "draft": now.conversation.draft})
    )
    again = now.conversation.but(answers=kept["answers"], draft=kept["draft"])
    asked = step(CAFE, again, Resume(), WORLD).outgoing[-1]
    assert asked == step(CAFE, now.conversation, Resume(), WORLD).outgoing[-1]


def test_nothing_in_the_engine_asks_for_the_time() -> None:
    at = Conversation("cafe", 1, "hello")
    assert step(CAFE, at, Begin(), Surroundings(now=NOW)) == step(CAFE, at, Begin(), Surroundings(now=NOW))
