"""The assessment workbench: writing, live scoring, saved versions, what changed between two of them, the report's preview."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decree188.calendar import shanghai_date
from riskmethods import MethodError, compare, scenario_methods
from riskmethods.annexes import FORMS
from riskmethods.editions import LEVEL_WORDS
from riskmethods.injuries import INJURIES
from riskmethods.vocabulary import TABLES, codes
from riskwatch.assessment import policies, reporting, scoring
from riskwatch.assessment.library import library
from riskwatch.assessment.models import Assessment
from riskwatch.case import desk
from riskwatch.case.access import depth, visible
from riskwatch.case.models import Sheet
from riskwatch.documents import paper
from riskwatch.look.asked import whole_number
from riskwatch.look.templatetags.look import shanghai
from riskwatch.parties.models import Person
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal

READERS = ("full", "commissioned")
LARGEST = 1_000_000


def assessment_seen(request: SignedIn, pk: int) -> Assessment:
    """The assessment of a person who sees it whole; 404 for everybody else."""
    return assessment_of(request.user, pk, at=timezone.now())


def assessment_of(person: Person, pk: int, *, at: datetime) -> Assessment:
    """The same for a person who came in at another door."""
    sheet = get_object_or_404(visible(Sheet.objects.filter(kind="assessment"), to=person, at=at), pk=pk)
    if depth(sheet, to=person, at=at) not in READERS:
        raise Http404
    return get_object_or_404(
        Assessment.objects.select_related("sheet", "sheet__owner", "assessor", "previous"), pk=sheet.pk
    )


@login_required
@require_GET
def workbench(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """The workbench on one assessment; who may not write it reads it."""
    row = assessment_seen(request, pk)
    at = timezone.now()
    writes = reporting.may_write(row.sheet, by=request.user, at=at)
    report = reporting.latest_report(row)
    own = reporting.is_author(row, request.user, at=at)
    document = reporting.starting_document(row, drafts=own) if writes or not report else report.document
    start = {
        "document": document, "editable": writes, "vocabulary": vocabulary() | {"scales": scales(at)}, "library": library(),
        "version": row.sheet.version, "draft": reporting.draft_number(row), "urls": {name: reverse(f"{door}:assessment_{name}", args=[pk]) for name in ("score", "save", "submit")},
    }  # fmt: skip
    context = {
        "row": row, "sheet": row.sheet, "door": door, "start": start, "writes": writes, "versions": versions_of(row, drafts=own),
        "unstated": writes and not row.statements.filter(person=request.user).exists(),
        "report": report,
    }  # fmt: skip
    return render(request, "assessment/workbench.html", context)


def versions_of(row: Assessment, *, drafts: bool) -> list[dict[str, Any]]:
    """Submitted reports, newest first, with those of the assessment that this one replaces; for its authors, drafts too."""
    found = [{"key": f"d{d.number}", "words": _("草稿%(n)s") % {"n": d.number}, "who": d.saved_by, "at": d.saved_at}
             for d in (row.drafts.select_related("saved_by").order_by("-number")[:30] if drafts else ())]  # fmt: skip
    for one, mark in ((row, "r"), (row.previous, "p")):
        for r in one.reports.select_related("submitted_by").order_by("-version") if one else ():
            words = _("报告第%(n)s版") if mark == "r" else _("上次评估报告第%(n)s版")
            found.append({"key": f"{mark}{r.version}", "words": words % {"n": r.version}, "who": r.submitted_by, "at": r.submitted_at})  # fmt: skip
    return sorted(found, key=lambda v: v["at"], reverse=True)


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """The code tables, grids and scales that the page offers."""
    return {
        **{name: [t.as_json() for t in terms] for name, terms in TABLES.items()},
        "methods": [m.as_json() for m in scenario_methods() if m.grid],
        "annex_forms": [f.as_json() for f in FORMS],
        "levels": {code: {"zh": zh, "en": en} for code, (zh, en) in LEVEL_WORDS.items()},
        "injuries": [
            {"code": i.code, "zh": i.zh, "en": i.en, "cells": [c.as_json() if c else None for c in i.cells]}
            for i in INJURIES
        ],
    }


def scales(at: datetime) -> dict[str, Any]:
    """What severity means for each interest, by the policy of the day."""
    policy = policies.policy_on(shanghai_date(at))
    return {code: policy.scale(code).as_json() for code in codes("interests")}


def _document(request: HttpRequest) -> dict[str, Any]:
    """The document in a request's body, bounded before it is read."""
    if len(request.body) > LARGEST:
        raise Refusal(_("评估文件过大"), remedy=_("缩短文字或减少情景"), code="too_large", status=413)
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refusal(_("内容不是JSON"), remedy=_("提交JSON对象，见“接口说明”"), code="not_json", status=422) from None
    if not isinstance(given, dict):
        raise Refusal(_("评估文件须是一个对象"), remedy=_("提交JSON对象，见“接口说明”"), code="not_json", status=422)
    return given


@login_required
@require_POST
def score(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """A document scored as it is typed: the result with its charts, or the faults with their places."""
    row, at = assessment_seen(request, pk), timezone.now()
    try:
        document = _document(request)
        if not document.get("policy") or reporting.may_write(row.sheet, by=request.user, at=at):
            document = reporting.signed(document, request.user, at)  # a submitted one is read as it was assessed
    except Refusal as refused:
        return _refused(refused)
    return JsonResponse(scoring.scored(document, policies.pinned(document)))


@login_required
@require_POST
def save(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """Keep the document as a draft."""
    row = assessment_seen(request, pk)
    try:
        after = whole_number(request.GET.get("after"))
        document = _document(request)
        draft = reporting.save_draft(row.sheet, document=document, after=after, by=request.user, at=timezone.now())
    except Refusal as refused:
        return _refused(refused)
    return JsonResponse({"number": draft.number, "at": shanghai(draft.saved_at)})


@login_required
@require_POST
def submit(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """Submit the document as the report: the same act as everywhere, answered for the page."""
    row = assessment_seen(request, pk)
    at = timezone.now()
    one = desk.act("assessment-submit")
    try:
        given = _document(request)
        form = one.bind({"document": given.get("document")}, None, subject=row.sheet, by=request.user, at=at)
        if not form.is_valid():
            raise Refusal(
                _("评估文件须是一个对象"), remedy=_("提交JSON对象，见“接口说明”"), code="not_json", status=422
            )
        shown = given.get("version")
        made = desk.take(
            one,
            row.sheet,
            form=form,
            by=request.user,
            at=at,
            expected_version=shown if isinstance(shown, int) else None,
        )
    except Refusal as refused:
        return _refused(refused)
    messages.success(request, _("评估报告已提交"))
    return JsonResponse({"url": reverse(f"{door}:sheet", args=[made.pk])})


def _refused(refused: Refusal) -> HttpResponse:
    said = {
        "refused": str(refused.reason),
        "remedy": str(refused.remedy or ""),
        "fields": {k: str(v) for k, v in refused.fields.items()},
    }
    return JsonResponse(said, status=refused.status)


def version_of(row: Assessment, key: str, *, drafts: bool) -> dict[str, Any]:
    """The document of a version's key: d3 a draft, r1 a report, p1 a report of the assessment before."""
    mark, number = key[:1], key[1:]
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise Http404
    if mark == "d" and drafts:
        return dict(get_object_or_404(row.drafts, number=int(number)).document)
    owner = {"r": row, "p": row.previous}.get(mark)
    if owner is None:
        raise Http404
    return dict(get_object_or_404(owner.reports, version=int(number)).document)


def comparable(row: Assessment, key: str, *, by: Person, at: datetime, drafts: bool) -> dict[str, Any]:
    """A version to compare: a report as it was assessed, a draft as it would be today."""
    document = version_of(row, key, drafts=drafts)
    return reporting.signed(document, by, at) if key[:1] == "d" else document


@login_required
@require_GET
def versions(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """Two versions side by side in words: which inputs changed, and whether the level did."""
    row = assessment_seen(request, pk)
    before, after = (request.GET.get(k, "") for k in ("from", "to"))
    at = timezone.now()
    own = reporting.is_author(row, request.user, at=at)
    told, faults = None, []
    if before and after:
        try:
            pair = [comparable(row, key, by=request.user, at=at, drafts=own) for key in (before, after)]
            told = compare(*(reporting.assessed(document) for document in pair))
        except MethodError as error:
            faults = scoring.faults(error)
    lang = scoring.language()
    changes = [(c.words(lang), c.before is None, c.after is None) for c in told.inputs] if told else []
    context = {"row": row, "sheet": row.sheet, "door": door, "versions": versions_of(row, drafts=own), "before": before, "after": after,
               "told": told, "changes": changes, "faults": faults,
               "levels": [scoring.named(level) for level in told.levels] if told else []}  # fmt: skip
    return render(request, "assessment/versions.html", context)


@login_required
@require_GET
def preview(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """The report as it would be printed from a version: seven parts, charts, whole calculation; Chinese or English, page or PDF."""
    row = assessment_seen(request, pk)
    lang = "en" if request.GET.get("lang") == "en" else "zh"
    key = request.GET.get("version", "")
    own = reporting.is_author(row, request.user, at=timezone.now())
    document = version_of(row, key, drafts=own) if key else reporting.starting_document(row, drafts=own)
    faults: list[dict[str, str]] = []
    content = None
    try:
        content = reporting.preview(
            row, document, by=request.user, at=timezone.now(), lang=lang, submitted=key[:1] in ("r", "p")
        )
    except MethodError as error:
        faults = scoring.faults(error)
    if content and request.GET.get("pdf"):
        body = paper.render("assessment", content | {"number": row.sheet.number, "version": 0}, at=timezone.now())
        response = HttpResponse(body, content_type="application/pdf")
        response["Content-Disposition"] = "inline"
        response["Cache-Control"] = "private, no-store"
        return response
    context = {
        "row": row,
        "sheet": row.sheet,
        "door": door,
        "content": content,
        "faults": faults,
        "lang": lang,
        "key": key,
    }
    return render(request, "assessment/preview.html", context)


def urls(door: str) -> list[Any]:
    """The workbench's addresses at a door."""
    from django.urls import path

    at_door = {"door": door}
    return [
        path("assessments/<int:pk>/", workbench, at_door, name="assessment_workbench"),
        path("assessments/<int:pk>/score/", score, at_door, name="assessment_score"),
        path("assessments/<int:pk>/save/", save, at_door, name="assessment_save"),
        path("assessments/<int:pk>/submit/", submit, at_door, name="assessment_submit"),
        path("assessments/<int:pk>/versions/", versions, at_door, name="assessment_versions"),
        path("assessments/<int:pk>/preview/", preview, at_door, name="assessment_preview"),
    ]
