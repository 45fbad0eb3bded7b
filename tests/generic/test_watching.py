"""Seen from outside: numbers without words, and a line to the coordinators when something does not get away."""

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot import watch
from bot.logs import Discreet
from bot.services import conversing
from bot.services.registry import DUE
from bot.store import due, queries
from bot.texts import LANGUAGES
from tests.conftest import Chatter, Service

CANARY = "Kanariefågel"
LATE = {"sv": "påminnelse har inte kommit i väg", "da": "påmindelse er ikke kommet af sted"}
STUCK = {"sv": "det äldsta är från", "da": "det ældste er fra"}


async def coordinator(service: Service, language: str) -> Chatter:
    person = service.person("Sam", language)
    await person.start()
    with service.store.transaction() as tx:
        row = queries.person_by_chat(tx, person.account.id)
        assert row is not None
        row.coordinator, row.digest = True, "off"
        tx.add(row)
    return person


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_seen_when_reminders_fail_and_messages_are_stuck(
    service: Service, language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Told at most once an hour while it lasts; seen in /healthz and /metrics; over when it is mended."""
    sam, app = await coordinator(service, language), service.app

    async def seen() -> tuple[int, str]:
        seen = watch.application(app.tools, app.store, app.metrics)
        async with TestClient(TestServer(seen)) as client:
            health, numbers = await client.get("/healthz"), await client.get("/metrics")
            assert (await client.get("/metrics", headers={"Host": "evil.example:80"})).status == 403
            return health.status, await numbers.text()

    def fails(*_: Any) -> None:
        raise RuntimeError(CANARY)

    status, numbers = await seen()
    assert status == 200
    assert 'peerbot_sends_total{outcome="sent"}' in numbers
    assert "peerbot_handling_seconds_count 1.0" in numbers

    with monkeypatch.context() as patch:
        patch.setitem(DUE, "reminder", fails)
        with service.store.transaction() as tx:
            due.plan(tx, "r", "reminder", service.clock.now() + timedelta(minutes=1), person_id=1, subject=1)
        for _ in range(26):
            await service.move(timedelta(minutes=5))
        assert len([text for text in sam.texts if LATE[language] in text]) == 3, "from 10:10 to 12:10"
        status, numbers = await seen()
        assert status == 503
        assert 'peerbot_waiting{what="late_reminders"} 1.0' in numbers
        oldest = re.search(r'peerbot_oldest_seconds{what="late_reminders"} (.+)', numbers)
        assert oldest
        assert "failed" in caplog.text
        assert CANARY not in caplog.text + numbers
        assert float(oldest[1]) == pytest.approx(129 * 60, abs=10)
    await service.move(timedelta(minutes=2))
    assert (await seen())[0] == 200

    fault = service.server.fail_next("sendMessage", status=503, times=10_000)
    await sam.send("/status")
    for _ in range(20):
        await service.move(timedelta(minutes=5))
    assert (await seen())[0] == 503
    fault.times = 0
    await service.move(timedelta(minutes=15))
    told = [text for text in sam.texts if STUCK[language] in text]
    assert 1 <= len(told) <= 2
    assert (await seen())[0] == 200


async def test_log_lines_are_objects_with_ids_and_hold_no_words(
    service: Service, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of everything that is logged while somebody writes, and while the handling of it fails with their words."""
    kim = service.person("Kim")
    with caplog.at_level(logging.DEBUG):
        await kim.start()
        await kim.send(f"{CANARY} ett")

        def fails(*_: Any, **__: Any) -> None:
            raise RuntimeError(CANARY)

        with monkeypatch.context() as patch:
            patch.setattr(conversing, "active", fails)
            await kim.send(f"{CANARY} två")
        try:
            raise ValueError(CANARY)
        except ValueError:
            logging.getLogger("bot").exception("something failed")
    lines = [Discreet([]).format(record) for record in caplog.records if record.name.startswith("bot")]
    assert CANARY not in "".join(lines)
    told = [json.loads(line) for line in lines]
    assert [each["update"] for each in told if each["says"] == "update handled"]
    assert told[-1]["error"] == "ValueError"
