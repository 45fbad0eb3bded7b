"""The page of claims names tests that exist, and none of its claims stands without one."""

import re

from tests.evidence import TESTS, claims


def test_every_claim_has_tests_that_exist() -> None:
    found = claims()
    assert len(found) > 40
    assert [claim.text for claim in found if not claim.tests] == []
    named = {each for claim in found for each in claim.tests}
    missing = [
        f"{file}::{name}"
        for file, name in sorted(named)
        if not re.search(rf"^(async )?def {name}\(", (TESTS / file).read_text("utf-8"), re.MULTILINE)
    ]
    assert missing == []
