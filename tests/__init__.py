"""The tests; `tests.conftest` is what they share."""
