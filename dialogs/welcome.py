"""The first words, country, age and consent. Everything that asks for words of one's own comes after."""

from bot.commands import GiveConsent, RefuseConsent, SwitchLanguage, TooYoung
from bot.dialog import Choose, Dialog, End, Go, Setting

WELCOME = Dialog(
    "welcome",
    Choose(
        name="hello",
        options=("go_on", "switch"),
        go={"go_on": "country", "switch": Go("hello", do=SwitchLanguage)},
        keep=False,
    ),
    Choose(
        name="country",
        options=Setting("countries"),
        asked_if=lambda answers: not answers.get("country_known"),
    ),
    Choose(
        name="age",
        options=("adult", "minor", "younger"),
        asked_if=lambda answers: bool(answers.get("youth")),
        go={"younger": Go("too_young", do=TooYoung), "*": "consent"},
    ),
    Choose(
        name="consent",
        options=("yes", "more", "younger", "no"),
        go={
            "yes": Go("done", do=GiveConsent),
            "more": "more",
            "younger": Go("too_young", do=TooYoung),
            "no": Go("refused", do=RefuseConsent),
        },
    ),
    Choose(
        name="more",
        options=("yes", "younger", "no"),
        go={
            "yes": Go("done", do=GiveConsent),
            "younger": Go("too_young", do=TooYoung),
            "no": Go("refused", do=RefuseConsent),
        },
    ),
    End(name="done"),
    End(name="too_young"),
    End(name="refused", offers=("welcome",)),
    consent=False,
    given=("youth",),
)
