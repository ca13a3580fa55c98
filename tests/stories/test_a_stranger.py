"""A stranger tries every address with every key of a case that is not theirs: no page breaks, and none tells of the case."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import get_resolver
from django.utils import timezone

from riskwatch.archive import actions as archive
from riskwatch.case import desk
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import attach
from riskwatch.collection import actions as collection
from riskwatch.collection import bulk
from riskwatch.collection.ports import sources
from riskwatch.detection import actions
from riskwatch.detection.models import Run, Signal, Watch
from riskwatch.detection.views import ACTS
from riskwatch.documents.models import Paper
from riskwatch.doors.jobs.simulator.cast import _uscc
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.doors.portal import ports
from riskwatch.followup import actions as followup
from riskwatch.journal.models import Entry
from riskwatch.measures import served
from riskwatch.parties import desk as parties
from riskwatch.parties.actions import issue_token
from riskwatch.parties.models import SignUp
from tests.riskwatch.doors.portal.test_sign_up import PNG
from tests.stories.test_recall_to_archive import BAD, GOOD

pytestmark = pytest.mark.django_db
MARK = "绝无仅有之事"  # stands in every text and file of the case, and nowhere else
STRANGERS = ("", "rival-manager", "sz-case_officer")
# What strangers may read as well: who reported what is sealed, and a firm's own page is told apart by its own mark.
FIRMS_OWN = "企业自备之联系人"


@pytest.fixture
def case(cast, told):
    """A case of Shanghai with every kind of record, paper, file, and what lies beside it; the keys by place of an address."""
    now = timezone.now()
    cast.orgs["firm"].contact = FIRMS_OWN
    cast.orgs["firm"].save()
    facts = {
        k: f"{MARK}{v}" if k in ("text", "brand", "model", "batch", "injuries") else v for k, v in told[0].facts.items()
    }
    event = replace(told[0], title=f"{MARK}{told[0].title}", facts=facts)
    done = walk(cast, event, upto="issued", at=now - timedelta(days=3), kind="order")
    served.acknowledge(done.measure, by=cast["firm-staff"], at=now)
    followup.apply_to_lift(done.measure, report=MARK, by=cast["firm-manager"], at=now)
    followup.object_to(done.measure, grounds=MARK, by=cast["firm-manager"], at=now)
    for sheet in (done.information, done.measure):
        attach(sheet, [ContentFile(MARK.encode(), name=f"{MARK}.txt")], by=cast["sh-case_officer"], at=now)
    number, _secret = ports.hand_in(cast.orgs["sh"], title=MARK, facts={"product": MARK, "text": MARK},
                                    who={"name": MARK, "proof": "360426199101010071", "phone": "1"}, files=[], at=now)  # fmt: skip
    food = Sheet.objects.get(number=number)
    collection.refuse_scope(food, reason=MARK, elsewhere=MARK, by=cast["sh-registrar"], at=now)
    item = archive.file_information(food, retention_class="ordinary", by=cast["sh-archivist"], at=now)
    file = _collected(cast, now)
    sign_up = _signed_up(cast, now)
    sheets = list(Sheet.objects.filter(owner=cast.orgs["sh"]).order_by("kind", "pk").distinct("kind"))
    assert {s.kind for s in sheets} >= {"information", "verification", "assessment", "decision", "order", "filing", "duty", "objection",
                                        "lift_application", "archive_item"}  # fmt: skip
    return {
        "sheets": sheets, "folders": [done.folder], "assessments": [done.assessment], "archive": [item], "collect": [file], "files": [file],
        "people": [cast["firm-staff"], cast["sh-case_officer"]], "organisations": [cast.orgs["firm"]], "signups": [sign_up], "sign-ups": [sign_up],
        "papers": list(Paper.objects.filter(sheet_id__in=[s.pk for s in sheets])),
        "signals": [_flagged(cast, now)], "watches": [Watch.objects.get()], "assessment-policy": [SimpleNamespace(pk=1)],
    }  # fmt: skip


def _collected(cast, now):
    rows = json.dumps([GOOD | {"Title": MARK}, BAD | {"Title": MARK}]).encode()
    known = next(s for s in sources() if s.id == "cpsc-api")
    return bulk.collect(io.BytesIO(rows), f"{MARK}.json", bulk.Batch(known, cast.orgs["sh"], cast["sh-registrar"], now))


def _flagged(cast, now):
    """A signal on a port of the office whose case it is."""
    watch = actions.national_watch(by=cast["detector-service"], at=now)
    day = date(2026, 3, 2)
    run = Run.objects.create(watch=watch, week=day, inputs="0" * 64, parameters={}, engine="e", digest="d" * 64, by=cast["detector-service"],
                             at=now, seconds=1, records=9, undated=0, cells=1, tested=1, rejected=1, raised=1, held=0)  # fmt: skip
    return Signal.objects.create(
        run=run, week=day, place=1, cell={"product": "851650"}, cell_key="c" * 64, product="851650", sources=["media"], observed=9, expected=2.0,
        low=0, high=5, excess=3, p=1e-4, rank=9, severity=3, exposure=1, extent="regional", spread=[], findings=[],
        series={"weeks": [], "lines": []}, by_port=[{"port": "2201", "cases": 9, "expected": 2.0}], ports=["2200", "2201"],
        reports={"sheets": [], "rows": [], "total": 0}, why_zh=MARK, why_en=MARK, record="{}",
    )  # fmt: skip


def _signed_up(cast, now):
    ports.ask_for_account(
        ContentFile(PNG, name=f"{MARK}.png"), uscc=_uscc("91310115MA1TE5T55"), name_zh=MARK, legal_representative=MARK,
        region_office=cast.orgs["pj"], applicant_name=MARK, applicant_phone="1", applicant_email="a@example.com", username="newcomer",
        password="Riskwatch-new-9", at=now,
    )  # fmt: skip
    return SignUp.objects.get()


def _patterns(found=None, before=""):
    """Every address of the house, as it is written in its table."""
    for one in (found or get_resolver()).url_patterns:
        place = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _patterns(one, place)
        else:
            yield place


def _addresses(case):
    """Every address filled with the keys that fit it, and its place; one without keys fails, so that a new one finds them here."""
    for pattern in sorted(set(_patterns()), key=lambda p: "logout" in p):
        names = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
        place = next((part for part in pattern.split("/") if part in case), "") if "pk" in names else ""
        assert place or "pk" not in names, f"no key for {pattern}"
        for subject in case[place] if place else [None]:
            values = {name: _values(name, pattern, place, subject, case) for name in names}
            if pattern.startswith("api/sheets/<pk>/") and not _acts_on(subject) & {pattern.rsplit("/", 1)[-1]}:
                continue
            for chosen in product(*values.values()):
                left = list(map(str, chosen))
                filled = re.sub(r"\(\?P<\w+>[^)]*\)|<(?:\w+:)?\w+>", lambda _m, left=left: left.pop(0), pattern)
                yield "/" + filled.replace("^", "").replace("$", ""), place


def _values(name, pattern, place, subject, case):
    """What stands in an address for a name of its table."""
    if name == "pk":
        return [subject.pk]
    if name == "number":
        return [f.pk for f in subject.files.all()] if place == "sheets" else [1]
    if name != "key":
        return [f"p{s.pk}" for s in case["sheets"] if s.kind == "order"]
    if place == "signals":
        return sorted(ACTS)
    in_the_house = place in ("people", "organisations") or any(part in pattern for part in ("house", "account"))
    keys = (
        _acts_on(subject)
        if place in ("sheets", "folders")
        else {a.key for a in (parties.acts() if in_the_house else desk.acts())}
    )
    # The key comes after the record in every address: one stands for all, and the API has each as an address of its own.
    return sorted(keys)[:1]


def _acts_on(subject):
    """The acts that belong on a record or a case."""
    kind = getattr(subject, "kind", "folder")
    return {a.key for a in desk.acts() if kind in (a.kind, *a.begins_on)}


def test_the_addresses_reach_what_they_should(case, cast):
    """The same addresses show the case to whom it belongs; else a stranger would prove nothing."""
    browser, told = Client(), set()
    browser.force_login(cast["sh-case_officer"])
    for address, place in _addresses(case):
        if address.startswith("/office/") and place in (
            "sheets",
            "folders",
            "assessments",
            "collect",
            "papers",
            "archive",
        ):
            answer = browser.get(address)
            told |= (
                {place}
                if answer.status_code == 200 and (MARK in _words(answer) or place in ("papers", "archive"))
                else set()
            )
    assert told == {"sheets", "folders", "assessments", "collect", "papers", "archive"}


@pytest.mark.parametrize("who", STRANGERS)
def test_no_address_tells_a_stranger_of_a_case(who, case, cast):
    browser, key = Client(raise_request_exception=False), {}
    if who:
        browser.force_login(cast[who])
        key = {"authorization": f"Bearer {issue_token(cast[who], name='t', days=1, by=cast[who], at=timezone.now())}"}
    before = Entry.objects.latest("pk").pk
    for address, place in _addresses(case):
        body = ({"fields": {}}, "application/json") if address.startswith("/api/") else ({}, MULTIPART_CONTENT)
        for answer in (browser.get(address, headers=key), browser.post(address, *body, headers=key)):
            told = (who or "anonymous", answer.request["REQUEST_METHOD"], address, answer.status_code)
            assert answer.status_code < 500, told
            words = _words(answer)
            assert MARK not in words, told
            assert FIRMS_OWN not in words or who.startswith("sz-"), told
            assert not place or place in ("organisations", "people") or answer.status_code != 200, told
    mine = {case["folders"][0].strand, *(s.strand for s in case["sheets"])}
    assert not Entry.objects.filter(pk__gt=before, strand__key__in=mine).exists()


@pytest.mark.parametrize("who", STRANGERS[1:])
def test_no_list_and_no_search_tells_a_stranger_of_a_case(who, case, cast):
    browser, door = Client(), "office" if who.startswith("sz-") else "counter"
    browser.force_login(cast[who])
    numbers = [s.number for s in case["sheets"] if s.kind in ("information", "order")]
    wanted = (*numbers, case["folders"][0].number, "Magnet")
    for text in wanted:
        for address in ("search/", "information/") if door == "office" else ("records/",):
            assert MARK not in _words(browser.get(f"/{door}/{address}", {"q": text})), (address, text)


def _words(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="ignore") + body.decode("unicode_escape", errors="ignore") * (b"\\u" in body)
