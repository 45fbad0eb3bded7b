"""The intake as the programs that Peerbot is compared with ask it: the same questions, buttons and calls.

Of the standard library only, as each program runs in an environment of its own.
"""

from dataclasses import dataclass

DAYS = ("Mån", "Tis", "Ons", "Tors", "Fre", "Lör", "Sön")


@dataclass(frozen=True)
class Question:
    """`rows`: buttons; none where the answer is written. `many`: several may be ticked, until "Klart"."""

    name: str
    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    many: bool = False


QUESTIONS = (
    Question(
        "hello",
        "Hej, och välkommen. Här kan du hitta någon som själv har varit med om något liknande.\n\nJag är en digital "
        "assistent, inte en människa, och ingen akutjour: vid fara för liv finns 112. Berätta bara det du vill.",
        (("Okej, gå vidare",), ("Dansk i stedet",), ("Pausa",)),
    ),
    Question(
        "country",
        "Vilket land gäller det? Då kan jag visa rätt hjälplinjer och regioner.",
        (("Sverige",), ("Danmark",), ("‹ Tillbaka", "Pausa")),
    ),
    Question(
        "consent",
        "För att kunna hitta en peer till dig sparar vi det du själv berättar här: vad du vill dela, när du kan och "
        "vad du vill bli kallad. Det är uppgifter om hälsa. Du kan se eller radera allt när du vill.\nÄr det okej?",
        (("Ja, och jag är minst 18",), ("Jag är yngre",), ("Nej tack",), ("‹ Tillbaka", "Pausa")),
    ),
    Question("menu", "Vad vill du göra?", (("Hitta en peer",), ("Prata med en samordnare",))),
    Question(
        "hope",
        "Vad kan ge dig lite kraft eller hopp, även när det är tungt?\n\n<i>1 av 6</i>",
        (("Hoppa över", "Pausa"),),
    ),
    Question(
        "topics",
        "Vad skulle du vilja dela med någon som har varit där själv?\n\n<i>2 av 6</i>",
        (
            ("Psykisk ohälsa", "Stress och utmattning"),
            ("Ensamhet", "Sorg och förlust"),
            ("Beroende", "Funktionsnedsättning"),
            ("Mat och ätande", "Våld eller övergrepp"),
            ("Att vara anhörig",),
            ("Klart",),
            ("‹ Tillbaka", "Pausa"),
        ),
        many=True,
    ),
    Question(
        "form",
        "Hur skulle du helst vilja ha kontakt?\n\n<i>3 av 6</i>",
        (
            ("Samtal på tu man hand",),
            ("En grupp",),
            ("Ett enda samtal",),
            ("Telefon",),
            ("Mejl eller chatt",),
            ("‹ Tillbaka", "Pausa"),
        ),
    ),
    Question(
        "times",
        "När brukar det passa? Du kan välja flera.\n\n<i>4 av 6</i>",
        (
            *(tuple(f"{day} {part}" for part in ("fm", "em", "kväll")) for day in DAYS),
            ("Klart",),
            ("‹ Tillbaka", "Pausa"),
        ),
        many=True,
    ),
    Question(
        "region",
        "Var passar det dig att ses?\n\n<i>5 av 6</i>",
        (
            ("Stockholm",),
            ("Västra Götaland",),
            ("Skåne",),
            ("Annan del av Sverige",),
            ("‹ Tillbaka", "Pausa"),
        ),
    ),
    Question("name", "Vad vill du bli kallad?\n\n<i>6 av 6</i>", (("‹ Tillbaka", "Pausa"),)),
    Question("review", "", (("Skicka",), ("‹ Tillbaka", "Pausa"))),
)
SENT = "Tack, nu är det skickat. En samordnare läser och letar efter någon som passar."
STATUS = {True: "Din förfrågan ligger hos samordnaren.", False: "Du har ingen förfrågan just nu."}


def rows(number: int, ticked: list[str]) -> list[list[tuple[str, str]]]:
    """The buttons of a question, as (label, data)."""
    question = QUESTIONS[number]
    return [
        [(f"✓ {label}" if label in ticked else label, f"{number}:{label}") for label in row]
        for row in question.rows
    ]


def shown(number: int, answers: dict[str, list[str]]) -> str:
    """The text of a question; the last one sums up."""
    if QUESTIONS[number].name != "review":
        return QUESTIONS[number].text
    told = "\n".join(
        f"<b>{name}:</b> {', '.join(given)}" for name, given in answers.items() if name != "review"
    )
    return f"Så här har jag förstått det:\n\n{told}\n\nStämmer det?"


@dataclass(frozen=True)
class Reply:
    """What an answer causes: the question under it changes to `edited` with `rows`, and `number` comes next."""

    edited: str
    rows: list[list[tuple[str, str]]]
    number: int
    is_done: bool = False


def answer(number: int, label: str, answers: dict[str, list[str]]) -> Reply:
    """Take an answer into `answers`."""
    question = QUESTIONS[number]
    given = answers.setdefault(question.name, [])
    if question.many and label != "Klart":
        given.remove(label) if label in given else given.append(label)
        return Reply(question.text, rows(number, given), number)
    if label != "Klart":
        given.append(label)
    is_done = number + 1 == len(QUESTIONS)
    return Reply(f"{shown(number, answers)}\n\n✓ {', '.join(given)}", [], number + (not is_done), is_done)
