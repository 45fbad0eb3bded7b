"""A peer's welcome, a coordinator's yes, and what comes after."""

from datetime import timedelta

import pytest

from bot.store import queries
from bot.store.tables import Audit, PeerProfile
from tests.conftest import Chatter, Service
from tests.stories.cast import WORDS, coordinator, invited_peer, present, welcomed_peer


@pytest.mark.parametrize("language", ["sv", "da"])
async def test_from_an_invitation_to_a_coordinators_yes(service: Service, language: str) -> None:
    words = WORDS[language]
    eva = await coordinator(service, "Eva", language)
    robin = await welcomed_peer(service, "Robin", language)
    assert robin.row.peer == "waiting"
    assert words["told"] in robin.last
    assert eva.labels == [words["see_waiting"]]
    await eva.press(words["see_waiting"])
    await eva.press(f"Robin <b>& (0 {words['of']} 2)")
    profile = eva.texts[-2]
    for told in ("Robin <b>&", words["about"], words["loneliness"], words["comes_and_goes"], words["friend"]):
        assert told in profile
    await eva.press(words["approve"])
    assert robin.row.peer == "approved"
    assert words["welcome"] in robin.last
    assert words["is_peer"] in eva.last


async def test_the_profile_is_sealed_and_complete(service: Service) -> None:
    robin = await welcomed_peer(service, "Robin", "sv")
    with service.store.transaction() as tx:
        row = queries.first(tx, PeerProfile, person_id=robin.row.id)
        raw = tx.connection().exec_driver_sql("select profile from peerprofile").scalar()
    assert row is not None
    assert row.capacity == 2
    assert row.profile == {
        "called": "Robin <b>&",
        "topics": ["loneliness", "grief"],
        "presentation": WORDS["sv"]["about"],
        "distance": "now_and_then",
        "lean": "yes",
        "roles": ["friend"],
        "paid": "volunteer",
        "capacity": "two",
        "forms": ["individual"],
        "languages": ["sv"],
        "regions": ["stockholm"],
        "times": ["wed_eve"],
    }
    assert "Robin".encode() not in raw
