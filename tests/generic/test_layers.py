"""Imports go downwards only; each library is known in one place (the contracts stand in pyproject.toml)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_contracts_are_kept() -> None:
    lint = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_engine_needs_the_standard_library_only() -> None:
    """Checked by importing it with nothing else to be found."""
    code = "import sys; sys.path.insert(0, '.'); import bot.dialog; print(len(bot.dialog.__all__))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10


def test_only_the_clock_tells_the_time() -> None:
    asks = [
        str(file.relative_to(ROOT))
        for file in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("dialogs/*.py")]
        if any(
            call in file.read_text("utf-8")
            for call in ("datetime.now(", "date.today(", "datetime.utcnow(", "time.time(")
        )
    ]
    assert asks == ["bot/clock.py"]
