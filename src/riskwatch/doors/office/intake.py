"""Officials' pages where information comes in: register a piece, the intake template, verify a batch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188 import collection as law
from decree188 import scope
from decree188.calendar import shanghai_date
from riskwatch.case.access import visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.views import dress
from riskwatch.collection import actions, queries
from riskwatch.collection.desk import FactsForm
from riskwatch.collection.models import SourceFile
from riskwatch.connectors.intake import template as empty_template
from riskwatch.documents.forms import FilesField
from riskwatch.doors.office.picking import Picked, picked
from riskwatch.doors.office.views import official
from riskwatch.look.asked import whole_number
from riskwatch.look.words import choices
from riskwatch.parties.models import Organisation
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification
from riskwatch.verification.models import RESULTS


def _offices(request: SignedIn, role: str) -> Any:
    me = posts_of(request.user, timezone.now())
    return Organisation.objects.filter(pk__in=[p.organisation for p in me.posts if p.role == role])


class RegisterForm(FactsForm):
    """Everything about a piece that arrives at the desk."""

    title = forms.CharField(label=_("标题"), max_length=300)
    source_kind = forms.ChoiceField(label=_("信息来源"), choices=choices(law.source_kinds))
    source_words = forms.CharField(
        label=_("来源说明"), max_length=200, required=False, help_text=_("来源为“其它”时必填")
    )
    text = forms.CharField(label=_("内容"), widget=forms.Textarea(attrs={"rows": 4}), max_length=20000)
    office = forms.ModelChoiceField(Organisation.objects.none(), label=_("登记单位"))
    aspects = forms.MultipleChoiceField(
        label=_("方面"), choices=choices(scope.aspects), widget=forms.CheckboxSelectMultiple, required=False
    )
    files = FilesField(label=_("附件"), required=False)  # type: ignore[assignment]
    field_order = ("office", "source_kind", "source_words", "title", "text")


@official
def register(request: SignedIn) -> HttpResponse:
    """Register one piece by hand."""
    form = RegisterForm(request.POST or None, request.FILES or None)
    offices = _offices(request, "registrar")
    form.fields["office"].queryset = offices  # type: ignore[attr-defined]
    form.fields["office"].initial = offices.first()
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        facts = form.facts() | {k: said[k] for k in ("source_kind", "source_words", "text", "aspects")}
        try:
            made = actions.register(
                said["office"],
                title=said["title"],
                facts=facts,
                files=said["files"],
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused
            for name, why in refused.fields.items():
                if name in form.fields:
                    form.add_error(name, why)
        else:
            messages.success(request, _now("已登记，编号%(number)s") % {"number": made.number})
            return redirect("office:sheet", made.pk)
    return render(
        request,
        "office/register.html",
        {"form": form, "refusal": refusal},
        status=422 if form.errors or refusal else 200,
    )


@official
def template(request: SignedIn) -> HttpResponse:
    """The empty intake template."""
    response = HttpResponse(empty_template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="riskwatch-intake.csv"'
    return response


class BatchForm(forms.Form):
    """How a batch was verified."""

    result = forms.ChoiceField(label=_("结论"), choices=RESULTS)
    method = forms.CharField(label=_("核实方法"), widget=forms.Textarea(attrs={"rows": 2}))
    sample = forms.CharField(
        label=_("抽样情况"), widget=forms.Textarea(attrs={"rows": 2}), help_text=_("抽查了多少条、如何抽取、结果如何")
    )
    office = forms.ModelChoiceField(Organisation.objects.none(), label=_("核实单位"))


def _of_file(request: SignedIn, at: datetime) -> Picked | None:
    """What waits of a collected file, when a file is named."""
    number = whole_number(request.POST.get("file"))
    if number is None:
        return None
    file = get_object_or_404(SourceFile, pk=number)
    keys = queries.waiting_of(file, to=request.user, at=at)
    most = verification.MOST_AT_ONCE
    rows = (
        visible(Sheet.objects.filter(pk__in=keys[:most]), to=request.user, at=at).select_related("owner").order_by("pk")
    )
    return Picked(rows, min(len(keys), most), len(keys) > most, [("file", str(number))])


@official
def verify_batch(request: SignedIn) -> HttpResponse:
    """Verify chosen pieces as a batch."""
    at = timezone.now()
    chosen = _of_file(request, at) or picked(request.POST, to=request.user, at=at, most=5000, stages=("received",))
    form = BatchForm(request.POST if "method" in request.POST else None)
    form.fields["office"].queryset = _offices(request, "approver")  # type: ignore[attr-defined]
    form.fields["office"].initial = form.fields["office"].queryset.first()  # type: ignore[attr-defined]
    refusal = None
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            count = verification.verify_batch(
                list(chosen.rows.values_list("pk", flat=True)), said["office"], result=said["result"], method=said["method"],
                sample=said["sample"], by=request.user, at=at,
            )  # fmt: skip
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _now("已核实%(n)s条") % {"n": count})
            return redirect("office:information")
    return render(
        request,
        "office/verify_batch.html",
        {
            "form": form,
            "hidden": chosen.hidden,
            "count": chosen.count,
            "more": chosen.more,
            "refusal": refusal,
            "rows": dress(chosen.rows[:10], shanghai_date(at)),
            "door": "office",
        },
    )
