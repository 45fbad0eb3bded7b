"""People for the stories about peers and matching: how each gets to where a story begins."""

from tests.conftest import Chatter, Service

WORDS: dict[str, dict[str, str]] = {
    "sv": {
        "go_on": "Okej, gå vidare",
        "country": "Sverige",
        "consent": "Ja, och jag är minst 18",
        "begin": "Okej, vi börjar",
        "skip": "Hoppa över",
        "done": "Klart",
        "loneliness": "Ensamhet",
        "grief": "Sorg och förlust",
        "about": "Jag har varit ensam länge. <3 & nu är det bättre.",
        "comes_and_goes": "Det kommer och går, och det brukar gå bra",
        "yes": "Ja",
        "friend": "Vän",
        "volunteer": "Ideellt",
        "individual": "Samtal på tu man hand",
        "language": "Svenska",
        "region": "Stockholm",
        "evening": "Ons kväll",
        "next": "Gå vidare",
        "try": "Prova en mening",
        "right": "Det stämmer",
        "told": "nu är det hos samordnaren",
        "see_waiting": "Se vem som väntar",
        "of": "av",
        "approve": "Säga ja",
        "welcome": "du är nu peer",
        "is_peer": "är peer och har fått veta det",
        "find": "Hitta en peer",
        "send": "Skicka",
        "queue": "Visa kön",
        "ask": "Ja, fråga",
        "read": "Läs förslaget",
        "gladly": "Ja, gärna",
        "not_now": "Nej, inte den här gången",
        "rather_not": "Nej, hellre någon annan",
        "connected": "ni har sagt ja båda två",
        "agree": "Bestäm hur ni vill ha det",
        "today": "i dag",
        "same": "samma erfarenhet",
        "no_match": "blev ingen match",
        "over": "inte aktuellt längre",
        "invite": "Bjud in",
        "a_peer": "En peer",
    },
    "da": {
        "go_on": "Okay, lad os fortsætte",
        "country": "Danmark",
        "consent": "Ja, og jeg er fyldt 18",
        "begin": "Okay, lad os begynde",
        "skip": "Spring over",
        "done": "Færdig",
        "loneliness": "Ensomhed",
        "grief": "Sorg og tab",
        "about": "Jeg har været ensom længe. <3 & nu går det bedre.",
        "comes_and_goes": "Det kommer og går, og det plejer at gå godt",
        "yes": "Ja",
        "friend": "Ven",
        "volunteer": "Frivillig",
        "individual": "Samtaler på tomandshånd",
        "language": "Dansk",
        "region": "Region Hovedstaden",
        "evening": "Ons aften",
        "next": "Gå videre",
        "try": "Prøv en sætning",
        "right": "Det passer",
        "told": "nu ligger det hos koordinatoren",
        "see_waiting": "Se, hvem der venter",
        "of": "af",
        "approve": "Sige ja",
        "welcome": "du er nu peer",
        "is_peer": "har fået det at vide",
        "find": "Find en peer",
        "send": "Send",
        "queue": "Vis køen",
        "ask": "Ja, spørg",
        "read": "Læs forslaget",
        "gladly": "Ja, gerne",
        "not_now": "Nej, ikke denne gang",
        "rather_not": "Nej, hellere en anden",
        "connected": "I har begge to sagt ja",
        "agree": "Aftal, hvordan I vil have det",
        "today": "i dag",
        "same": "samme erfaring",
        "no_match": "blev ikke til et match",
        "over": "ikke aktuelt længere",
        "invite": "Invitér",
        "a_peer": "En peer",
    },
}
"""What is on the buttons and in the texts, by language."""


async def consented(person: Chatter, language: str) -> None:
    """Through the welcome, after /start."""
    words = WORDS[language]
    await person.press(words["go_on"], words["country"], words["consent"])


async def coordinator(service: Service, name: str, language: str) -> Chatter:
    person = service.person(name, language)
    await person.start(service.invitation("coordinator"))
    await consented(person, language)
    return person


async def user(service: Service, name: str, language: str) -> Chatter:
    """Somebody whose request has been sent: loneliness, one to one, Wednesday evenings."""
    words = WORDS[language]
    person = service.person(name, language)
    await person.start()
    await consented(person, language)
    await person.press(words["find"], words["skip"], words["loneliness"], words["done"], words["individual"])
    await person.press(words["evening"], words["done"], words["region"])
    await person.send(name)
    await person.press(words["send"])
    return person


async def invited_peer(service: Service, name: str, language: str) -> Chatter:
    """Somebody who has opened an invitation and said yes to what is kept."""
    person = service.person(name, language)
    await person.start(service.invitation("peer"))
    await consented(person, language)
    return person


async def welcomed_peer(service: Service, name: str, language: str, capacity: str = "2") -> Chatter:
    """A peer who has told everything and waits for a coordinator's yes."""
    person = await invited_peer(service, name, language)
    await present(person, language, f"{name} <b>&", capacity)
    return person


async def present(
    person: Chatter, language: str, called: str, capacity: str = "2", until: str = "sent"
) -> None:
    """Answer the welcome's questions, up to the consent to "reading", the "principles", or until it is "sent"."""
    words = WORDS[language]
    await person.press(words["begin"])
    await person.send(called)
    await person.press(words["loneliness"], words["grief"], words["done"], words["skip"])
    await person.send(words["about"])
    await person.press(words["comes_and_goes"], words["yes"], words["friend"], words["done"])
    await person.press(
        words["volunteer"], words["individual"], words["done"], words["language"], words["done"]
    )
    await person.press(
        words["region"], words["done"], capacity, words["evening"], words["done"], words["skip"]
    )
    if until == "reading":
        return
    await person.press(words["gladly"])
    if until == "sent":
        await person.press(*([words["next"]] * 6), words["right"])


async def approved_peer(
    service: Service, eva: Chatter, name: str, language: str, capacity: str = "2"
) -> Chatter:
    """A peer to whom the coordinator `eva`, who reads Swedish, has said yes."""
    person = await welcomed_peer(service, name, language, capacity)
    await eva.press("Se vem som väntar", f"{name} <b>& (0 av {capacity})", "Säga ja")
    return person
