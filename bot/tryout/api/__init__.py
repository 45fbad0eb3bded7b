"""What each Bot API method does, once its parameters are known to be well formed."""

from bot.tryout.api import chats, messages, profile, updates
from bot.tryout.api.register import HANDLERS, Parts

__all__ = ["HANDLERS", "Parts", "chats", "messages", "profile", "updates"]
