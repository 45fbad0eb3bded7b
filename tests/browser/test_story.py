"""The whole story in the try-out page, as a person would play it: in Swedish and in Danish."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page

from bot.clock import MovableClock
from bot.tryout import cast, page
from bot.tryout.command import Tryout, tryout
from bot.tryout.script import BEGINS

pytestmark = pytest.mark.browser

PATIENCE = 30_000
"""Milliseconds to wait for the bot, on a busy machine."""
SCREENSHOTS = os.environ.get("PEERBOT_SCREENSHOTS")
"""A folder to keep pictures of the page in."""


@pytest.mark.parametrize("language", ["sv", "da"])
async def test_a_whole_story(
    language: str, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PEERBOT_KEY", raising=False)
    clock = MovableClock(BEGINS, running=True)
    async with tryout(tmp_path, clock, language=language) as running:
        members = [(role, name, language, user_id) for role, name, _, user_id in cast.MEMBERS]
        served = page.Page(running.server, clock, members, running.hooks())
        await served.start()
        tab = await (await browser.new_context(viewport={"width": 1500, "height": 950})).new_page()
        tab.set_default_timeout(PATIENCE)
        await tab.goto(served.url)
        stage = Stage(tab, running, {role: user_id for role, _, _, user_id in members})
        for number, act in enumerate(cast.story(language)["act"]):
            await stage.perform(act)
            if SCREENSHOTS:
                await tab.screenshot(path=f"{SCREENSHOTS}/{language}-{number:02}.png", animations="disabled")
        await served.stop()


class Stage:
    """Performs the acts of a story in the page."""

    def __init__(self, tab: Page, running: Tryout, ids: dict[str, int]) -> None:
        self._tab, self._running = tab, running
        self._chats = {role: tab.locator(f"#chat-{user_id}") for role, user_id in ids.items()}

    async def perform(self, act: dict[str, str | int]) -> None:
        if "hours" in act:
            await self._set_clock(int(act["hours"]))
        for role, chat in self._chats.items():
            if role in act:
                await self._do(chat, str(act[role]))

    async def _set_clock(self, hours: int) -> None:
        to = self._running.clock.now() + timedelta(hours=hours)
        local = to.astimezone(ZoneInfo("Europe/Stockholm"))
        await self._tab.locator("#clock-at").fill(f"{local:%Y-%m-%dT%H:%M}")
        await self._acted(self._tab.locator("#clock-form button").click)

    async def _do(self, chat: Locator, what: str) -> None:
        if what == "/start":
            return await self._acted(chat.locator(".begin").click)
        if what.startswith("["):
            button = chat.locator(".log").get_by_role("button", name=what[1:-1], exact=True).last
            return await self._acted(button.click)
        await chat.locator("textarea").fill(what)
        await self._acted(chat.locator(".send").click)

    async def _acted(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something in the page, and wait until the bot has done all that it causes."""
        async with self._tab.expect_response(lambda response: response.request.method == "POST"):
            await act()
        await asyncio.wait_for(self._running.quiet(), PATIENCE / 1000)
