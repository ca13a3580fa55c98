"""Who sees what, declared once and walked everywhere: kinds × relations × surfaces (page, API, lists, search, files, exports)."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.assessment import reporting
from riskwatch.case.access import ACCESS, depth
from riskwatch.case.models import Folder
from riskwatch.case.queries import search
from riskwatch.disclosure.models import Publication
from riskwatch.documents.models import Paper
from riskwatch.parties.actions import issue_token

pytestmark = pytest.mark.django_db
REPORTER = "王实名"
# Everybody by their relation to Shanghai's cases. Whoever stands in no row of the table below sees nothing.
PEOPLE = {
    "handler": "sh-case_officer", "same_office": "sh-releaser", "superior": "hq-supervisor", "subordinate": "pj-case_officer",
    "other_office": "sz-case_officer", "centre": "centre-approver", "commissioned": "tech-assessor", "other_body": "lab-tester",
    "panel": "panel-2", "operator": "firm-staff", "other_operator": "rival-manager", "agent": "broker", "ended_agent": "ex-broker",
    "system": "hq-system", "security": "hq-security", "audit": "hq-audit", "policy": "hq-policy",
}  # fmt: skip
HOUSE = {"handler": "full", "same_office": "full", "superior": "full"}  # Shanghai's own, and headquarters above it
UP = {"superior": "full"}  # headquarters' own
TABLE = {
    "information": HOUSE | {"commissioned": "commissioned"},
    "own_report": HOUSE | {"operator": "own"},
    "agents_report": HOUSE | {"operator": "own", "agent": "own"},
    "ended_report": HOUSE | {"operator": "own", "ended_agent": "filed"},
    "named_report": HOUSE,
    "centres_information": {"centre": "full", "superior": "full"},
    "amendment": HOUSE,
    "verification": HOUSE,
    "transfer": HOUSE | {"other_office": "full"},
    "proposal": {"centre": "full", "superior": "full"},
    "assessment": HOUSE | {"commissioned": "full", "operator": "conclusion"},
    "reassessment_due": HOUSE,
    "decision": HOUSE,
    "emergency_review": UP,
    "circular": HOUSE | {"subordinate": "full", "other_office": "full"},
    "notice": HOUSE | {"subordinate": "full", "operator": "own"},
    "announcement": UP | {"handler": "full", "same_office": "full", "subordinate": "full", "other_office": "full"},
    "regime_change": HOUSE,
    "order": HOUSE | {"operator": "own"},
    "order_draft": HOUSE,
    "survey": HOUSE | {"subordinate": "full", "other_office": "full"},
    "joint_handling": HOUSE,
    "filing": HOUSE,
    "duty": HOUSE | {"operator": "own"},
    "objection": HOUSE | {"operator": "own"},
    "lift_application": HOUSE | {"operator": "own"},
    "traceability": HOUSE | {"operator": "own"},
    "release": HOUSE,
    "correction": UP,
    "archive_item": HOUSE,
}
OFFICE = ("sh-", "hq-", "pj-", "sz-")


class Caller:
    """One person at every door."""

    def __init__(self, person):
        self.person, self.browser = person, Client()
        self.browser.force_login(person)
        key = issue_token(person, name="t", days=1, by=person, at=timezone.now())
        self.header = {"authorization": f"Bearer {key}"}
        self.door = "office" if person.username.startswith(OFFICE) else "counter"

    def page(self, path):
        return self.browser.get(f"/{self.door}{path}")

    def api(self, path):
        return Client().get(f"/api{path}", headers=self.header)


def every_kind_of_the_house_stands_in_the_table(house, callers, cast, told):
    assert set(TABLE) == set(house)
    # Sealing is listed by law and refused by the house: no such record can come into being yet.
    assert {s.kind for s in house.values()} == set(ACCESS) - {"seizure"}


def the_table_holds_on_every_surface(house, callers, cast, told):
    """One walk; what does not hold is told all at once."""
    at, wrong = timezone.now(), []
    for relation, caller in callers.items():
        listed = {row["id"] for row in caller.api("/sheets?limit=200").json()}
        for name, sheet in house.items():
            want = TABLE[name].get(relation)
            seen = 200 if want else 404
            answer = caller.api(f"/sheets/{sheet.pk}")
            got = {
                "depth": depth(sheet, to=caller.person, at=at) == want,
                "page": caller.page(f"/sheets/{sheet.pk}/").status_code == seen,
                "api": answer.status_code == seen and (not want or answer.json()["depth"] == want),
                "list": (sheet.pk in listed) == bool(want),
                "search": not sheet.number or (sheet in search(sheet.number, to=caller.person, at=at)) == bool(want),
            }
            wrong += [(relation, name, surface, want) for surface, holds in got.items() if not holds]
    assert wrong == []


def full_and_part_say_what_they_should_and_no_more(house, callers, cast, told):
    """Words of a record that only some depth may read, on page and over the API."""
    for name, words, readers in (
        ("named_report", "磁铁脱落", {"handler", "same_office", "superior"}),
        ("objection", "涉及数量不实", {"handler", "operator"}),
        ("lift_application", "已整改", {"handler", "operator"}),
    ):  # fmt: skip
        for relation in readers:
            caller = callers[relation]
            assert words in caller.page(f"/sheets/{house[name].pk}/").content.decode(), (name, relation)
    released = callers["handler"].api(f"/sheets/{house['release'].pk}").json()
    assert "进口商名称" in str(released["facts"])
    for relation in ("operator", "subordinate"):
        seen = callers[relation].api(f"/sheets/{house['notice'].pk}").json()
        assert seen["acts"] == (["objection-raise", "lift_application-apply"] if relation == "operator" else [])
    own = callers["operator"].api(f"/sheets/{house['order'].pk}").json()
    assert own["handler"] == ""
    assert callers["operator"].api(f"/sheets/{house['order'].pk}/course").status_code == 403
    conclusion = callers["operator"].api(f"/sheets/{house['assessment'].pk}").json()
    assert {f["label"] for f in conclusion["facts"]} == {"风险等级", "危害"}
    assert not conclusion["files"]
    assert not conclusion["papers"]


def a_reporters_name_is_nowhere_and_opens_to_the_handler_alone(house, callers, cast, told):
    sheet = house["named_report"]
    for caller in callers.values():
        for body in (caller.page(f"/sheets/{sheet.pk}/"), caller.api(f"/sheets/{sheet.pk}"), caller.api(f"/sheets?q={REPORTER}"),
                     caller.api("/messages"), caller.api(f"/sheets/{sheet.pk}/course")):  # fmt: skip
            assert REPORTER not in body.content.decode()
        opened = caller.browser.post(f"/{caller.door}/sheets/{sheet.pk}/identity/", {"reason": "核实"})
        assert opened.status_code in (403, 404)
        assert REPORTER not in opened.content.decode()
    handler = Caller(cast["sh-registrar"])
    opened = handler.browser.post(f"/office/sheets/{sheet.pk}/identity/", {"reason": "核实"})
    assert REPORTER in opened.content.decode()
    refused = Client().post(f"/api/sheets/{sheet.pk}/information-reveal_identity", {"fields": {"reason": "核实"}}, content_type="application/json",
                            headers=handler.header)  # fmt: skip
    assert refused.status_code == 403


def files_and_papers_open_to_whom_they_are_shown(house, callers, cast, told):
    sheet = house["own_report"]
    theirs, inside = sheet.files.order_by("pk")
    paper = Paper.objects.filter(sheet_id=house["notice"].pk).first()
    package = house["archive_item"].pk
    allowed = {
        f"/sheets/{sheet.pk}/files/{theirs.pk}": {*HOUSE, "operator"},
        f"/sheets/{sheet.pk}/files/{inside.pk}": {*HOUSE},
        f"/papers/{paper.pk}": {*HOUSE, "subordinate", "operator"},
    }
    for path, readers in allowed.items():
        for relation, caller in callers.items():
            want = 200 if relation in readers else 404
            assert caller.page(f"{path}/").status_code == want, (path, relation, "page")
            assert caller.api(path).status_code == want, (path, relation, "api")
    for relation, caller in callers.items():
        want = 200 if relation in HOUSE else 404
        assert caller.page(f"/archive/{package}/package.zip").status_code == want, relation
        assert caller.api(f"/sheets/{package}/package.zip").status_code == want, relation


def folders_and_their_course_are_officials_of_the_case(house, callers, cast, told):
    folder = Folder.objects.get(pk=house["notice"].folder_id)
    for relation, caller in callers.items():
        want = 200 if relation in HOUSE else 404
        assert caller.api(f"/folders/{folder.pk}").status_code == want, relation
        assert caller.api(f"/folders/{folder.pk}/course").status_code == want, relation
        assert (folder.pk in {f["id"] for f in caller.api("/folders?limit=200").json()}) == (want == 200), relation
        if caller.door == "office":
            assert caller.page(f"/folders/{folder.pk}/").status_code == want, relation
    for relation in ("operator", "commissioned", "centre"):
        assert callers[relation].browser.get(f"/office/folders/{folder.pk}/").status_code == 403


def drafts_of_an_assessment_are_who_was_entrusteds_alone(house, callers, cast, told):
    from riskwatch.doors.jobs.simulator.river import assessed, walk

    working = walk(cast, told[11], upto="working", at=timezone.now() - timezone.timedelta(days=1)).assessment
    document = assessed("尚未写完的危害")
    reporting.save_draft(working, document=document, by=cast["tech-assessor"], at=timezone.now())
    for relation, want in (("commissioned", True), ("handler", False), ("superior", False)):
        shown = callers[relation].api(f"/assessments/{working.pk}")
        assert shown.status_code == 200
        assert ("尚未写完的危害" in json.dumps(shown.json(), ensure_ascii=False)) == want, relation
        page = callers[relation].page(f"/assessments/{working.pk}/")
        assert (json.dumps("尚未写完的危害")[1:-1] in page.content.decode()) == want, relation
        assert callers[relation].api(f"/assessments/{working.pk}/versions/d1").status_code == (200 if want else 404)
    for relation in ("operator", "other_body", "other_office", "panel"):
        assert callers[relation].api(f"/assessments/{working.pk}").status_code == 404


def counts_and_exports_hold_ones_own_area(house, callers, cast, told):
    areas = {}
    for relation, caller in callers.items():
        table, file, book = (caller.api(f"/statistics{form}") for form in ("", ".csv", ".xlsx"))
        officials = caller.door == "office" or relation == "centre"
        assert {table.status_code, file.status_code, book.status_code} == {200 if officials else 403}, relation
        if officials:
            areas[relation] = table.json()["received"]
        page = caller.browser.get("/office/archive/statistics.csv")
        assert page.status_code == (200 if caller.door == "office" else 403), relation
    assert areas["handler"] > 10
    assert areas["superior"] > areas["handler"]
    assert areas["centre"] == 1
    for relation in ("subordinate", "other_office", "system", "security", "audit", "policy"):
        assert areas[relation] == 0, relation


def the_journal_people_and_rules_open_to_their_keepers(house, callers, cast, told):
    for relation, caller in callers.items():
        assert caller.api("/journal").status_code == (200 if relation == "audit" else 403), relation
        accounts = {p["username"] for p in caller.api("/people?limit=200").json()}
        assert (len(accounts) > 20) == (relation in ("system", "security")), relation
        assert caller.api("/policy").status_code == (200 if caller.door == "office" else 403), relation
        assert bool(caller.api("/messages").json()) <= (relation not in ("system", "security", "audit", "policy")), (
            relation
        )
    rows = callers["audit"].api("/journal?limit=200").json()
    assert {"act", "hash", "actor"} <= set(rows[0])
    assert "content" not in rows[0]


def the_public_reads_what_was_released_and_nothing_else(house, callers, cast, told):
    public = Client()
    body = public.get("/announcements.json").content.decode() + public.get("/api/announcements").content.decode()
    assert "关于积木的公告" in body
    for sheet in house.values():
        assert sheet.kind == "announcement" or not sheet.number or sheet.number not in body, sheet.kind
        assert public.get(f"/api/sheets/{sheet.pk}").status_code == 401
        assert public.get(f"/office/sheets/{sheet.pk}/").status_code == 302
    slug = Publication.objects.get(current=True).slug
    shown = public.get(f"/api/announcements/{slug}").json()
    assert [row["version"] for row in shown] == [1]
    assert public.get("/api/announcements/m999999").status_code == 404


def every_read_answers_without_breaking(house, callers, cast, told):
    """Each address that the API reads at, with a key that exists, before people of every sort: a page or a clear no."""
    paths = Client().get("/api/openapi.json").json()["paths"]
    keys = {
        "/sheets": house["notice"].pk, "/folders": house["notice"].folder_id, "/organisations": cast.orgs["firm"].pk, "/people": cast["firm-staff"].pk,
        "/assessments": house["assessment"].pk, "/assessment-policy": 1, "/signals": 1, "/watches": 1, "/files": 1, "/sign-ups": 1, "/papers": Paper.objects.first().pk,
        "/announcements": Publication.objects.first().slug,
    }  # fmt: skip
    read = 0
    for path, ways in paths.items():
        if "get" not in ways:
            continue
        where = path.removeprefix("/api")
        key = str(keys.get("/" + where.split("/")[1], ""))
        for mark in ("{pk}", "{int:pk}", "{slug}"):
            where = where.replace(mark, key)
        where = where.replace("{number}", "1").replace("{key}", "r1")
        where += "?before=r1&after=r1" if where.endswith("/compare") else ""
        for relation in ("handler", "operator", "commissioned", "centre", "audit", "system"):
            answer = callers[relation].api(where)
            assert answer.status_code < 500, (relation, where)
            assert answer.status_code < 400 or answer.json()["remedy"], (relation, where)
            read += answer.status_code == 200
    assert read > 100


WALKS = (
    every_read_answers_without_breaking,
    every_kind_of_the_house_stands_in_the_table,
    the_table_holds_on_every_surface,
    full_and_part_say_what_they_should_and_no_more,
    a_reporters_name_is_nowhere_and_opens_to_the_handler_alone,
    files_and_papers_open_to_whom_they_are_shown,
    folders_and_their_course_are_officials_of_the_case,
    drafts_of_an_assessment_are_who_was_entrusteds_alone,
    counts_and_exports_hold_ones_own_area,
    the_journal_people_and_rules_open_to_their_keepers,
    the_public_reads_what_was_released_and_nothing_else,
)


def test_who_sees_what_everywhere(every_kind, cast, told):
    """The house is built once; every walk is taken, and all that does not hold is told together."""
    callers = {relation: Caller(cast[name]) for relation, name in PEOPLE.items()}
    wrong = []
    for walk in WALKS:
        try:
            walk(every_kind, callers, cast, told)
        except AssertionError as error:
            wrong.append(f"{walk.__name__.replace('_', ' ')}: {error}")
    assert not wrong, "\n\n".join(wrong)
