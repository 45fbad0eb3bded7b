"""The command line: `peerbot`. Every failure is one clear line on standard error."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot import config, logs

cli = typer.Typer(
    name="peerbot", help="A chatbot for peer support, in Swedish and Danish.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
)  # fmt: skip

keys = typer.Typer(help="The key that the database is sealed with.", no_args_is_help=True)
cli.add_typer(keys, name="keys")

ConfigFile = Annotated[Path | None, typer.Option("--config", help="The settings file.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines in, JSON lines out.")]


class Failure(Exception):
    """A command could not be done; the message is all that is shown."""


def main() -> NoReturn:
    """Run the command line; gives the process its exit status."""
    # One short text at a time is faster on one thread; numpy reads this when it is first imported.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from bot.language.engine import PipelineMissing
    from bot.store import KeyProblem, StoreError
    from bot.texts import TextError

    known = (Failure, config.ConfigError, KeyProblem, StoreError, PipelineMissing, TextError)
    try:
        cli(standalone_mode=False)
    except known as error:
        print(f"peerbot: {error}", file=sys.stderr)
        sys.exit(1)
    except typer.TyperException as error:
        sys.exit(_misused(error))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(0)


def _misused(error: typer.TyperException) -> int:
    """Say in one line what was wrong with the words of the command line; gives the exit status."""
    told: Callable[[], str] = getattr(error, "format_message", error.__str__)
    if reason := " ".join(told().split()):
        print(f"peerbot: {reason} (peerbot --help tells more)", file=sys.stderr)
    return int(getattr(error, "exit_code", 1))


@cli.command(name="try")
def try_out(
    keep: Annotated[Path | None, typer.Option(help="Keep the data in this folder.")] = None,
    port: Annotated[int, typer.Option(help="The page's port; 0 takes any.")] = 8080,
    script: Annotated[bool, typer.Option(help="Play a story in each language, without a page.")] = False,
) -> None:
    """Try everything on this machine: no account, no token, nothing to set up."""
    if script:
        from bot.tryout.script import ScriptError, play

        try:
            return asyncio.run(play(print))
        except ScriptError as error:
            raise Failure(str(error)) from error
    from bot.tryout.command import serve

    asyncio.run(serve(keep, port))


@cli.command()
def run(settings_file: ConfigFile = None) -> None:
    """Run the service for real: the token is in PEERBOT_TOKEN."""
    settings = config.load(settings_file)
    if not settings.token.get_secret_value():
        raise Failure("there is no token: set PEERBOT_TOKEN to what BotFather gave you")
    if settings.telegram.updates == "webhook" and not settings.webhook_secret.get_secret_value():
        raise Failure(
            "webhook_secret: set PEERBOT_WEBHOOK_SECRET, so that only Telegram can call the webhook"
        )
    secrets = (settings.token.get_secret_value(), settings.webhook_secret.get_secret_value())
    logs.set_up([*secrets, *os.environ.get("PEERBOT_KEY", "").split()])
    from bot.app import App, CannotStart, database_file, serve
    from bot.store.lock import only_one

    try:
        with only_one(database_file(settings)):
            serve(App(settings))
    except* CannotStart as errors:
        raise Failure(f"{errors.exceptions[0]}") from errors


@cli.command()
def check(
    as_json: AsJson = False,
    language: Annotated[str | None, typer.Option(help="sv or da; guessed when left out.")] = None,
    setting: Annotated[str, typer.Option(help="message or reflection")] = "message",
) -> None:
    """Language feedback on a text from standard input."""
    from bot.language import report

    _one_of("--language", language, ("sv", "da", None))
    _one_of("--setting", setting, ("message", "reflection"))
    if as_json:
        return _json_lines(lambda line: report.check(line, language, setting))
    print(report.marked(_standard_input(), language, setting))


@cli.command()
def understand(as_json: AsJson = False) -> None:
    """What a message means: its language, intent, and whether a life may be in danger."""
    from bot.language import report

    if as_json:
        return _json_lines(report.understand)
    print(report.understood(_standard_input()))


@cli.command()
def invite(
    role: Annotated[str, typer.Argument(help="coordinator or peer")], settings_file: ConfigFile = None
) -> None:
    """A one-time link for a coordinator or a peer."""
    from bot.app import open_store
    from bot.clock import SystemClock
    from bot.services import invitations

    _one_of("role", role, invitations.ROLES)
    settings = config.load(settings_file)
    store, days = open_store(settings), settings.retention.invitations
    with store.transaction() as tx:
        code = invitations.issue(tx, role, SystemClock().now(), timedelta(days=days))
    name = settings.telegram.bot_username
    print(f"https://t.me/{name}?start={code}" if name else f"/start {code}")
    print(f"It works once, within {days} days.", file=sys.stderr)


@cli.command()
def doctor(settings_file: ConfigFile = None) -> None:
    """Check token, database, pipelines, time zones and lines of help; says how to mend what is wrong."""
    from bot.doctor import examine

    problems = 0
    for name, problem in examine(config.load(settings_file)):
        print(f"{'wrong' if problem else 'ok':6}{name}{': ' + problem if problem else ''}")
        problems += bool(problem)
    if problems:
        raise Failure(f"{problems} thing{'s' if problems > 1 else ''} to mend")


@cli.command()
def resources(
    what: Annotated[str, typer.Argument(help="show or confirm")] = "show", settings_file: ConfigFile = None
) -> None:
    """The lines of help with what is known of them; `confirm` says that the organisation has checked each."""
    from bot.resources import listed

    _one_of("what", what, ("show", "confirm"))
    for line in listed(config.load(settings_file), confirm=what == "confirm"):
        print(line)


@cli.command()
def graph(
    dialog: Annotated[str | None, typer.Argument(help="One dialog; all when left out.")] = None,
) -> None:
    """Each dialog as a Mermaid state diagram."""
    from bot.dialog.drawing import mermaid
    from dialogs import DIALOGS

    if dialog is not None:
        _one_of("dialog", dialog, tuple(DIALOGS))
    for name in [dialog] if dialog else DIALOGS:
        print(f"## {name}\n\n```mermaid\n{mermaid(DIALOGS[name])}\n```\n")


@cli.command()
def migrate(settings_file: ConfigFile = None) -> None:
    """Bring the database up to date (the service does so itself when it starts)."""
    from bot.app import open_store

    open_store(config.load(settings_file)).close()
    print("The database is up to date.")


@cli.command()
def backup(
    target: Annotated[Path, typer.Argument(help="A file, or a folder that gets a new file each time.")],
    settings_file: ConfigFile = None,
) -> None:
    """Write a consistent copy of the database while the service runs, and remove copies that are too old.

    Its key is not in it.
    """
    from bot import custody

    file = custody.backup(config.load(settings_file), target)
    print(f"Written to {file}. Keep the key apart from it.")


@cli.command()
def rules(settings_file: ConfigFile = None) -> None:
    """How often each rule of the language feedback is waved away; for its maintainers, without texts or persons."""
    from bot.app import open_store
    from bot.services.feedback_view import FEW, rule_uses

    with open_store(config.load(settings_file)).transaction() as tx:
        uses = rule_uses(tx)
    for use in uses:
        print(f"{use.dismissed / use.shown:6.0%} of {use.shown:6}  {use.rule}")
    print(f"Rules that were shown fewer than {FEW} times are left out.", file=sys.stderr)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `peerbot backup` wrote.")],
    settings_file: ConfigFile = None,
) -> None:
    """Put a backup in the place of the database; whoever was erased since is erased again. Stop the service first."""
    from bot import custody

    count = custody.restore(config.load(settings_file), file)
    print(f"Restored; erased again: {count}. The former database stands beside it until you remove it.")


@keys.command()
def rotate(settings_file: ConfigFile = None) -> None:
    """Seal everything with a new key. Stop the service first."""
    from bot import custody

    count = custody.rotate(config.load(settings_file))
    print(f"{count} values are sealed with the new key. Keep a copy of it, apart from the backups.")
    print("Backups from before still need the old one.", file=sys.stderr)


@keys.command()
def new() -> None:
    """Print a new key, for PEERBOT_KEY."""
    from bot.store.sealing import new_key

    print(new_key())


@cli.command()
def train(
    data: Annotated[Path, typer.Option(help="The folder with treebanks/ and language/.")],
) -> None:
    """Train the language models anew, in place of those that ship. The same data give the same models."""
    from bot.language.training.everything import train_everything

    try:
        train_everything(data)
    except OSError as error:
        raise Failure(f"a source is missing: {error}") from error


@cli.command()
def bench(
    what: Annotated[str, typer.Argument(help="quality, language, service or growth")] = "quality",
    people: Annotated[
        list[int] | None, typer.Option(help="How many: of service, or each size of growth.")
    ] = None,
    aiogram: Annotated[
        bool, typer.Option(help="Make aiogram's environment, to compare with it (pip).")
    ] = False,
) -> None:
    """Measure the language engine (its quality, its speed as ratios) or, in a checkout, the service and its growth."""
    _one_of("what", what, ("quality", "language", "service", "growth"))
    if what in ("service", "growth"):
        return _bench_in_checkout(what, people or [], aiogram=aiogram)
    from bot.language import bench as measures

    print(measures.quality() if what == "quality" else measures.language())


def _bench_in_checkout(what: str, people: list[int], *, aiogram: bool) -> None:
    """What it is compared with, and the databases it needs, are among the tests."""
    checkout = Path(__file__).resolve().parent.parent
    if not (checkout / "tests/bench").is_dir():
        raise Failure(f"bench {what} runs in a checkout, with the development dependencies ('.[dev]')")
    command = [sys.executable, "-m", "tests.bench", what, *(["--aiogram"] if aiogram else [])]
    sizes = ["--people", *map(str, people)] if people else []
    if status := subprocess.run([*command, *sizes], cwd=checkout, check=False).returncode:  # noqa: S603 - our own
        raise Failure(f"bench {what} ended with {status}")


def _one_of(name: str, value: Any, allowed: tuple[Any, ...]) -> None:
    if value not in allowed:
        choices = ", ".join(str(each) for each in allowed if each)
        raise Failure(f"{name}: {value!r} is none of {choices}")


def _standard_input() -> str:
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def _json_lines(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer each line of standard input, in order. A line that cannot be read stops with its number."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for number, line in _lines():
        try:
            item = json.loads(line)
        except ValueError as error:
            raise Failure(f"line {number} is not JSON: {error}") from error
        if not isinstance(item, dict) or not isinstance(item.get("text"), str):
            raise Failure(f'line {number} needs an object with "text"')
        print(json.dumps(answer(item), ensure_ascii=False), flush=True)


def _lines() -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.decode("utf-8", "replace").strip()
        if line:
            yield number, line


if __name__ == "__main__":
    main()
