"""What is counted and timed while the service runs, for Prometheus: numbers only, of nobody in particular."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One registry for each running service."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._sends = Counter(
            "peerbot_sends", "Calls to Telegram by outcome.", ["outcome"], registry=registry
        )
        self._handling = Histogram(
            "peerbot_handling_seconds", "From taking an update to its commit.", registry=registry
        )
        self._waiting = Gauge("peerbot_waiting", "Rows that wait.", ["what"], registry=registry)
        self._oldest = Gauge(
            "peerbot_oldest_seconds", "How long the oldest of them has waited.", ["what"], registry=registry
        )
        self._kept = Gauge("peerbot_kept", "Rows set aside and kept.", ["what"], registry=registry)

    def sent(self, outcome: str) -> None:
        """A call ended as sent, gone, parked or retried."""
        self._sends.labels(outcome).inc()

    @contextmanager
    def handling(self) -> Iterator[None]:
        """Times what is done inside."""
        start = perf_counter()
        yield
        self._handling.observe(perf_counter() - start)

    def waits(self, what: str, count: int, seconds: float) -> None:
        self._waiting.labels(what).set(count)
        self._oldest.labels(what).set(seconds)

    def kept(self, what: str, count: int) -> None:
        self._kept.labels(what).set(count)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)
