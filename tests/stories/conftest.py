"""A real browser; it fails a story that calls an outside host or logs an error."""

from __future__ import annotations

import os
import shutil

import pytest
from django.test import Client

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no browser could be had: install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def clock(monkeypatch, settings):
    """``clock(moment)`` sets the house's clock for everything that this process answers, the browser's requests too."""
    from django.utils import timezone

    settings.SESSION_COOKIE_AGE = 100 * 366 * 86400  # who logged in stays so while days are skipped

    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return set_to


@pytest.fixture
def house(transactional_db, settings):
    """Tables and cast, committed, because the browser reads over its own connection."""
    from django.core.management import call_command

    from riskwatch.catalogue import loading as catalogue
    from riskwatch.catalogue.queries import forget
    from riskwatch.doors.jobs.simulator import cast
    from riskwatch.parties import loading as parties

    call_command("createcachetable")
    parties.load()
    catalogue.load()
    forget()
    settings.ACCOUNT_RATE_LIMITS = False
    return cast.make()


def _session(person):
    """A session of a person who has logged in; the story told by keyboard alone logs in as people do."""
    browser = Client()
    browser.force_login(person)
    return browser.cookies["sessionid"].value


@pytest.fixture
def visit(chromium, live_server, house):
    """``visit(username)`` opens a page as somebody (or as the public), the same page when they come back.

    Complaints are collected over the whole story.
    """
    complaints, contexts, known = [], [], {}

    def open_as(username=None, width=1400):
        if (username, width) in known:
            return known[username, width]
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="en-US")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        page.on(
            "request", lambda r: complaints.append(r.url) if not r.url.startswith((live_server.url, "data:")) else None
        )
        page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)
        if username:
            known[username, width] = page
            context.add_cookies([{"name": "sessionid", "value": _session(house[username]), "url": live_server.url}])
        page.home = live_server.url
        page.door = "office" if str(username)[:3] in ("sh-", "hq-", "pj-", "sz-") else "counter"
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert not complaints, complaints
