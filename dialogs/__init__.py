"""The conversations of Peerbot, declared as data for the engine in bot.dialog."""
