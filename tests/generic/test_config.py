"""Settings: what is unknown or wrong stops the start, with the key and the reason."""

from pathlib import Path

import pytest

from bot import config

PLAIN = '[organisation]\nname = "Huset"\n'


def load(folder: Path, text: str) -> config.Settings:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return config.load(file)


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("colour = 1", "colour", "unknown setting"),
        ("[organisation]\nnmae = 'x'", "organisation.nmae", "unknown setting"),
        ("[organisation]\nmin_age = 16", "organisation", "min_age below 18 needs youth_programme = true"),
        (
            "[organisation]\nmin_age = 13\nyouth_programme = true",
            "organisation",
            "min_age is at least 15 in Denmark",
        ),
        ("[organisation]\nmin_age = 'arton'", "organisation.min_age", "integer"),
        (
            "[organisation]\nmin_age = 12\nyouth_programme = true",
            "organisation.min_age",
            "greater than or equal to 13",
        ),
        ("[organisation]\ncountries = []", "organisation", "countries needs at least one"),
        ("[organisation]\ncountries = ['NO']", "organisation.countries.0", "'SE' or 'DK'"),
        ("[organisation]\nlanguages = ['en']", "organisation.languages.0", "'sv' or 'da'"),
        (
            "[[organisation.topics]]\nkey = 'Å'\nsv = 'a'\nda = 'b'",
            "organisation.topics.0.key",
            "match pattern",
        ),
        ("[[organisation.topics]]\nkey = 'a'\nsv = 'a'", "organisation.topics.0.da", "required"),
        ("[telegram]\nupdates = 'webhook'", "telegram", "webhook_url must begin with https://"),
        ("[telegram]\nper_second = 31", "telegram.per_second", "less than or equal to 30"),
        ("[telegram]\nwebhook_port = 0", "telegram.webhook_port", "greater than or equal to 1"),
        ("[meetings]\nquiet_from = 25", "meetings.quiet_from", "time"),
        ("[digest]\nrhythm = 'hourly'", "digest.rhythm", "'daily', 'weekly' or 'off'"),
        ("[safety]\nalert = 'never'", "safety.alert", "'asked' or 'always'"),
        ("[safety]\nduty = 'mon-fri'", "safety.duty", "no hours like 'mon-fri 08:00-17:00'"),
        ("[digest]\nhour = 24", "digest.hour", "less than or equal to 23"),
        ("[retention]\nunfinished_conversations = 1", "retention.unfinished_conversations", "7"),
        ("token = 'x'", "token", "secrets come from the environment"),
        ("webhook_secret = 'x'", "webhook_secret", "secrets come from the environment"),
        ("folder = '/'", "folder", "does not belong"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    with pytest.raises(config.ConfigError) as failure:
        load(tmp_path, text)
    assert str(failure.value).startswith(f"{key}: ")
    assert reason in str(failure.value)
    assert "\n" not in str(failure.value)


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match=r"colour: unknown setting.*|digest.hour: .*") as failure:
        load(tmp_path, "colour = 1\n[digest]\nhour = 99")
    assert str(failure.value).count(";") == 1


def test_a_file_that_is_none_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match="there is no settings file at"):
        config.load(tmp_path / "nothing.toml")
    with pytest.raises(config.ConfigError, match="is not valid TOML"):
        load(tmp_path, "[organisation")


def test_secrets_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERBOT_TOKEN", "12:abc")
    monkeypatch.setenv("PEERBOT_WEBHOOK_SECRET", "s")
    settings = load(tmp_path, PLAIN)
    assert settings.token.get_secret_value() == "12:abc"
    assert "12:abc" not in repr(settings)
    assert settings.folder == tmp_path


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert settings.organisation.min_age == 18
    assert settings.zone(None) == "Europe/Stockholm"
    assert settings.zone("DK") == "Europe/Copenhagen"


def test_the_shipped_file_names_every_setting() -> None:
    """A setting that nobody can find is none."""
    text = config.DEFAULT_FILE.read_text("utf-8")
    sections = {
        "organisation": config.Organisation, "telegram": config.Telegram, "store": config.StoreSection,
        "meetings": config.Meetings, "digest": config.Digest, "retention": config.Retention, "pipelines": config.Engine,
    }  # fmt: skip
    missing = [
        f"{name}.{key}"
        for name, section in sections.items()
        for key in section.model_fields
        if key not in text
    ]
    assert missing == []
