"""Which peers fit a wish, and why."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.services.ranking import Candidate, Policy, rank

TOPICS, FEELINGS = ["burnout", "grief", "loneliness"], ["alone", "anger", "shame"]
FORMS, REGIONS, TIMES = ["individual", "phone"], ["skane", "stockholm"], ["mon_am", "wed_eve"]

wishes = st.fixed_dictionaries(
    {
        "topics": st.lists(st.sampled_from(TOPICS), unique=True),
        "form": st.sampled_from(FORMS),
        "times": st.lists(st.sampled_from(TIMES), unique=True),
    },
    optional={
        "feelings": st.lists(st.sampled_from(FEELINGS), unique=True),
        "region": st.sampled_from(REGIONS),
        "common": st.sampled_from(["situation", "feelings", "either"]),
    },
)
profiles = st.fixed_dictionaries(
    {},
    optional={
        "topics": st.lists(st.sampled_from(TOPICS), unique=True),
        "feelings": st.lists(st.sampled_from(FEELINGS), unique=True),
        "forms": st.lists(st.sampled_from(FORMS), unique=True),
        "languages": st.lists(st.sampled_from(["sv", "da"]), unique=True),
        "regions": st.lists(st.sampled_from(REGIONS), unique=True),
        "times": st.lists(st.sampled_from(TIMES), unique=True),
    },
)
people = st.lists(
    st.builds(Candidate, st.integers(1, 50), profiles, st.integers(1, 5), st.booleans()),
    unique_by=lambda candidate: candidate.peer,
    max_size=8,
)
policies = st.sampled_from(["situation", "feelings", "both"])


def peer(number: int, room: int = 1, **told: list[str]) -> Candidate:
    return Candidate(number, told, room)


def order(wish: dict[str, Any], policy: Policy, *candidates: Candidate) -> list[int]:
    return [fit.candidate.peer for fit in rank(wish, "sv", candidates, policy)]


def test_the_organisation_chooses_which_experience_rules() -> None:
    wish = {"topics": ["grief"], "feelings": ["shame"]}
    situation, feelings = peer(1, topics=["grief"]), peer(2, feelings=["shame"])
    assert order(wish, "situation", feelings, situation) == [1, 2]
    assert order(wish, "feelings", situation, feelings) == [2, 1]


def test_where_the_organisation_leaves_it_open_the_user_chooses() -> None:
    wish = {"topics": ["grief"], "feelings": ["shame"]}
    situation, feelings = peer(1, topics=["grief"]), peer(2, feelings=["shame"])
    assert order({**wish, "common": "feelings"}, "both", situation, feelings) == [2, 1]
    assert order({**wish, "common": "situation"}, "both", feelings, situation) == [1, 2]
    assert order({**wish, "common": "feelings"}, "situation", feelings, situation) == [1, 2]


def test_of_two_alike_the_one_with_more_room_comes_first() -> None:
    assert order(
        {"topics": ["grief"]}, "both", peer(1, 1, topics=["grief"]), peer(2, 3, topics=["grief"])
    ) == [
        2,
        1,
    ]


def test_a_former_pair_comes_after_new_ones() -> None:
    former = replace(peer(1, 5, topics=["grief"], languages=["sv"]), paired=True)
    assert order({"topics": ["grief"]}, "both", former, peer(2)) == [2, 1]


def test_the_reasons_name_what_is_shared_and_what_is_missing() -> None:
    wish = {"topics": ["grief", "burnout"], "form": "phone", "times": ["mon_am"]}
    candidate = peer(1, topics=["burnout"], forms=["individual"], times=["mon_am"], languages=["da"])
    (fit,) = rank(wish, "sv", [candidate], "both")
    assert [(each.axis, each.keys) for each in fit.shared] == [
        ("topics", ("burnout",)),
        ("times", ("mon_am",)),
    ]
    assert [(each.axis, each.keys) for each in fit.missing] == [("form", ("phone",)), ("language", ("sv",))]
    assert fit.has_been_there


@given(wishes, people, policies)
def test_everybody_is_ranked_and_every_asked_axis_is_told(
    wish: dict[str, Any], candidates: list[Candidate], policy: Policy
) -> None:
    fits = rank(wish, "sv", candidates, policy)
    assert sorted(fit.candidate.peer for fit in fits) == sorted(each.peer for each in candidates)
    asked = {axis for axis in ("topics", "feelings", "form", "region", "times") if wish.get(axis)} | {
        "language"
    }
    for fit in fits:
        told = [reason.axis for reason in (*fit.shared, *fit.missing)]
        assert set(told) == asked
        assert len(told) == len(asked)


@given(wishes, people, policies, st.randoms())
def test_the_order_does_not_hang_on_the_order_of_the_question(
    wish: dict[str, Any], candidates: list[Candidate], policy: Policy, random: Any
) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert rank(wish, "sv", shuffled, policy) == rank(wish, "sv", candidates, policy)


@given(wishes, people, policies, st.data())
def test_sharing_more_never_moves_a_peer_down(
    wish: dict[str, Any], candidates: list[Candidate], policy: Policy, data: st.DataObject
) -> None:
    if not candidates or not wish["topics"]:
        return
    lucky = data.draw(st.sampled_from(candidates))
    grown = replace(lucky, profile={**lucky.profile, "topics": wish["topics"]})
    others = [each for each in candidates if each.peer != lucky.peer]
    before = order(wish, policy, *candidates).index(lucky.peer)
    assert order(wish, policy, *others, grown).index(lucky.peer) <= before
