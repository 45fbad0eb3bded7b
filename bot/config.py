"""Settings: `config.toml` for what may be read by anybody, the environment for secrets.

Unknown keys and wrong values stop the start with the key and the reason (`ConfigError`).
"""

import os
import tomllib
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from bot import duty_hours

Language = Literal["sv", "da"]
Country = Literal["SE", "DK"]

ZONES: dict[str, str] = {"SE": "Europe/Stockholm", "DK": "Europe/Copenhagen"}
LOWEST_AGE_DK = 15
"""The age from which somebody can consent to the use of their data themselves; in Sweden it is 13."""
DEFAULT_FILE = Path(__file__).resolve().parent.parent / "config.toml"


class ConfigError(Exception):
    """A setting is unknown, missing or wrong. The message names the key and the reason."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except Exception as error:
        raise ValueError(f"there is no time zone {name!r}") from error
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Section):
    """Something with a key and a name in each language."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,22}$")
    sv: str
    da: str

    def name(self, language: str) -> str:
        return self.sv if language == "sv" else self.da


class Region(Named):
    country: Country


class PerLanguage(Section):
    sv: str = ""
    da: str = ""

    def text(self, language: str) -> str:
        return self.sv if language == "sv" else self.da


class Organisation(Section):
    name: str = "Peerbot"
    contact: str = ""
    countries: tuple[Country, ...] = ("SE", "DK")
    languages: tuple[Language, ...] = ("sv", "da")
    welcome: PerLanguage = PerLanguage()
    secrecy: PerLanguage = PerLanguage()
    min_age: int = Field(18, ge=13, le=99)
    youth_programme: bool = False
    matching: Literal["situation", "feelings", "both"] = "both"
    topics: tuple[Named, ...] = ()
    feelings: tuple[Named, ...] = ()
    regions: tuple[Region, ...] = ()

    @model_validator(mode="after")
    def _youth(self) -> "Organisation":
        if self.min_age < 18 and not self.youth_programme:
            raise ValueError("min_age below 18 needs youth_programme = true")
        if self.min_age < LOWEST_AGE_DK and "DK" in self.countries:
            raise ValueError(f"min_age is at least {LOWEST_AGE_DK} in Denmark; set that, or serve SE alone")
        if not self.countries:
            raise ValueError("countries needs at least one of SE, DK")
        return self


class Telegram(Section):
    api_url: str = "https://api.telegram.org"
    updates: Literal["polling", "webhook", "none"] = "polling"
    bot_username: str = ""
    """Without the @; used in invitation links. Asked from Telegram at the start when empty."""
    webhook_url: str = ""
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(8443, ge=1, le=65535)
    per_second: float = Field(25, gt=0, le=30)
    per_chat_seconds: float = Field(1.0, ge=0)
    per_person_minute: int = Field(60, ge=20)

    @model_validator(mode="after")
    def _address(self) -> "Telegram":
        if self.updates == "webhook" and not self.webhook_url.startswith("https://"):
            raise ValueError("webhook_url must begin with https:// when updates = 'webhook'")
        return self


class StoreSection(Section):
    url: str = "sqlite:///data/peerbot.db"
    key_file: str = "keys/peerbot.key"


class Meetings(Section):
    quiet_from: time = Field(time(21), strict=True)
    quiet_until: time = Field(time(8), strict=True)
    remind_day_before: bool = True
    remind_hours_before: float = Field(2, gt=0, le=24)
    reflect_after_minutes: int = Field(60, ge=0)
    calendar_title: PerLanguage = PerLanguage()


class Digest(Section):
    rhythm: Literal["daily", "weekly", "off"] = "daily"
    hour: int = Field(8, ge=0, le=23)
    weekday: int = Field(0, ge=0, le=6, description="0 is Monday")
    follow_up_days: int = Field(30, ge=1)
    load_limit: int = Field(3, ge=1)


def _duty(text: str) -> str:
    return duty_hours.written(duty_hours.read(text))


class Safety(Section):
    """How coordinators hear of a danger to life."""

    alert: Literal["asked", "always"] = "asked"
    duty: Annotated[str, AfterValidator(_duty)] = duty_hours.NEVER
    repeat_minutes: int = Field(5, ge=1, le=60)
    next_minutes: int = Field(15, ge=1, le=240)


class Retention(Section):
    """How long each kind of data is kept, in days; the rest as long as somebody wants support."""

    handled_updates: int = Field(7, ge=1)
    sent_messages: int = Field(7, ge=1)
    undelivered_messages: int = Field(7, ge=1)
    unfinished_conversations: int = Field(60, ge=7)
    invitations: int = Field(14, ge=1)
    ended_contacts: int = Field(180, ge=30)
    closed_requests: int = Field(180, ge=30)
    reflections: int = Field(365, ge=30)
    settled_notes: int = Field(180, ge=30)
    alerts: int = Field(365, ge=30)
    audit: int = Field(730, ge=90)
    refusals: int = Field(30, ge=1)
    unused_accounts: int = Field(730, ge=180)
    backups: int = Field(30, ge=1)

    @property
    def shortest_of_courses(self) -> timedelta:
        """For how long at least it can be seen that somebody asked for a peer, and what came of it."""
        return timedelta(days=min(self.ended_contacts, self.closed_requests))


class Privacy(Section):
    """What is made of people's data beside their support."""

    smallest_cell: int = Field(3, ge=3)
    """From how many people a figure of the statistics must come to be shown."""


class Watch(Section):
    """How the service is seen from outside."""

    port: int = Field(0, ge=0, le=65535)
    """Where /healthz and /metrics are answered on 127.0.0.1; 0 for nowhere."""


class Engine(Section):
    """Names of installed spaCy pipelines to use instead of our own."""

    sv: str = ""
    da: str = ""


class Settings(Section):
    organisation: Organisation = Organisation()
    telegram: Telegram = Telegram()
    store: StoreSection = StoreSection()
    meetings: Meetings = Meetings()
    digest: Digest = Digest()
    safety: Safety = Safety()
    retention: Retention = Retention()
    privacy: Privacy = Privacy()
    pipelines: Engine = Engine()
    watch: Watch = Watch()
    token: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")
    folder: Path = Path()
    """Where relative paths in the settings start: the folder of the settings file."""

    @property
    def erased_file(self) -> Path:
        """The list of erasures, beside the key: both are needed with a backup, and neither is in it."""
        return (self.folder / self.store.key_file).with_name("erased.txt")

    def zone(self, country: str | None) -> str:
        return ZONES[country or self.organisation.countries[0]]


def load(path: Path | None = None, **overrides: Any) -> Settings:
    """Read settings from a file (the project's own `config.toml` by default) and the environment.

    The environment gives PEERBOT_TOKEN and PEERBOT_WEBHOOK_SECRET. `overrides` replace whole
    sections, for tests and the try-out. Raises ConfigError.
    """
    file = path or DEFAULT_FILE
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"there is no settings file at {file}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from error
    for key in ("token", "webhook_secret", "folder"):
        if key in data:
            raise ConfigError(
                f"{key}: does not belong in the settings file; secrets come from the environment"
            )
    secrets = {
        "token": os.environ.get("PEERBOT_TOKEN", ""),
        "webhook_secret": os.environ.get("PEERBOT_WEBHOOK_SECRET", ""),
    }
    try:
        return Settings.model_validate({**data, **secrets, "folder": file.resolve().parent, **overrides})
    except ValidationError as error:
        raise ConfigError(_explain(error)) from error


def _explain(error: ValidationError) -> str:
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"]) or "settings"
        reason = "unknown setting" if item["type"] == "extra_forbidden" else item["msg"]
        lines.append(f"{key}: {reason}")
    return "; ".join(lines)
