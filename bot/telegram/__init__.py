"""The edge to Telegram: updates into the inbox, the outbox to the Bot API. Alone knows python-telegram-bot."""
