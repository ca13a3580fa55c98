"""The counter's pages: what waits for the organisation, its records, its reports, statements and people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.case import queries
from riskwatch.case.access import visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.standing import binding_on
from riskwatch.case.steps import MEASURES
from riskwatch.case.views import dress
from riskwatch.collection import actions as collection
from riskwatch.doors.counter.forms import (
    ColleagueForm,
    KnowledgeForm,
    ReportForm,
    SystemForm,
    TraceabilityForm,
)
from riskwatch.followup import actions as followup
from riskwatch.parties import actions as parties
from riskwatch.parties.models import Membership, Organisation, Person, Qualification
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal, refuse_unless


def page_of(rows: Any, at: Any, request: SignedIn) -> dict[str, Any]:
    number = request.GET.get("page", "1")
    start = (max(1, min(int(number), 200)) if number.isdigit() else 1) - 1
    found = list(rows[start * 30 : start * 30 + 31])
    page = {"number": start + 1, "has_previous": start > 0, "has_next": len(found) > 30, "has_other_pages": start > 0 or len(found) > 30,
            "previous_page_number": start, "next_page_number": start + 2}  # fmt: skip
    return {
        "rows": dress(found[:30], shanghai_date(at)),
        "page": page,
        "base": f"q={request.GET.get('q', '')}&",
        "door": "counter",
    }


@login_required
def inbox(request: SignedIn) -> HttpResponse:
    """What waits for this person's organisation, overdue first; warnings and orders not yet acknowledged come with it."""
    at = timezone.now()
    me = posts_of(request.user, at)
    rows = queries.inbox(me, at=at)
    orders = visible(Sheet.objects.filter(binding_on(me.today), kind__in=MEASURES), to=request.user, at=at)
    received = dress(orders.select_related("owner").order_by("-made_at")[:20], me.today)
    mine = [Organisation.objects.get(pk=o) for o in dict.fromkeys(p.organisation for p in me.posts)]
    return render(request, "counter/inbox.html", page_of(rows, at, request) | {"received": received, "mine": mine})


@login_required
def records(request: SignedIn) -> HttpResponse:
    """Every record that concerns the organisation."""
    at = timezone.now()
    text = request.GET.get("q", "")
    rows = (
        queries.search(text, to=request.user, at=at)
        if text.strip()
        else visible(Sheet.objects.select_related("owner"), to=request.user, at=at).order_by("-made_at")
    )
    return render(request, "counter/records.html", page_of(rows, at, request))


def form_page(
    request: SignedIn, form: forms.Form, title: str, note: str, do: Callable[[dict[str, Any]], Sheet]
) -> HttpResponse:
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = do(form.cleaned_data)
        except Refusal as refused:
            refusal = refused
            for name, why in refused.fields.items():
                if name in form.fields:
                    form.add_error(name, why)
        else:
            messages.success(request, _("已提交，编号%(number)s") % {"number": made.number})
            return redirect("counter:sheet", made.pk)
    context = {"form": form, "title": title, "note": note, "refusal": refusal}
    return render(request, "counter/form.html", context, status=422 if refusal or form.errors else 200)


@login_required
def report(request: SignedIn) -> HttpResponse:
    """Report a risk as an operator or testing body."""
    at = timezone.now()
    own = collection.own_organisation(request.user, at, "operator", "testing_body", "technical_body")
    form = ReportForm(request.POST or None, request.FILES or None)
    if own.kind == "operator":
        del form.fields["own_number"], form.fields["qualification"]
    else:
        form.fields["qualification"].queryset = Qualification.objects.filter(organisation=own)  # type: ignore[attr-defined]
        del form.fields["role_in_case"]

    def do(said: dict[str, Any]) -> Sheet:
        extra = {k: said[k] for k in ("role_in_case", "own_number", "qualification") if k in said}
        return collection.report_as_organisation(
            own, said["office"], title=said["title"], facts=form.facts() | {"text": said["text"]}, first_known_at=said["first_known_at"],
            severe=said["severe"], files=said["files"], by=request.user, at=at, **extra,
        )  # fmt: skip

    return form_page(
        request, form, _("报告风险"), _("发现产品存在风险，应当及时报告。首次知悉时间提交后不能修改。"), do
    )


@login_required
def knowledge(request: SignedIn) -> HttpResponse:
    """Open the four duties from one's own knowledge."""
    at = timezone.now()
    form = KnowledgeForm(request.POST or None)

    def do(said: dict[str, Any]) -> Sheet:
        return followup.know(**said, by=request.user, at=at)[0]

    note = _("知道产品有风险，即负四项义务：消减风险、通报利益相关方、报告措施和结果、配合调查。提交后逐项填报。")
    return form_page(request, form, _("知悉风险，主动履责"), note, do)


@login_required
def traceability(request: SignedIn) -> HttpResponse:
    """File a traceability statement."""
    at = timezone.now()
    form = TraceabilityForm(request.POST or None)
    return form_page(
        request,
        form,
        _("追溯备案"),
        _("写明批次从哪里来、到哪里去。"),
        lambda said: followup.file_traceability(**said, by=request.user, at=at),
    )


@login_required
def organisation(request: SignedIn) -> HttpResponse:
    """The firm's own people and reporting system; a manager gives accounts and closes them when somebody leaves."""
    at = timezone.now()
    posts = [p for p in posts_of(request.user, at).posts if p.role == "operator_manager"]
    refuse_unless(posts, _("须由企业负责人办理"), code="no_post", status=403)
    own = Organisation.objects.get(pk=posts[0].organisation)
    form = ColleagueForm(request.POST if request.POST.get("do") == "add" else None)
    system = SystemForm(
        request.POST if request.POST.get("do") == "system" else None, initial={"reporting_system": own.reporting_system}
    )
    if form.is_bound and form.is_valid():
        parties.make_colleague(**form.cleaned_data, by=request.user, at=at)
        return redirect("counter:organisation")
    if system.is_bound and system.is_valid():
        parties.declare_reporting_system(own, system.cleaned_data["reporting_system"], by=request.user, at=at)
        messages.success(request, _("已备案"))
        return redirect("counter:organisation")
    if request.POST.get("do") == "leave":
        members = Membership.objects.filter(organisation=own).values("person")
        who = get_object_or_404(Person.objects.filter(pk__in=members), pk=request.POST.get("person"))
        parties.leave(who, hand_over_to=request.user, by=request.user, at=at)
        return redirect("counter:organisation")
    people = Membership.objects.filter(organisation=own).select_related("person").order_by("-since")
    return render(request, "counter/organisation.html", {"own": own, "people": people, "form": form, "system": system})
