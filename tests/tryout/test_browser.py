"""The page in a real browser: what a person sees, presses and types."""

import pytest
import telegram
from playwright.async_api import Browser, Locator, Page, expect
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.tryout import Account, BotApiServer

from . import test_page
from .test_page import asked, page  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> &amp; 😀"
DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}


async def opened(browser: Browser, url: str, size: dict) -> Page:
    context = await browser.new_context(viewport=size, locale="sv-SE")
    tab = await context.new_page()
    tab.on("pageerror", lambda error: pytest.fail(str(error)))
    tab.on("dialog", lambda dialog: pytest.fail(dialog.message))
    await tab.goto(url)
    await tab.wait_for_selector(f"#chat-{test_page.CAST[-1][3]}", state="attached")
    return tab


@pytest.fixture
async def tab(browser: Browser, page: test_page.Page) -> Page:  # noqa: F811
    return await opened(browser, page.url, DESKTOP)


@pytest.fixture
def chat(tab: Page) -> Locator:
    return tab.locator("#chat-101")


async def test_writing_and_reading(tab: Page, chat: Locator, server: BotApiServer, bot: telegram.Bot) -> None:
    await chat.get_by_role("button", name="Starta").click()
    await chat.get_by_label("Skriv som Anna").fill(HOSTILE)
    await tab.keyboard.press("Shift+Enter")
    await tab.keyboard.type("rad två")
    await tab.keyboard.press("Enter")
    await expect(chat.locator(".mine .text").last).to_have_text(f"{HOSTILE}\nrad två")
    assert server.updates.waiting()[-1]["message"]["text"] == f"{HOSTILE}\nrad två"
    await bot.send_message(
        101, '<b>Hej</b> 😀 <i>å</i> <a href="javascript:alert(3)">x</a>', parse_mode="HTML"
    )
    await expect(chat.locator(".theirs .text b")).to_have_text("Hej")
    await expect(chat.locator(".theirs .text i")).to_have_text("å")
    await expect(chat.locator(".text a")).to_have_count(0)
    await expect(chat.locator(".text img, .text script")).to_have_count(0)


async def test_pressing_and_editing_in_place(
    tab: Page, chat: Locator, anna: Account, server: BotApiServer, bot: telegram.Bot
) -> None:
    def keyboard(*labels: str) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label) for label in labels]])

    sent = await bot.send_message(101, "Ett", reply_markup=keyboard("Ja", "Nej"))
    await chat.get_by_role("button", name="Nej").focus()
    await tab.keyboard.press("Enter")
    await server.until(lambda: bool(server.world.queries))
    await bot.edit_message_text("Två", 101, sent.message_id, reply_markup=keyboard("Ja", "Nej"))
    await expect(chat.locator(".theirs")).to_have_count(1)
    await expect(chat.locator(".theirs .text")).to_have_text("Två")
    await expect(chat.get_by_role("button", name="Nej")).to_be_focused()
    (query_id,) = server.world.queries
    await bot.answer_callback_query(query_id, "Viktigt", show_alert=True)
    await expect(tab.get_by_text("Viktigt")).to_be_visible()


async def test_commands_attachments_and_files(
    tab: Page, chat: Locator, anna: Account, server: BotApiServer, bot: telegram.Bot
) -> None:
    await bot.set_my_commands([("hjalp", "Vad jag kan göra")])
    await chat.get_by_role("button", name="Kommandon").click()
    await chat.get_by_role("menuitem", name="/hjalp").click()
    await expect(chat.locator(".mine .text").last).to_have_text("/hjalp")
    await chat.get_by_role("button", name="Skicka något annat").click()
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await expect(chat.get_by_text("Röstmeddelande 0:03")).to_be_visible()
    await bot.send_document(101, b"BEGIN:VCALENDAR", filename="mote.ics")
    async with tab.expect_download() as download:
        await chat.get_by_role("link", name="mote.ics").click()
    assert (await download.value).suggested_filename == "mote.ics"


async def test_an_invitation_is_opened_by_somebody_of_the_cast(
    tab: Page, anna: Account, server: BotApiServer, bot: telegram.Bot
) -> None:
    await bot.send_message(101, f"https://t.me/{server.world.bot['username']}?start=inbjudan-1")
    await tab.locator("#chat-101 .text a").click()
    await tab.get_by_role("button", name="Mikkel").click()
    await expect(tab.locator("#chat-102 .mine .text")).to_have_text("/start inbjudan-1")


async def test_languages_clock_and_typing(
    tab: Page, chat: Locator, anna: Account, bot: telegram.Bot, server: BotApiServer
) -> None:
    await expect(tab.locator("#clock-now")).to_contain_text("10:30")
    await tab.get_by_role("button", name="+1 timme").click()
    await expect(tab.locator("#clock-now")).to_contain_text("11:30")
    await tab.get_by_role("button", name="Två timmar före").click()
    await expect(tab.get_by_text("Det finns inget bokat möte än.")).to_be_visible()
    await tab.get_by_role("button", name="Dansk", exact=True).click()
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Prøv Peerbot")
    await chat.get_by_role("combobox").select_option("en")
    await bot.send_chat_action(101, "typing")
    await expect(chat.get_by_text("Botten skriver")).to_be_attached()
    assert anna.language_code == "en"


async def test_tabs_on_a_phone(
    browser: Browser,
    page: test_page.Page,  # noqa: F811
    anna: Account,
    server: BotApiServer,
    bot: telegram.Bot,
) -> None:
    tab = await opened(browser, page.url, PHONE)
    await server.user(102, "Mikkel").send("hej")
    await bot.send_message(102, "Hej Mikkel")
    await expect(tab.get_by_text("Hej Mikkel")).to_be_hidden()
    await expect(tab.get_by_role("tab", name="Mikkel")).to_contain_text("2")
    await tab.get_by_role("tab", name="Anna").focus()
    await tab.keyboard.press("ArrowRight")
    await expect(tab.get_by_text("Hej Mikkel")).to_be_visible()
    overflow = await tab.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not overflow
