"""The demo on screen: every login finds work in sensible texts, and no page in Chinese shows a code."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.test import Client
from lxml import html

from riskwatch.case import queries
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.doors.jobs.simulator import demo
from riskwatch.doors.jobs.simulator.stories import STORIES
from riskwatch.parties.models import Person

pytestmark = pytest.mark.django_db
CODE = re.compile(r"(?<![A-Za-z0-9_.@/-])[a-z]+[_.][a-z][a-z_]*(?![A-Za-z0-9_.@/-])")
# Names that people typed or that are shown as what they are: user names, files, fields of a file that was refused.
PLAIN = re.compile(r"[\w.-]+\.(csv|json|xlsx|pdf|zip)|sh-case_officer|[\w-]+_officer")
OFFICE = ("inbox/", "dashboard/", "information/", "information/groups/", "folders/", "measures/", "measures/?all=1", "filings/", "search/?q=RI",
          "archive/", "lawmap/", "messages/", "signals/", "signals/back-test/", "watches/")  # fmt: skip
WALKS = {
    "sh-registrar": (*OFFICE, "collect/", "register/", "signups/"), "sh-case_officer": OFFICE, "sh-approver": OFFICE, "sh-archivist": OFFICE,
    "hq-decider": OFFICE, "sh-supervisor": OFFICE, "hq-policy": ("policy/", "lawmap/"), "hq-audit": ("journal/",),
    "hq-system": ("people/",), "hq-security": ("people/",),
}  # fmt: skip
COUNTER = {"tech-assessor": (), "panel-chair": (), "lab-tester": ("report/",), "centre-registrar": ("register/",),
           "centre-approver": ("propose/",), "firm-manager": ("report/", "knowledge/", "traceability/", "organisation/"),
           "rival-manager": ()}  # fmt: skip
# Administrators look after accounts and the journal; no case work waits for them.
NO_INBOX = {"hq-policy", "hq-system", "hq-security", "hq-audit"}


@pytest.fixture
def loaded(db):
    demo.load()


@pytest.fixture
def now():
    from django.utils import timezone

    return timezone.now()


def shown(body: bytes) -> str:
    """The words that a page shows."""
    page = html.fromstring(body)
    for hidden in page.xpath("//script|//style|//code"):
        hidden.drop_tree()
    return " ".join(page.text_content().split())


def pages():
    """Login and address of every main page, and of every record that some of the logins see."""
    for who, paths in WALKS.items():
        yield from ((who, f"/office/{p}") for p in paths)
    for who, paths in COUNTER.items():
        yield from ((who, f"/counter/{p}") for p in ("inbox/", "records/", "messages/", *paths))
    yield from (("hq-decider", f"/office/sheets/{pk}/") for pk in Sheet.objects.values_list("pk", flat=True))
    yield from (("hq-decider", f"/office/folders/{pk}/") for pk in Folder.objects.values_list("pk", flat=True))
    yield from (("", p) for p in ("/", "/announcements/", "/report/", "/receipt/", "/sign-up/", "/accounts/login/",
                                  "/accounts/signup/", "/accounts/password/reset/"))  # fmt: skip
    yield "sh-registrar", "/accounts/2fa/"


def test_pages_of_the_demo_show_no_code_and_speak_of_their_own_product(loaded):
    clients: dict[str, Client] = {}
    found: Counter[str] = Counter()
    for who, path in pages():
        client = clients.setdefault(who, Client())
        if who and "_auth_user_id" not in client.session:
            client.force_login(Person.objects.get(username=who))
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, (who, path, answer.status_code)
        said = shown(answer.content)
        for code in CODE.findall(PLAIN.sub("", said)):
            found[f"{code} on {re.sub(r'[0-9]+', 'N', path)}"] += 1
        if record := re.fullmatch(r"/office/sheets/(\d+)/", path):
            speaks_of_its_own_product(Sheet.objects.get(pk=record[1]), said)
    assert not found, found


def speaks_of_its_own_product(sheet: Sheet, said: str) -> None:
    """A notice on brake hoses does not warn of swallowing magnets."""
    own = [s for s in STORIES if s.product in sheet.title]
    if len(own) != 1:
        return
    for other in STORIES:
        if other is not own[0]:
            assert other.advice not in said, (sheet, other.product)
            assert other.harm not in said, (sheet, other.product)


def test_work_waits_for_every_login_that_is_printed(loaded, now):
    for _words, username in demo.LOGINS:
        me = posts_of(Person.objects.get(username=username), now)
        waits = queries.inbox(me, at=now).exists()
        if username == "sh-archivist":
            waits = Folder.objects.filter(state="closed").exists()
        assert waits or username in NO_INBOX, username
