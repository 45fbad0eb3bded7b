"""Commands and the words for them: every spelling that works, and the menu per role."""

from dataclasses import dataclass

from bot.store.tables import Person


@dataclass(frozen=True)
class Command:
    """`spellings` without the slash (Telegram allows a-z, 0-9 and _). `dialog` is what it starts."""

    name: str
    spellings: tuple[str, ...]
    dialog: str | None = None
    roles: tuple[str, ...] = ("user", "peer", "coordinator")

    def spelling(self, language: str) -> str:
        """The spelling for the menu: the first is Swedish, the second Danish, the last English."""
        return self.spellings[0 if language == "sv" else 1]


COMMANDS: tuple[Command, ...] = (
    Command("start", ("start", "start", "borja", "begynd")),
    Command("help", ("hjalp", "hjaelp", "help")),
    Command("request", ("sok", "soeg", "request"), "intake", ("user",)),
    Command("status", ("status", "status"), None, ("user",)),
    Command("book", ("boka", "book"), "propose_times", ("user", "peer")),
    Command("meetings", ("moten", "moeder", "meetings"), None, ("user", "peer")),
    Command("message", ("skriv", "besked", "message"), "message", ("user", "peer")),
    Command("agreement", ("avtal", "aftale", "agreement"), "agreement", ("user", "peer")),
    Command("reflect", ("reflektera", "refleksion", "reflect"), "reflection", ("user", "peer")),
    Command("check", ("kolla", "tjek", "check"), "check_text", ("peer",)),
    Command("profile", ("profil", "profil", "profile"), "peer_welcome", ("peer",)),
    Command("queue", ("ko", "koe", "queue"), "queue", ("coordinator",)),
    Command("digest", ("oversikt", "oversigt", "digest"), None, ("coordinator",)),
    Command("statistics", ("statistik", "statistik", "statistics"), "statistics", ("coordinator",)),
    Command("invite", ("bjudin", "inviter", "invite"), "invite", ("coordinator",)),
    Command("people", ("personer", "personer", "people"), "people", ("coordinator",)),
    Command("lines", ("hjalplinjer", "hjaelpelinjer", "helplines")),
    Command("settings", ("installningar", "indstillinger", "settings"), "settings"),
    Command("language", ("sprak", "sprog", "language"), "language"),
    Command("pause", ("paus", "pause", "pausa")),
    Command("coordinator", ("samordnare", "koordinator", "coordinator"), "contact"),
    Command("end", ("avsluta", "afslut", "end"), "end_match", ("user", "peer")),
    Command("consent", ("samtycke", "samtykke", "consent"), "consents"),
    Command("mydata", ("minadata", "minedata", "mydata")),
    Command("delete", ("radera", "slet", "delete"), "delete"),
)

_BY_SPELLING = {spelling: command for command in COMMANDS for spelling in (command.name, *command.spellings)}


def find(text: str) -> tuple[Command | None, str]:
    """The command that a text begins with (None when it is unknown), and what follows it."""
    word, _, rest = text.partition(" ")
    return _BY_SPELLING.get(word[1:].split("@")[0].lower()), rest.strip()


def roles(person: Person) -> tuple[str, ...]:
    """The roles of a person; somebody without another is a user."""
    found = [
        *(["coordinator"] if person.coordinator else []),
        *(["peer"] if person.peer in ("invited", "waiting", "approved") else []),
    ]
    return tuple(found) or ("user",)


def menu(person: Person) -> list[Command]:
    """The commands of a person's menu, in order."""
    mine = roles(person)
    return [command for command in COMMANDS if any(role in command.roles for role in mine)]
