"""The try-out: a small strict Bot API server on loopback, and a page with the chats side by side.

The server stands where api.telegram.org stands in earnest, so the code that runs here and in the
tests is the code that runs for real::

    server = BotApiServer(clock)                     # clock.now() -> aware UTC datetime
    await server.start()                             # 127.0.0.1, a free port unless port= is given
    bot = telegram.Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url)
    anna = server.user(101, "Anna", "sv")            # a person at the other end
    await anna.start("payload")                      # enqueues the update, nothing more: no waiting
    message = await anna.reply()                     # live: the next message of the bot
    await anna.press("Ja tack")                      # a label or callback data on the newest such button
    await anna.press("Ja tack", message=message)     # on this message, even if its buttons are gone
    anna.chat.messages; anna.received; anna.last     # snapshots; an edit replaces a snapshot
    server.fail_next("sendMessage", status=429, retry_after=3)
    server.fail_next("sendMessage", answer="lost")   # done, but the answer never arrives
    server.calls_of("sendMessage")                   # what the bot asked for: Call(method, params, raw, ...)
    server.keep(folder / "telegram.json")            # before start: chats outlive the process
    await server.until(lambda: len(anna.received) == 3)
    await server.stop()

Without a bot over HTTP, `server.updates.waiting()` gives the updates that were enqueued.
"""

from bot.tryout.account import Account
from bot.tryout.faults import Fault
from bot.tryout.server import BotApiServer, Call
from bot.tryout.world import Button, Chat, Message

__all__ = ["Account", "BotApiServer", "Button", "Call", "Chat", "Fault", "Message"]
