"""What the tests' quick disk must not hide: a commit of the real store waits until it would survive a power cut."""

from pathlib import Path

from bot.store import Store

FULL = 2


def test_a_commit_survives_a_power_cut(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/peerbot.db")
    with store.transaction() as tx:
        connection = tx.connection()
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == FULL
    store.close()
