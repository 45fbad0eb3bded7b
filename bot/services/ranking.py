"""Which peers fit a wish, and why: a pure function. No number ever leaves it; the reasons do, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Policy = Literal["situation", "feelings", "both"]
Axis = Literal["topics", "feelings", "form", "language", "region", "times"]

EXPERIENCE: tuple[Axis, ...] = ("topics", "feelings")
WEIGHTS: Mapping[Axis, float] = {
    "topics": 4,
    "feelings": 4,
    "form": 3,
    "language": 3,
    "region": 2,
    "times": 2,
}
RULING, YIELDING = 8.0, 2.0
"""Weights of the two kinds of experience where one of them rules."""


@dataclass(frozen=True)
class Candidate:
    """A peer who may be asked: who, what they told, how many more people they have room for (1 or more).

    `paired` tells that the two have been a pair before.
    """

    peer: int
    profile: Mapping[str, Any]
    room: int
    paired: bool = False


@dataclass(frozen=True)
class Reason:
    """What speaks for a peer, or what is missing: an axis, and the keys shared or wished for on it."""

    axis: Axis
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Fit:
    """A candidate with the reasons; axes that the wish says nothing about are in neither."""

    candidate: Candidate
    shared: tuple[Reason, ...]
    missing: tuple[Reason, ...]

    @property
    def has_been_there(self) -> bool:
        """Whether some experience is shared, as far as it was told by choosing."""
        return any(reason.axis in EXPERIENCE for reason in self.shared)


def rank(
    wish: Mapping[str, Any], language: str, candidates: Iterable[Candidate], policy: Policy
) -> list[Fit]:
    """The candidates with their reasons, the best fit first.

    `wish` is what the user told, `language` "sv" or "da". The organisation's policy says which kind of
    experience rules; where it leaves that open ("both"), the user's own wish does.
    """
    wished = _wished(wish, language)
    weights = _weights(policy, wish.get("common"))
    fits = [_fit(wished, candidate) for candidate in candidates]
    return sorted(fits, key=lambda fit: _order(fit, wished, weights))


def _wished(wish: Mapping[str, Any], language: str) -> dict[Axis, tuple[str, ...]]:
    """What is asked for on each axis, without those that were left open."""
    asked: dict[Axis, Sequence[str | None]] = {
        "topics": wish.get("topics") or (),
        "feelings": wish.get("feelings") or (),
        "form": (wish.get("form"),),
        "language": (language,),
        "region": (wish.get("region"),),
        "times": wish.get("times") or (),
    }
    told = {axis: tuple(key for key in keys if key) for axis, keys in asked.items()}
    return {axis: keys for axis, keys in told.items() if keys}


OFFERED: Mapping[Axis, str] = {"form": "forms", "language": "languages", "region": "regions"}
"""The name in a peer's profile, where it differs from the axis."""


def _fit(wished: Mapping[Axis, tuple[str, ...]], candidate: Candidate) -> Fit:
    shared, missing = [], []
    for axis, keys in wished.items():
        offered = candidate.profile.get(OFFERED.get(axis, axis)) or ()
        common = tuple(key for key in keys if key in offered)
        if common:
            shared.append(Reason(axis, common))
        else:
            missing.append(Reason(axis, keys))
    return Fit(candidate, tuple(shared), tuple(missing))


def _weights(policy: Policy, common: str | None) -> dict[Axis, float]:
    ruling = policy if policy != "both" else common
    if ruling == "situation":
        return {**WEIGHTS, "topics": RULING, "feelings": YIELDING}
    if ruling == "feelings":
        return {**WEIGHTS, "topics": YIELDING, "feelings": RULING}
    return dict(WEIGHTS)


def _order(
    fit: Fit, wished: Mapping[Axis, tuple[str, ...]], weights: Mapping[Axis, float]
) -> tuple[bool, float, int, int]:
    """New pairs first; then what is shared, by weight; more room; at last the id, so that nothing flickers."""
    worth = sum(weights[each.axis] * _share(each, wished[each.axis]) for each in fit.shared)
    return fit.candidate.paired, -worth, -fit.candidate.room, fit.candidate.peer


def _share(reason: Reason, asked: tuple[str, ...]) -> float:
    """One time to meet is enough; of experience more is more."""
    return len(reason.keys) / len(asked) if reason.axis in EXPERIENCE else 1.0
