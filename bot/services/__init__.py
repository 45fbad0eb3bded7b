"""What happens: one module for each thing the organisation does, on top of the store and the dialogs.

A module registers what it does: handlers of commands, options and facts for dialogs, work that falls due.
"""
