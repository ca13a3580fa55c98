"""What people do in the browser, as verbs over a page that ``visit`` opened: the one way in which stories drive it."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

from playwright.sync_api import Page

PRESS = "main form button.btn-primary"


def fill(page: Page, words: Any = (), checks: Any = (), selects: Any = (), rest: str = "") -> None:
    """Fill a form: texts and days, boxes (``True``, or the value of one of several), lists by label.

    With ``rest`` every box for words that is still empty says that, and every day is the house's today.
    """
    for name, text in dict(words).items():
        page.fill(f"main [name={name}]", str(text))
    for name, value in dict(checks).items():
        page.check(f"main [name={name}]" + ("" if value is True else f"[value='{value}']"))
    for name, label in dict(selects).items():
        page.select_option(f"main select[name={name}]", label=label)
    for box in page.locator("main form textarea, main form input[type=date]").all() if rest else ():
        if not box.input_value():
            box.fill(str(_today()) if box.get_attribute("type") == "date" else rest)


def _today() -> date:
    from django.utils import timezone

    return timezone.localdate()


def take(page: Page, act: str, words: Any = (), checks: Any = (), selects: Any = (), rest: str = "") -> None:
    """Press an act's button, fill its form, send it; it is done."""
    follow(page, f"[data-act='{act}']")
    fill(page, words, checks, selects, rest)
    send(page)


def send(page: Page) -> None:
    """Send a form that is right."""
    page.click(PRESS)
    page.wait_for_selector(".alert-success")


def refused(page: Page, act: str = "", words: Any = (), checks: Any = (), selects: Any = (), rest: str = "") -> str:
    """Try an act that is refused (without a name: the form that is open); returns reason, remedy and rule as they are shown."""
    if act:
        follow(page, f"[data-act='{act}']")
    fill(page, words, checks, selects, rest)
    page.click(PRESS)
    return page.inner_text(".refused")


def follow(page: Page, link: str) -> str:
    """Follow a link; returns what the page behind it says."""
    with page.expect_navigation():
        page.click(link)
    return said(page)


def find(page: Page, words: str) -> None:
    """Search, and open the first record found."""
    page.goto(f"{page.home}/{page.door}/{'search' if page.door == 'office' else 'records'}/?q={words}")
    follow(page, "main table tbody a >> nth=0")


def open_(page: Page, record: Any) -> str:
    """Open a record or a case at this person's door; returns what the page says."""
    place = "folders" if record._meta.model_name == "folder" else "sheets"
    page.goto(f"{page.home}/{page.door}/{place}/{record.pk}/")
    return said(page)


def go(page: Page, address: str) -> str:
    """Open an address below this person's door; returns what the page says."""
    page.goto(f"{page.home}/{page.door}/{address}")
    return said(page)


def said(page: Page) -> str:
    """What the page says."""
    return page.inner_text("main")


def acts(page: Page) -> set[str]:
    """The acts that the page offers."""
    return {one.get_attribute("data-act") for one in page.locator("[data-act]").all()}


def number(page: Page) -> str:
    """The number of the record on the page."""
    return page.inner_text(".heading .small").split("·")[1].strip()


def shot(page: Page, name: str) -> None:
    """A picture for whoever wants to look, in the folder that SHOTS names."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
