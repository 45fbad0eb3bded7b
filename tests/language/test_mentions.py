"""Crises that are not now: each rule is held to the sentences that stand beside it."""

import tomllib

import pytest

from bot.language.crisis import LOCALES
from bot.language.mentions import Mentions

RULES = [
    (kind, rule)
    for language in ("sv", "da", "en")
    for kind, rule in tomllib.loads((LOCALES / language / "mentions.toml").read_text("utf-8")).items()
]


@pytest.mark.parametrize(("kind", "rule"), RULES)
def test_flags_and_passes(kind: str, rule: dict[str, list[str]]) -> None:
    mentions = Mentions()
    assert [each for each in rule["flags"] if mentions.find(each)[0] != kind] == []
    assert [each for each in rule["passes"] if mentions.find(each)[0]] == []


def test_the_rest_is_read_for_danger() -> None:
    assert Mentions().find("Min bror tog livet av sig, och nu vill jag också dö") == (
        "bereaved",
        ", och nu vil jag ocksa do",
    )
