"""The command line as others rely on it: exit codes, one line of error, JSON lines, from any directory."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.lock import only_one
from dialogs import DIALOGS

PEERBOT = [str(Path(sys.executable).with_name("peerbot"))]


def peerbot(
    *args: str, text: str = "", folder: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `peerbot` as a process of its own, in an empty folder and with no secret in its environment."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder or "/"), **more}
    return subprocess.run(
        [*PEERBOT, *args],
        cwd=folder or "/",
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
    )


def fails(done: subprocess.CompletedProcess[str], reason: str) -> None:
    """Not 0, and one clear line on standard error."""
    assert done.returncode not in (0, -6, -11), done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert reason in done.stderr, done.stderr


@pytest.fixture
def settings(tmp_path: Path) -> str:
    file = tmp_path / "config.toml"
    file.write_text('[store]\nurl = "sqlite:///data/p.db"\nkey_file = "keys/p.key"\n')
    return str(file)


def test_check_in_order_with_offsets(tmp_path: Path) -> None:
    lines = [
        {
            "id": "1",
            "text": "Du borde verkligen ringa en läkare. Jag blev glad av ditt brev.",
            "language": "sv",
        },
        {"id": 2, "text": "Du skal bare tage dig sammen, tænker jeg. 🙂", "language": "da"},
        {"id": None, "text": "Jag var ensam länge, och det hjälpte mig att gå ut.", "language": "sv"},
        {"id": "4", "text": "The weather was lovely in the garden yesterday, and we talked for hours."},
        {"id": "5", "text": "", "language": "sv"},
    ]
    done = peerbot(
        "check", "--json", text="\n".join(json.dumps(each) for each in lines) + "\n\n", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["id"] for each in answers] == ["1", 2, None, "4", "5"]
    assert [bool(each["findings"]) for each in answers] == [True, True, False, False, False]
    for line, answer in zip(lines, answers, strict=True):
        for found in answer["findings"]:
            assert str(line["text"])[found["start"] : found["end"]] == found["quote"]
            assert found.keys() >= {"category", "principle", "source", "message", "suggestions"}


def test_check_by_language_setting_and_for_humans(tmp_path: Path) -> None:
    done = peerbot("check", "--language", "sv", text="Du borde ringa en läkare.", folder=tmp_path)
    assert done.returncode == 0
    assert "\033[" in done.stdout
    fails(peerbot("check", "--language", "no", folder=tmp_path), "--language: 'no' is none of sv, da")
    fails(
        peerbot("check", "--setting", "poem", folder=tmp_path),
        "--setting: 'poem' is none of message, reflection",
    )


def test_understand(tmp_path: Path) -> None:
    lines = [
        {"id": 1, "text": "Jag vill ta mitt liv"},
        {"id": 2, "text": "Hvornår mødes vi?"},
        {"id": 3, "text": "x" * 4096},
    ]
    done = peerbot(
        "understand", "--json", text="\n".join(json.dumps(each) for each in lines), folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each.keys() for each in answers] == [{"id", "language", "intent", "crisis"}] * 3
    assert answers[0]["crisis"] == "acute"
    assert answers[1]["language"] == "da"


@pytest.mark.parametrize("command", ["check", "understand"])
def test_a_line_that_is_no_object_stops_with_its_number(tmp_path: Path, command: str) -> None:
    good = json.dumps({"id": 1, "text": "Hej"})
    fails(peerbot(command, "--json", text=f"{good}\nno", folder=tmp_path), "line 2 is not JSON")
    fails(peerbot(command, "--json", text='{"id": 1}', folder=tmp_path), 'line 1 needs an object with "text"')


def test_invite_gives_a_code_that_works_once(tmp_path: Path, settings: str) -> None:
    done = peerbot("invite", "coordinator", "--config", settings, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("/start ")
    assert (tmp_path / "data/p.db").exists()
    assert (tmp_path / "keys/p.key").stat().st_mode & 0o077 == 0
    fails(
        peerbot("invite", "king", "--config", settings, folder=tmp_path),
        "'king' is none of peer, coordinator",
    )


def test_migrate_and_backup(tmp_path: Path, settings: str) -> None:
    assert peerbot("migrate", "--config", settings, folder=tmp_path).returncode == 0
    assert peerbot("rules", "--config", settings, folder=tmp_path).stdout == ""
    assert peerbot("backup", "copy.db", "--config", settings, folder=tmp_path).returncode == 0
    assert (tmp_path / "copy.db").read_bytes().startswith(b"SQLite format 3")
    fails(peerbot("backup", "no/such/copy.db", "--config", settings, folder=tmp_path), "cannot be written")


def test_a_database_without_its_key_is_not_opened(tmp_path: Path, settings: str) -> None:
    assert peerbot("migrate", "--config", settings, folder=tmp_path).returncode == 0
    (tmp_path / "keys/p.key").unlink()
    fails(peerbot("migrate", "--config", settings, folder=tmp_path), "key")


def test_run_needs_a_token_and_right_settings(tmp_path: Path, settings: str) -> None:
    fails(peerbot("run", "--config", settings, folder=tmp_path), "PEERBOT_TOKEN")
    fails(peerbot("run", "--config", "nothing.toml", folder=tmp_path), "there is no settings file at")
    (tmp_path / "config.toml").write_text("[organisation]\nnmae = 'x'\n")
    fails(peerbot("run", "--config", settings, folder=tmp_path), "organisation.nmae: unknown setting")


def test_two_services_do_not_share_a_database_file(tmp_path: Path) -> None:
    """The second stops and says why; what the first one held ends with it, also when it is killed."""
    database = tmp_path / "data/p.db"
    with socket.create_server(
        ("127.0.0.1", 0)
    ) as telegram:  # it answers nothing, so that the first one waits
        file = tmp_path / "config.toml"
        file.write_text(
            f'[store]\nurl = "sqlite:///{database}"\nkey_file = "{tmp_path}/p.key"\n'
            f'[telegram]\napi_url = "http://127.0.0.1:{telegram.getsockname()[1]}"\n'
        )
        command = [*PEERBOT, "run", "--config", str(file)]
        token = {"PEERBOT_TOKEN": "1:a-token"}
        with subprocess.Popen(command, env={"PATH": "/usr/bin:/bin", **token}, cwd=tmp_path) as first:
            telegram.settimeout(100)
            with telegram.accept()[0]:
                fails(
                    peerbot("run", "--config", str(file), folder=tmp_path, **token), "another peerbot runs on"
                )
                first.kill()
    with only_one(database):
        assert database.exists()
    with only_one(None), only_one(None):
        pass  # a server is for several


def test_doctor_says_in_a_line_each_what_is_wrong(tmp_path: Path, settings: str) -> None:
    done = peerbot("doctor", "--config", settings, folder=tmp_path)
    fails(done, "to mend")
    lines = done.stdout.splitlines()
    assert any(line.startswith("wrong token: none; set PEERBOT_TOKEN") for line in lines), lines
    assert any(line.startswith("ok    database") for line in lines), lines


def test_graph(tmp_path: Path) -> None:
    done = peerbot("graph", folder=tmp_path)
    assert done.returncode == 0
    assert [line[3:] for line in done.stdout.splitlines() if line.startswith("## ")] == list(DIALOGS)
    fails(peerbot("graph", "nothing", folder=tmp_path), "dialog: 'nothing' is none of")


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["--nothing"], "No such option: --nothing"),
        (["dance"], "No such command 'dance'"),
        (["check", "--colour"], "No such option: --colour"),
        (["invite"], "role"),
        (["try", "--port", "x"], "--port"),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, args: list[str], reason: str) -> None:
    fails(peerbot(*args, folder=tmp_path), reason)


def test_help_names_every_command(tmp_path: Path) -> None:
    done = peerbot("--help", folder=tmp_path)
    assert done.returncode == 0
    for command in (
        "try",
        "run",
        "check",
        "understand",
        "invite",
        "doctor",
        "resources",
        "graph",
        "migrate",
        "backup",
        "rules",
    ):
        assert command in done.stdout
