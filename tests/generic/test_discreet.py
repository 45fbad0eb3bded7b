"""The token and the key are in no log line, no error and no `repr`."""

import io
import logging
import subprocess
import sys
from pathlib import Path

from telegram.error import InvalidToken

from bot import logs
from tests.conftest import KEY, Service


async def test_the_token_is_in_no_log_and_no_repr(service: Service) -> None:
    """With every library at its most talkative, over a whole conversation with faults."""
    token, written = service.server.token, io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Discreet([token, KEY]))
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    try:
        kim = await service.person("Kim").start()
        service.server.fail_next("sendMessage", status=500)
        await kim.send("Hej")
        try:
            raise InvalidToken(f"The token `{token}` was rejected")
        except InvalidToken:
            logging.getLogger("bot").exception("with %s and %s", token, KEY)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    said = written.getvalue()
    assert "[secret]" in said
    assert token not in said
    assert KEY not in said
    shown = "".join(
        map(repr, (service.settings, service.app.bot, service.app.poller, service.app, service.app.tools))
    )
    assert token not in shown
    assert KEY not in shown


def test_an_error_that_nobody_caught_tells_no_secret_and_nobodys_words(tmp_path: Path) -> None:
    """Neither in a task, of which asyncio tells, nor at the end of the process."""
    code = """
import asyncio, gc
from bot import logs
logs.set_up(["12:abcdef"])
async def fail():
    raise ValueError("https://x/bot12:abcdef/getMe Kanarie" + "fågel")
async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()
asyncio.run(main())
asyncio.run(fail())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 1
    assert "a task failed" in done.stderr
    assert done.stderr.count("ValueError") == 2
    assert "12:abcdef" not in done.stderr
    assert "Kanariefågel" not in done.stderr
