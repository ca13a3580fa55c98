"""Administrators' and rule keepers' pages: people and posts, sign-ups, policy and holidays."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.calendar import shanghai_date
from decree188.related import DEADLINES
from riskwatch.case import deadlines
from riskwatch.case import policy as rules
from riskwatch.case.desk import DateInput
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Policy
from riskwatch.doors.office.views import official
from riskwatch.parties import actions, roles
from riskwatch.parties.models import Membership, Organisation, Person, SignUp
from riskwatch.parties.queries import reach
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal, refuse_unless


class PersonForm(forms.Form):
    username = forms.CharField(label=_("用户名"), max_length=60)
    name_zh = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), required=False)
    password = forms.CharField(label=_("初始密码"), widget=forms.PasswordInput, max_length=128)


class PostForm(forms.Form):
    organisation = forms.CharField(label=_("单位代码"), max_length=40)
    role = forms.ChoiceField(label=_("岗位"), choices=roles.choices)
    since = forms.DateField(label=_("自"), widget=DateInput())

    def clean_organisation(self) -> Organisation:
        """The organisation of this code."""
        found = Organisation.objects.filter(code=self.cleaned_data["organisation"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("没有这个单位代码"))
        return found


def _held(request: SignedIn) -> set[str]:
    return {p.role for p in posts_of(request.user, timezone.now()).posts}


@official
def people(request: SignedIn) -> HttpResponse:
    """Accounts and their posts."""
    refuse_unless(
        _held(request) & {"system_admin", "security_admin"}, _now("须由管理员查看"), code="no_post", status=403
    )
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.make_person(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _now("已建立账号%(name)s，请由安全管理员授予岗位") % {"name": made.username})
        return redirect("office:person", made.pk)
    text = request.GET.get("q", "").strip()
    rows = Person.objects.order_by("username")
    rows = rows.filter(username__icontains=text) | rows.filter(name_zh__icontains=text) if text else rows
    page = Paginator(rows, 40).get_page(request.GET.get("page"))
    return render(request, "office/people.html", {"page": page, "form": form, "q": text, "base": f"q={text}&"})


@official
def person(request: SignedIn, pk: int) -> HttpResponse:
    """One account: grant and end posts, close it when somebody leaves."""
    refuse_unless(
        _held(request) & {"system_admin", "security_admin"}, _now("须由管理员查看"), code="no_post", status=403
    )
    who = get_object_or_404(Person, pk=pk)
    at = timezone.now()
    form = PostForm(request.POST if request.POST.get("do") == "grant" else None, initial={"since": shanghai_date(at)})
    if request.POST.get("do") == "grant" and form.is_valid():
        said = form.cleaned_data
        actions.grant(who, said["organisation"], said["role"], since=said["since"], by=request.user, at=at)
        return redirect("office:person", pk)
    if request.POST.get("do") == "end":
        actions.end(get_object_or_404(Membership, pk=request.POST.get("post"), person=who), by=request.user, at=at)
        return redirect("office:person", pk)
    if request.POST.get("do") == "leave":
        count = actions.leave(who, hand_over_to=None, by=request.user, at=at)
        messages.success(request, _now("账号已停用，收回%(n)s个岗位") % {"n": count})
        return redirect("office:person", pk)
    posts = who.memberships.select_related("organisation").order_by("-since")
    return render(
        request, "office/person.html", {"who": who, "posts": posts, "form": form, "names": dict(roles.choices())}
    )


@official
def signups(request: SignedIn) -> HttpResponse:
    """Operators that ask for accounts in the person's area."""
    at = timezone.now()
    me = posts_of(request.user, at)
    mine = [p.organisation for p in me.posts if p.role in ("registrar", "case_officer")]
    rows = (
        SignUp.objects.filter(region_office__in=reach(mine, me.today))
        .select_related("region_office")
        .order_by("state", "-asked_at")
    )
    if request.method == "POST":
        row = get_object_or_404(rows, pk=request.POST.get("request"))
        approve = request.POST.get("do") == "approve"
        actions.decide_sign_up(row, approve=approve, reason=request.POST.get("reason", ""), by=request.user, at=at)
        messages.success(request, _now("已审核：%(name)s") % {"name": row.name_zh})
        return redirect("office:signups")
    return render(request, "office/signups.html", {"rows": rows[:100]})


class PolicyForm(forms.Form):
    key = forms.ChoiceField(label=_("期限"), choices=[(k, d.zh) for k, d in DEADLINES.items() if d.mark != "statutory"])
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
    valid_from = forms.DateField(label=_("生效日期"), widget=DateInput())
    reason = forms.CharField(label=_("理由"), max_length=300)


class HolidayForm(forms.Form):
    year = forms.IntegerField(label=_("年份"), min_value=2017, max_value=2100)
    source = forms.CharField(label=_("依据文号"), max_length=200)
    file = forms.FileField(label=_("CSV：日期,是否上班（1/0）"))

    def days(self) -> dict[date, bool]:
        """The uploaded days; the row at fault is named."""
        body = self.cleaned_data["file"].read(200_000).decode("utf-8-sig", "replace")
        found: dict[date, bool] = {}
        for number, row in enumerate(csv.reader(io.StringIO(body)), 1):
            if not row or not row[0][:1].isdigit():
                continue
            try:
                found[date.fromisoformat(row[0].strip())] = {"1": True, "0": False}[row[1].strip()]
            except (ValueError, KeyError, IndexError):
                raise Refusal(
                    _now("第%(n)s行应写成“2027-01-01,0”") % {"n": number}, code="bad_row", status=422
                ) from None
        return found


@official
def policy(request: SignedIn) -> HttpResponse:
    """Time limits: the law's are shown, policy values are edited; each year's working calendar is uploaded."""
    at = timezone.now()
    form = PolicyForm(
        request.POST if request.POST.get("do") == "policy" else None, initial={"valid_from": shanghai_date(at)}
    )
    holidays = HolidayForm(request.POST if request.POST.get("do") == "holidays" else None, request.FILES or None)
    if form.is_bound and form.is_valid():
        rules.set_policy(**form.cleaned_data, by=request.user, at=at)
        return redirect("office:policy")
    if holidays.is_bound and holidays.is_valid():
        said: dict[str, Any] = holidays.cleaned_data
        count = rules.upload_year(said["year"], holidays.days(), source=said["source"], by=request.user, at=at)
        messages.success(request, _now("已载入%(n)s天") % {"n": count})
        return redirect("office:policy")
    today = shanghai_date(at)
    calendar = deadlines.calendar()
    years = [(y, calendar.knows(y)) for y in range(today.year - 1, today.year + 3)]
    rows = [(d, deadlines.limit(k, today)) for k, d in DEADLINES.items()]
    return render(request, "office/policy.html", {"rows": rows, "form": form, "holidays": holidays, "years": years, "may": "policy" in _held(request),
                                                  "history": Policy.objects.select_related("set_by")[:50]})  # fmt: skip
