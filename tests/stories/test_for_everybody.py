"""The pages are for everybody: one story told by the keyboard alone, and every main page on a screen 360 points wide."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from riskwatch.case.models import Sheet
from riskwatch.disclosure import actions as disclosure
from riskwatch.doors.jobs.simulator.cast import PASSWORD
from riskwatch.doors.jobs.simulator.river import Way, walk
from riskwatch.measures import served
from tests.stories.verbs import shot

pytestmark = pytest.mark.django_db(transaction=True)
FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
# What the element in focus says of itself, and whether its focus can be seen.
FOCUS = """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  return { words: (e.innerText || e.getAttribute("aria-label") || "").trim(), name: e.getAttribute("name") || "", act: e.dataset.act || "", id: e.id, tag: e.tagName,
    seen: (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none") && r.width > 0 && r.bottom > 0 && r.top < innerHeight }; }"""


class Keys:
    """A person who has a keyboard and nothing else."""

    def __init__(self, page):
        self.page = page

    def to(self, **wanted):
        """Press Tab until the focus is where one wants it; every stop on the way can be seen, none holds one back."""
        seen = Counter()
        for _press in range(150):
            self.page.keyboard.press("Tab")
            now = self.page.evaluate(FOCUS)
            if now["tag"] == "BODY":
                continue
            assert now["seen"], f"the focus cannot be seen on {now}"
            if all(value in now[key] if key == "words" else value == now[key] for key, value in wanted.items()):
                return now
            seen[str(now)] += 1
        raise AssertionError(f"not reached: {wanted}; stops: {list(seen)[:60]}")

    def type(self, name, words):
        self.to(name=name)
        self.page.keyboard.type(words)

    def enter(self):
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def test_a_verification_is_approved_by_the_keyboard_alone(visit, house, clock, told, at):
    done = walk(house, told[0], upto="reported", at=clock(at))
    page = visit()
    page.goto(page.home + "/office/inbox/")
    keys = Keys(page)
    keys.type("login", "sh-approver")
    keys.type("password", PASSWORD)
    keys.enter()  # Enter in the last box logs in
    assert "待办" in page.inner_text("h1")

    # The skip link is the first stop and leads past the menus.
    assert keys.to()["words"] == "跳到正文"
    shot(page, "skip-link")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    keys.to(words=f"{done.information.number}-H1")
    keys.enter()
    keys.to(act="verification-approve")
    shot(page, "focus")
    keys.enter()
    keys.type("remark", "同意")
    keys.to(tag="BUTTON", words="审核通过")
    keys.enter()
    assert "已办理" in page.inner_text(".alert-success")
    done.information.refresh_from_db()
    assert done.information.stage == "verified"

    # The person's menu opens, is walked through and closes; at the end of the page Tab comes round again.
    keys.to(words="上海审核岗")
    page.keyboard.press("Enter")
    page.wait_for_selector(".dropdown-menu.show")
    keys.to(words="修改密码")
    page.keyboard.press("Escape")
    page.wait_for_selector(".dropdown-menu.show", state="hidden")
    keys.to(words="跳到正文")


PAGES = {
    "sh-registrar": ("inbox/", "dashboard/", "information/", "information/groups/", "folders/", "measures/", "filings/", "overdue/",
                     "search/?q=RI", "lawmap/", "messages/", "collect/", "register/", "organisations/", "account/", "signups/"),
    "sh-archivist": ("inbox/", "archive/"), "hq-policy": ("policy/",), "hq-audit": ("journal/",), "hq-security": ("people/",),
    "firm-manager": ("inbox/", "records/", "report/", "knowledge/", "traceability/", "organisation/", "messages/"),
    "centre-registrar": ("register/",), "tech-assessor": ("inbox/",),
}  # fmt: skip
PUBLIC = (
    "",
    "announcements/",
    "report/",
    "receipt/",
    "sign-up/",
    "accounts/login/",
    "accounts/password/reset/",
    "no-such-page/",
    "api/docs",
)


@pytest.fixture
def addresses(house, clock, told, at):
    """Who opens which page: lists with something in them, a record of each kind, a form, the workbench, the public's pages."""
    clock(at)
    public = walk(house, told[1], upto="issued", at=at, way=Way("hq", "announcement")).measure
    working, decided = walk(house, told[2], upto="working", at=at), walk(house, told[3], upto="decided", at=at)
    done = walk(house, told[0], upto="issued", at=at)
    later = clock(at + timedelta(days=2))
    disclosure.publish(public.effects.get(kind="release"), redacted=True, by=house["hq-releaser"], at=later)
    served.acknowledge(done.measure, by=house["firm-staff"], at=later)
    clock(at + timedelta(days=80))  # much of it is overdue by now
    kinds = Sheet.objects.order_by("kind", "-pk").distinct("kind").values_list("pk", flat=True)
    return [
        *((who, f"/{'office' if who[2] == '-' else 'counter'}/{path}") for who, paths in PAGES.items() for path in paths),
        *(("hq-decider", f"/office/sheets/{pk}/") for pk in kinds), ("hq-decider", f"/office/folders/{done.folder.pk}/"),
        ("sh-case_officer", f"/office/sheets/{decided.decision.pk}/order-draft/"),
        ("sh-case_officer", f"/office/folders/{done.folder.pk}/decision-decide_emergency/"),
        ("tech-assessor", f"/counter/assessments/{working.assessment.pk}/"), ("firm-staff", f"/counter/sheets/{done.measure.pk}/"),
        *((None, f"/{path}") for path in (*PUBLIC, f"announcements/p{public.pk}/")),
    ]  # fmt: skip


def test_every_main_page_on_a_narrow_screen_has_names_ranks_and_ink(visit, addresses):
    found, anybody = [], visit(width=360)
    for who, path in addresses:
        page = visit(who, width=360) if who else anybody
        page.goto(page.home + path)
        shot(page, "narrow-" + path.strip("/").replace("/", "-").partition("?")[0] + f"-{who}")
        found += [f"{who or 'anybody'} {path}: {fault}" for fault in page.evaluate(FAULTS)]
    assert not found, "\n".join(found)
