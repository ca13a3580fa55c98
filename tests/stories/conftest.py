"""A real browser; it fails a story that calls an outside host or logs an error."""

from __future__ import annotations

import os
import shutil

import pytest

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


@pytest.fixture
def visit(chromium, live_server, house):
    """``visit(username)`` opens a page as somebody (or as the public); complaints are collected over the whole story."""
    complaints, contexts = [], []

    def open_as(username=None, width=1400):
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="en-US")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        page.on(
            "request", lambda r: complaints.append(r.url) if not r.url.startswith((live_server.url, "data:")) else None
        )
        page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)
        if username:
            # The first page of a session waits for every room to be loaded.
            page.goto(live_server.url + "/accounts/login/", timeout=60_000)
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", "Riskwatch-demo-1")
            page.click("main form button")
            page.wait_for_url(lambda url: "login" not in url)
        page.home = live_server.url
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert not complaints, complaints
