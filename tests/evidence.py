"""The claims of EVIDENCE.md and the tests that bear them out, and what those have counted and timed.

`pytest --evidence` runs just these tests and prints a line for each claim, then the figures.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS / "EVIDENCE.md"
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
FIGURE = "evidence: "


@dataclass(frozen=True)
class Claim:
    """A line of the page: what is claimed, and its tests as (file under tests/, function)."""

    text: str
    tests: tuple[tuple[str, str], ...]


def claims() -> list[Claim]:
    """Every line of a list in the page, with the lines that go on with it."""
    items = re.findall(r"^- (.+(?:\n  .+)*)", PAGE.read_text("utf-8"), re.MULTILINE)
    return [
        Claim(" ".join(re.split(r":\s+`", item)[0].split()), tuple(NAMED.findall(item))) for item in items
    ]


def found_out(request: pytest.FixtureRequest, what: str, figure: float) -> None:
    """Put a figure into the report: counts of several tests are added up, of seconds the most is told."""
    request.node.user_properties.append((f"{FIGURE}{what}", figure))


def test_of(nodeid: str) -> tuple[str, str]:
    """(file under tests/, function) of a test's id."""
    path, _, name = nodeid.partition("::")
    return path.removeprefix("tests/"), name.partition("[")[0]


def select(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """The tests that the page names, and the others."""
    named = {each for claim in claims() for each in claim.tests}
    wanted = [item for item in items if test_of(item.nodeid) in named]
    return wanted, [item for item in items if test_of(item.nodeid) not in named]


def figures(reports: Iterable[pytest.TestReport]) -> dict[str, float]:
    """What the tests have found out, by what it is, in the order of its name."""
    last = {report.nodeid: report.user_properties for report in reports if report.user_properties}
    found: dict[str, float] = {}
    for name, value in (each for properties in last.values() for each in properties):
        if name.startswith(FIGURE):
            what, before = name.removeprefix(FIGURE), found.get(name.removeprefix(FIGURE), 0)
            found[what] = max(before, value) if what.startswith("seconds") else before + value
    return dict(sorted(found.items()))


def outcome(claim: Claim, passed: Mapping[tuple[str, str], int], failed: Iterable[tuple[str, str]]) -> str:
    """What became of a claim's tests in this run."""
    if set(claim.tests) & set(failed):
        return "FAILED"
    ran = [passed.get(each, 0) for each in claim.tests]
    return f"{sum(ran)} passed" if all(ran) else "NOT ALL RUN"
