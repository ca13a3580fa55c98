"""The counter's pages: what waits for the organisation, its records, its reports, statements and people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import queries
from riskwatch.case.access import filed_only, visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.standing import binding_on
from riskwatch.case.steps import MEASURES
from riskwatch.case.views import dress
from riskwatch.collection import actions as collection
from riskwatch.doors.counter.forms import (
    KnowledgeForm,
    LiftForm,
    ObjectForm,
    ReportForm,
    TraceabilityForm,
    offer_principals,
)
from riskwatch.followup import actions as followup
from riskwatch.followup.duties import own_reports
from riskwatch.look.asked import whole_number
from riskwatch.measures import queries as measures
from riskwatch.parties import desk
from riskwatch.parties.forms import ColleagueForm, SystemForm
from riskwatch.parties.models import Membership, Organisation, Qualification
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal, refuse_unless


def page_of(rows: Any, at: Any, request: SignedIn) -> dict[str, Any]:
    start = max(1, min(whole_number(request.GET.get("page")) or 1, 200)) - 1
    found = list(rows[start * 30 : start * 30 + 31])
    page = {"number": start + 1, "has_previous": start > 0, "has_next": len(found) > 30, "has_other_pages": start > 0 or len(found) > 30,
            "previous_page_number": start, "next_page_number": start + 2}  # fmt: skip
    return {
        "rows": dress(found[:30], shanghai_date(at), filed=filed_only(found[:30], to=request.user, at=at)),
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
    keys = dict.fromkeys(p.organisation for p in me.posts)
    received = _received(list(orders.select_related("owner").order_by("-made_at")[:60]), list(keys), me.today)[:20]
    mine = [Organisation.objects.get(pk=o) for o in keys]
    return render(request, "counter/inbox.html", page_of(rows, at, request) | {"received": received, "mine": mine})


def _received(sheets: list[Sheet], organisations: list[int], today: Any) -> list[dict[str, Any]]:
    """Measures as an addressee needs them: those not yet acknowledged first, the nearest day on top."""
    known = measures.received(sheets, organisations)
    rows = [row | {"mine": known[row["sheet"].pk]} for row in dress(sheets, today)]
    for row in rows:
        row["sign_late"] = bool(
            row["mine"].unacknowledged and row["mine"].acknowledge_by and row["mine"].acknowledge_by < today
        )
    far = date.max
    return sorted(rows, key=lambda r: (not r["mine"].unacknowledged, r["mine"].acknowledge_by or far) if r["mine"].unacknowledged
                  else (True, far))  # fmt: skip


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
    offer_principals(form, request.user, at)

    def do(said: dict[str, Any]) -> Sheet:
        extra = {k: said[k] for k in ("on_behalf", "role_in_case", "own_number", "qualification") if k in said}
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
    offer_principals(form, request.user, at, "direction", "commodity_code")
    form.fields["report"].queryset = own_reports(request.user, at)  # type: ignore[attr-defined]

    def do(said: dict[str, Any]) -> Sheet:
        return followup.know(**said, by=request.user, at=at)[0]

    note = _("知道产品有风险，即负四项义务：消减风险、通报利益相关方、报告措施和结果、配合调查。提交后逐项填报。")
    return form_page(request, form, _("知悉风险，主动履责"), note, do)


@login_required
def traceability(request: SignedIn) -> HttpResponse:
    """File a traceability statement."""
    at = timezone.now()
    form = TraceabilityForm(request.POST or None)
    offer_principals(form, request.user, at, "direction", "commodity_code")
    return form_page(
        request,
        form,
        _("追溯备案"),
        _("写明批次从哪里来、到哪里去。"),
        lambda said: followup.file_traceability(**said, by=request.user, at=at),
    )


def _for_principal(
    request: SignedIn, form: forms.Form, title: str, do: Callable[..., Sheet], rule: str
) -> HttpResponse:
    """An agent acts on a measure in its principal's name, by the measure's number: it sees no other of theirs."""
    at = timezone.now()
    law = decree188.by_name(rule)
    offer_principals(form, request.user, at)
    refuse_unless("on_behalf" in form.fields, _("您没有经海关确认的委托"), remedy=_("先在“本单位”报送委托"),
                  rule=law, code="no_mandate", status=403)  # fmt: skip
    form.fields["on_behalf"].required = True

    def on_measure(said: dict[str, Any]) -> Sheet:
        measure = followup.measure_of(said.pop("number"), said["on_behalf"])
        if measure is None:
            words = _("没有以该企业为主送对象、正在执行的这一编号的措施")
            raise Refusal(
                words, remedy=_("核对编号和委托人"), rule=law, code="not_found", status=404, fields={"number": words}
            )
        return do(measure, **said, by=request.user, at=at)

    return form_page(request, form, title, _("以委托人名义提交；委托人会收到通知。"), on_measure)


@login_required
def lift(request: SignedIn) -> HttpResponse:
    """An agent applies to lift a measure."""
    form = LiftForm(request.POST or None)
    return _for_principal(request, form, _("代为申请解除"), followup.apply_to_lift, "lift_application")


@login_required
def objection(request: SignedIn) -> HttpResponse:
    """An agent contests a measure."""
    return _for_principal(
        request, ObjectForm(request.POST or None), _("代为提出异议"), followup.object_to, "operator_duties"
    )


@login_required
def organisation(request: SignedIn) -> HttpResponse:
    """One's own organisation; a firm's manager gives accounts, files its reporting system, and sees people leave."""
    at = timezone.now()
    posts = posts_of(request.user, at).posts
    managed = [p.organisation for p in posts if p.role == "operator_manager"]
    refuse_unless(posts, _("您还没有岗位"), remedy=_("请本单位负责人或海关授予岗位"), rule=decree188.by_name("operator_roles"),
                  code="no_post", status=403)  # fmt: skip
    if not managed:
        return redirect("counter:party", posts[0].organisation)
    own = Organisation.objects.get(pk=managed[0])
    mine: dict[str, Any] = {"subject": own, "by": request.user, "at": at}
    form = ColleagueForm(request.POST if request.POST.get("do") == "add" else None, **mine)
    system = SystemForm(request.POST if request.POST.get("do") == "system" else None, **mine)
    if form.is_bound and form.is_valid():
        _on_own(request, own, "colleague-add", form.cleaned_data, at)
        return redirect("counter:organisation")
    if system.is_bound and system.is_valid():
        _on_own(request, own, "reporting-system", system.cleaned_data, at)
        messages.success(request, _("已备案"))
        return redirect("counter:organisation")
    people = Membership.objects.filter(organisation=own).select_related("person").order_by("-since")
    return render(
        request,
        "counter/organisation.html",
        {"own": own, "people": people, "form": form, "system": system, "version": desk.version_of(own)},
    )


def _on_own(request: SignedIn, own: Organisation, key: str, said: dict[str, Any], at: datetime) -> None:
    desk.take(desk.act("organisation", key), own, said, by=request.user, at=at, seen=request.POST.get("version", ""))
