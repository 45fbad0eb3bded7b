"""What people write amid a dialog that is no answer to its question, and in their first message."""

import pytest

from bot.store import queries
from bot.store.tables import Conversation, Person, Request
from tests.conftest import Chatter, Service
from tests.stories.cast import WORDS, consented, user
from tests.stories.test_between import ADVICE
from tests.stories.test_crisis_path import HEAVY
from tests.stories.test_meetings import connected
from tests.stories.texts import Words

SAID = {
    "sv": {
        "free?": "Kostar det något?",
        "cost": "avgift",
        "wish": "Jag skulle vilja prata med någon som också förlorat ett barn",
        "welcome": "Hej, och välkommen",
        "first": "Det hjälper jag gärna till med",
        "hope": "Vad kan ge dig lite kraft",
        "news": "har ni hittat någon åt mig?",
        "waiting": "Din förfrågan ligger hos samordnaren",
        "weekend": "går det på helgen?",
        "human": "Får jag prata med en människa?",
        "contact": "samordnar",
        "help": "vad kan du göra?",
        "write": "jag vill skriva till min peer",
        "next week": "Kan vi boka en tid i nästa vecka?",
        "tuesday": "tisdag eftermiddag",
        "enough": "det räcker",
    },
    "da": {
        "free?": "Koster det noget?",
        "cost": "betaling",
        "wish": "Jeg vil gerne snakke med en der også har mistet et barn",
        "welcome": "Hej og velkommen",
        "first": "Det hjælper jeg gerne med",
        "hope": "Hvad kan give dig lidt kraft",
        "news": "har I fundet nogen til mig?",
        "waiting": "Din forespørgsel er hos koordinatoren",
        "weekend": "går det i weekenden?",
        "human": "Kan jeg få lov at tale med et menneske?",
        "contact": "koordinator",
        "help": "hvad kan du?",
        "write": "jeg vil gerne skrive til min peer",
        "next week": "Kan vi finde en tid i næste uge?",
        "tuesday": "tirsdag eftermiddag",
        "enough": "det er nok",
    },
}
both_languages = pytest.mark.parametrize("language", ["sv", "da"])


@both_languages
async def test_a_question_is_answered_and_the_step_asked_again(service: Service, language: str) -> None:
    said, kim = SAID[language], service.person("Kim", language)
    await kim.send(said["free?"])
    assert said["cost"] in kim.texts[-2] and kim.last.startswith(said["welcome"])
    await kim.send(said["free?"])
    assert said["cost"] in kim.texts[-2] and kim.last.startswith(said["welcome"])
    with service.store.transaction() as tx:
        assert len(queries.rows(tx, Person)) == 1


@both_languages
async def test_a_wish_waits_behind_the_welcome(service: Service, language: str) -> None:
    """Written at first or amid the welcome, twice or once: after the consent it goes on with the wish."""
    said = SAID[language]
    for number, texts in enumerate(([said["wish"]], ["hej", said["wish"], said["wish"]])):
        kim = service.person(f"Kim {number}", language)
        await kim.send(*texts)
        assert kim.last.startswith(said["welcome"])
        if number:
            assert kim.texts[-2].startswith(said["first"])
        await consented(kim, language)
        assert kim.last.startswith(said["hope"])


@both_languages
async def test_own_words_with_a_question_mark_are_kept(service: Service, language: str) -> None:
    said, words, kim = SAID[language], WORDS[language], service.person("Kim", language)
    await at_the_times(kim, language)
    await kim.send(said["weekend"])
    await kim.press(words["done"], words["region"])
    await kim.send("Kim")
    assert said["weekend"] in kim.last


@both_languages
async def test_a_wish_amid_a_choice_is_met_and_the_choice_waits(service: Service, language: str) -> None:
    said, words, kim = SAID[language], WORDS[language], service.person("Kim", language)
    await kim.start()
    await consented(kim, language)
    await kim.press(words["find"], words["skip"], words["loneliness"], words["done"])
    form = kim.last
    await kim.send(said["help"])
    assert "112" in kim.texts[-2] and kim.last == form
    await kim.send(said["human"])
    assert said["contact"] in kim.last and kim.last != form


@both_languages
async def test_where_it_stands_is_told_in_words(service: Service, language: str) -> None:
    kim = await user(service, "Kim", language)
    await kim.send(SAID[language]["news"])
    assert kim.last.startswith(SAID[language]["waiting"])


async def at_the_times(kim: Chatter, language: str) -> None:
    words = WORDS[language]
    await kim.start()
    await consented(kim, language)
    await kim.press(words["find"], words["skip"], words["loneliness"], words["done"], words["individual"])


@both_languages
async def test_enough_is_said_in_words(service: Service, language: str) -> None:
    """What was chosen is kept when somebody says that it will do."""
    words, kim = WORDS[language], service.person("Kim", language)
    await kim.start()
    await consented(kim, language)
    await kim.press(words["find"], words["skip"], words["loneliness"])
    await kim.send({"sv": "det räcker", "da": "det er nok"}[language])
    assert "3 " in kim.last
    with service.store.transaction() as tx:
        open_one = queries.first(tx, Conversation, status="active")
    assert open_one is not None and open_one.memory is not None
    assert open_one.memory["answers"]["topics"] == ["loneliness"]


@both_languages
async def test_a_summary_is_agreed_to_in_words(service: Service, language: str) -> None:
    words, kim = WORDS[language], service.person("Kim", language)
    await at_the_times(kim, language)
    await kim.press(words["evening"], words["done"], words["region"])
    await kim.send("Kim", {"sv": "ja, det stämmer", "da": "ja, det passer"}[language])
    with service.store.transaction() as tx:
        assert queries.first(tx, Request) is not None


@both_languages
async def test_a_connected_pair_writes_plans_and_says_enough(service: Service, language: str) -> None:
    kim, alex = await connected(service, language)
    said = SAID[language]
    await kim.send(said["write"], "Hej du")
    assert "Hej du" in alex.last
    await kim.send(said["next week"], said["tuesday"], "15")
    assert "1 dec" in kim.last or "1. dec" in kim.last, kim.last
    await kim.send(said["enough"])
    assert "1 dec" in alex.last or "1. dec" in alex.last or alex.labels, alex.last


@both_languages
async def test_a_text_behind_a_colon_is_looked_at_at_once(service: Service, language: str) -> None:
    _, alex = await connected(service, language)
    question = {"sv": "Kan du kolla om det här låter okej", "da": "Kan du tjekke om det her lyder okay"}[
        language
    ]
    await alex.send(f"{question}: {ADVICE[language]}")
    assert ADVICE[language].rstrip(".") in alex.texts[-2]
    await alex.send(question)
    assert ADVICE[language].rstrip(".") not in alex.last


TOLD = {"sv": "Jag var på en lång promenad med hunden", "da": "Jeg har været på en lang tur med hunden"}
WHO = {"sv": "är du en robot", "da": "er du en robot"}


@both_languages
async def test_what_is_told_amid_a_question_is_met_before_it_comes_again(
    service: Service, language: str
) -> None:
    """Heavy words are asked about alone; what is told, and thanks, get a warm word; the bot says what it is."""
    words = Words(language)
    kim = service.person("Kim", language)
    await kim.start()
    await kim.press(words("welcome.hello.go_on"))
    asked = kim.last
    await kim.send(TOLD[language])
    assert kim.texts[-2:] == [words("engine.told"), asked]
    await kim.send({"sv": "tack så mycket", "da": "mange tak"}[language])
    assert kim.texts[-2:] == [words("smalltalk.thanks"), asked]
    await kim.send(WHO[language])
    assert "digital assistent" in kim.texts[-2]
    assert kim.last == asked
    before = len(kim.texts)
    await kim.send(HEAVY[language])
    assert len(kim.texts) == before + 1
    assert words("safety.choice.heavy") in kim.labels
    await kim.press(words("safety.choice.heavy"))
    assert kim.last == words("safety.heavy")
    await kim.send("/start")
    assert kim.last == asked


@both_languages
async def test_a_peer_who_wishes_for_one_more_is_asked_what_they_mean(
    service: Service, language: str
) -> None:
    words = Words(language)
    _, alex = await connected(service, language)
    await alex.send({"sv": "kan jag få en till att stödja", "da": "kan jeg få en til at støtte"}[language])
    assert alex.labels[:2] == [words("intent.request_peer"), words("intent.coordinator")]
