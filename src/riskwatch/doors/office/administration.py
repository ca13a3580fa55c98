"""Administrators' and rule keepers' pages: people and posts, sign-ups, policy and holidays."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

import decree188
from decree188.calendar import shanghai_date
from decree188.related import DEADLINES
from riskwatch.case import deadlines
from riskwatch.case import policy as rules
from riskwatch.case.desk import DateInput
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Policy
from riskwatch.doors.office.views import official
from riskwatch.doors.parties import act_page, buttons, person_context, proof
from riskwatch.look.asked import plausible, whole_number
from riskwatch.look.words import choices
from riskwatch.parties import signups as signing
from riskwatch.parties.models import Organisation, Person
from riskwatch.parties.queries import organisations_visible
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import refuse_unless


def _held(request: SignedIn) -> set[str]:
    return {p.role for p in posts_of(request.user, timezone.now()).posts}


@official
def people(request: SignedIn) -> HttpResponse:
    """Accounts and their posts."""
    refuse_unless(
        _held(request) & {"system_admin", "security_admin"},
        _now("须由管理员查看"),
        remedy=_now("自己的账号请看“我的账号”"),
        rule=decree188.by_name("officers"),
        code="no_post",
        status=403,
    )
    text = request.GET.get("q", "").strip()
    rows = Person.objects.order_by("username")
    rows = rows.filter(username__icontains=text) | rows.filter(name_zh__icontains=text) if text else rows
    kind = request.GET.get("kind", "")
    rows = rows.filter(kind=kind) if kind in Person.Kind.values else rows
    page = Paginator(rows, 40).get_page(request.GET.get("page"))
    acts = [a for a in buttons("house", None, request, "office", timezone.now()) if a["key"] != "organisation-make"]
    context = {"page": page, "q": text, "kind": kind, "kinds": Person.Kind.choices, "acts": acts,
               "base": f"q={quote(text)}&kind={kind}&"}  # fmt: skip
    return render(request, "office/people.html", context)


@official
def person(request: SignedIn, pk: int) -> HttpResponse:
    """One account: its posts, keys, deputies and ties, and what an administrator may do."""
    refuse_unless(
        _held(request) & {"system_admin", "security_admin"},
        _now("须由管理员查看"),
        remedy=_now("自己的账号请看“我的账号”"),
        rule=decree188.by_name("officers"),
        code="no_post",
        status=403,
    )
    who = get_object_or_404(Person, pk=pk)
    return render(request, "parties/person.html", person_context(who, request, "office", timezone.now()))


@official
def organisations(request: SignedIn) -> HttpResponse:
    """Offices, centres, bodies, panels, operators and departments, with what makes them fit."""
    at = timezone.now()
    rows = organisations_visible(request.user, shanghai_date(at)).order_by("kind", "sort_key", "pk")
    text, kind = request.GET.get("q", "").strip()[:80], request.GET.get("kind", "")
    if text:
        rows = rows.filter(
            Q(name_zh__icontains=text)
            | Q(name_en__icontains=text)
            | Q(code__istartswith=text)
            | Q(uscc__istartswith=text)
        )
    rows = rows.filter(kind=kind) if kind in Organisation.Kind.values else rows
    page = Paginator(rows, 40).get_page(request.GET.get("page"))
    acts = [a for a in buttons("house", None, request, "office", at) if a["key"] == "organisation-make"]
    context = {"page": page, "q": text, "kind": kind, "kinds": Organisation.Kind.choices, "acts": acts,
               "base": f"q={quote(text)}&kind={kind}&"}  # fmt: skip
    return render(request, "office/organisations.html", context)


@official
def house_act(request: SignedIn, key: str) -> HttpResponse:
    """An act without a subject yet: a new account, a new organisation."""
    back = reverse("office:organisations" if key == "organisation-make" else "office:people")
    return act_page(request, "house", None, key, "office", back=back)


def _asked(request: SignedIn) -> Any:
    """The sign-ups in the reach of the person's desk."""
    return signing.in_reach(request.user, at=timezone.now())


@official
def signups(request: SignedIn) -> HttpResponse:
    """Operators that ask for accounts in the person's area, each with its proof and what the checks said."""
    rows = _asked(request).order_by("state", "-asked_at")
    if request.method == "POST":
        row = get_object_or_404(rows, pk=whole_number(request.POST.get("request")))
        approve = request.POST.get("do") == "approve"
        reason = request.POST.get("reason", "")[:300]
        signing.decide_sign_up(row, approve=approve, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, _now("已审核：%(name)s") % {"name": row.name_zh})
        return redirect("office:signups")
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    return render(request, "office/signups.html", {"page": page, "base": ""})


@official
def sign_up_proof(request: SignedIn, pk: int) -> HttpResponse:
    """The licence that came with a sign-up, for the desk that decides on it."""
    return proof(get_object_or_404(_asked(request), pk=pk).proof)


class PolicyForm(forms.Form):
    key = forms.ChoiceField(
        label=_("期限"), choices=choices({k: d for k, d in DEADLINES.items() if d.mark != "statutory"})
    )
    amount = forms.IntegerField(label=_("数量"), min_value=1, max_value=3660)
    unit = forms.ChoiceField(
        label=_("单位"),
        choices=[
            ("working_days", _("工作日")),
            ("calendar_days", _("自然日")),
            ("hours", _("小时")),
            ("months", _("月")),
            ("years", _("年")),
        ],
    )
    valid_from = forms.DateField(label=_("生效日期"), widget=DateInput(), validators=[plausible])
    reason = forms.CharField(label=_("理由"), max_length=300)


class HolidayForm(forms.Form):
    year = forms.IntegerField(label=_("年份"), min_value=2017, max_value=2100)
    source = forms.CharField(label=_("依据文号"), max_length=200)
    file = forms.FileField(label=_("CSV：日期,是否上班（1/0）"))

    def days(self) -> dict[date, bool]:
        """The uploaded days; the row at fault is named."""
        return rules.days_of(self.cleaned_data["file"].read(200_000))


@official
def policy(request: SignedIn) -> HttpResponse:
    """Time limits: the law's are shown, policy values are edited; each year's working calendar is uploaded."""
    at = timezone.now()
    form = PolicyForm(
        request.POST if request.POST.get("do") == "policy" else None, initial={"valid_from": shanghai_date(at)}
    )
    holidays = HolidayForm(request.POST if request.POST.get("do") == "holidays" else None, request.FILES or None)
    seen = whole_number(request.POST.get("version"))
    if form.is_bound and form.is_valid():
        rules.set_policy(**form.cleaned_data, by=request.user, at=at, seen=seen)
        return redirect("office:policy")
    if holidays.is_bound and holidays.is_valid():
        said: dict[str, Any] = holidays.cleaned_data
        count = rules.upload_year(
            said["year"], holidays.days(), source=said["source"], by=request.user, at=at, seen=seen
        )
        messages.success(request, _now("已载入%(n)s天") % {"n": count})
        return redirect("office:policy")
    today = shanghai_date(at)
    calendar = deadlines.calendar()
    years = [(y, calendar.knows(y)) for y in range(today.year - 1, today.year + 3)]
    rows = [(d, deadlines.limit(k, today)) for k, d in DEADLINES.items()]
    return render(request, "office/policy.html", {"rows": rows, "form": form, "holidays": holidays, "years": years, "may": "policy" in _held(request), "version": rules.version(),
                                                  "history": Policy.objects.select_related("set_by")[:50]})  # fmt: skip
