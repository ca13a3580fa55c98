"""Headquarters' pages on its assessment policy: editions, a new one, what it would change, a second person's decision."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decree188.calendar import shanghai_date
from riskmethods import Edition, MethodError, Policy, scenario_methods
from riskmethods.editions import edition, from_json
from riskmethods.limits import load
from riskmethods.policy import DEFAULT
from riskmethods.vocabulary import term
from riskwatch.assessment import effects, policies, policy_forms, policy_words, scoring
from riskwatch.assessment.models import PolicyEdition
from riskwatch.case.access import visible
from riskwatch.case.models import Sheet
from riskwatch.look.words import labelled
from riskwatch.parties.guards import refuse_outside_headquarters
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal

SHOWN = 100
LARGEST = 200_000


def editions(request: SignedIn) -> HttpResponse:
    """The policy in force, and every edition with who wrote and who published it."""
    at = timezone.now()
    today, lang = shanghai_date(at), scoring.language()
    rows = PolicyEdition.objects.select_related("proposed_by", "decided_by").order_by("-number")
    context = {"now": policies.edition_on(today), "policy": policy_words.laid_out(policies.policy_on(today), lang),
               "page": Paginator(rows, 30).get_page(request.GET.get("page")), "may": policies.may_write(request.user, at), "base": ""}  # fmt: skip
    return render(request, "assessment/policy.html", context)


def new(request: SignedIn) -> HttpResponse:
    """Write a new edition over the last one; what is wrong is told beside what was typed, and nothing is lost."""
    at = timezone.now()
    refuse_outside_headquarters(policies.WRITERS, by=request.user, at=at, rule=policies.RULE)
    last = policies.newest()
    base = DEFAULT if last is None else policies.policy_of(last)
    first = max(shanghai_date(at), last.valid_from) + timedelta(days=1) if last else shanghai_date(at)
    posted = request.POST if request.method == "POST" else None
    form = policy_forms.PolicyForm(posted, initial=policy_forms.initial(base) | {"valid_from": first})
    rows = policy_forms.GradeRows(posted, initial=policy_forms.rows_of(base), prefix="row")
    effect, told = None, []
    if posted is not None and form.is_valid() and rows.is_valid():
        policy = _written(form, rows)
        if policy and request.POST.get("do") == "propose":
            try:
                row = policies.propose(policy=policy, valid_from=form.cleaned_data["valid_from"], reason=form.cleaned_data["reason"],
                                       by=request.user, at=at)  # fmt: skip
            except Refusal as refused:
                form.add_error(None, f"{refused.reason} {refused.remedy}".strip())
            else:
                messages.success(request, _("第%(n)s版已提交，等待另一位同事审核") % {"n": row.number})
                return redirect("office:assessment_policy_edition", row.number)
        elif policy:
            effect = _told(effects.of_policy(policy, day=form.cleaned_data["valid_from"].isoformat()), request)
            told = policy_words.differences(base, policy, scoring.language())
    context = {
        "form": form,
        "rows": rows,
        "effect": effect,
        "told": told,
        "last": last,
        "previewed": effect is not None,
    }
    return render(request, "assessment/policy_new.html", context)


def _written(form: policy_forms.PolicyForm, rows: Any) -> Policy | None:
    """The policy that was typed, or None with the library's faults put beside the fields."""
    said = form.cleaned_data
    try:
        record = {"rows": policy_forms.table_rows(rows), "scales": form.scales(), "priority": said["priority"]}
        return policies.drafted(record, valid_from=said["valid_from"])
    except MethodError as error:
        for fault in scoring.faults(error):
            field = next((name for name in ("priority", "valid_from") if fault["place"].startswith(name)), None)
            form.add_error(field, _placed(fault))
    return None


def _placed(fault: dict[str, str]) -> str:
    """A fault with its row or scale named."""
    row = re.match(r"tables\[\d+\]\.rows\[(\d+)\]", fault["place"])
    if row:
        return labelled(_("对照表第%(n)s行") % {"n": int(row[1]) + 1}, fault["why"])
    own = next((code for code in policy_forms.OWN if fault["place"].startswith(code)), None)
    if own:
        one = term("interests", own)
        return labelled(one.zh if scoring.language() == "zh" else one.en, fault["why"])
    return fault["why"]


def _told(effect: effects.Effect, request: SignedIn) -> dict[str, Any]:
    """An effect for a page: counts for everyone, the assessments themselves for those who see them."""
    lang = scoring.language()
    seen = visible(Sheet.objects.filter(kind="assessment"), to=request.user, at=timezone.now())
    known = {s.pk: s for s in seen.filter(pk__in=[m.sheet for m in effect.moved[:SHOWN]])}
    rows = [
        (known[m.sheet], effects.worded(m.before, lang), effects.worded(m.after, lang), m.why)
        for m in effect.moved[:SHOWN]
        if m.sheet in known
    ]
    return {"effect": effect, "table": effect.table(lang), "rows": rows, "changed": len(effect.moved), "more": max(0, len(effect.moved) - len(rows))}  # fmt: skip


def one(request: SignedIn, number: int) -> HttpResponse:
    """One edition: what it changes against the one before, what it would do to accepted assessments, and the decision on it."""
    row = get_object_or_404(PolicyEdition.objects.select_related("proposed_by", "decided_by"), number=number)
    at = timezone.now()
    if request.method == "POST":
        act = {"publish": policies.publish, "reject": policies.reject, "withdraw": policies.withdraw}.get(
            request.POST.get("do", "")
        )
        if act is None:
            raise Refusal(_("没有这个操作"), remedy=_("在页面上选择要办理的事项"), status=422)
        act(row, remark=request.POST.get("remark", "")[:500], by=request.user, at=at)
        messages.success(request, _("已办理"))
        return redirect("office:assessment_policy_edition", number)
    lang, policy = scoring.language(), policies.policy_of(row)
    proposed = row.state == PolicyEdition.State.PROPOSED
    context = {
        "row": row, "policy": policy_words.laid_out(policy, lang), "told": policy_words.differences(policies.before(row), policy, lang),
        "effect": _told(effects.of_policy(policy, day=row.valid_from.isoformat()), request) if proposed else None,
        "may_publish": policies.may_publish(row, request.user, at), "own": proposed and row.proposed_by_id == request.user.pk,
    }  # fmt: skip
    return render(request, "assessment/policy_edition.html", context)


class RescoreForm(forms.Form):
    """A registered method edition, or one given as data."""

    method = forms.ChoiceField(label=gettext_lazy("方法版本"), required=False)
    file = forms.FileField(
        label=gettext_lazy("或上传方法版本（JSON）"), required=False,
        help_text=gettext_lazy("与方法库的版本格式相同：id、title、source、status、bands、words、grid。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        titles = [(m.id, m.zh if scoring.language() == "zh" else m.en) for m in scenario_methods() if m.grid]
        fields["method"].choices = [("", _("请选择")), *titles]

    def chosen(self) -> Edition:
        """The edition asked for.

        Raises
        ------
        MethodError
            The file holds no sound edition, or nothing was chosen.
        """
        said = self.cleaned_data
        if said.get("file"):
            given = load(said["file"].read(LARGEST))
            if not isinstance(given, dict):
                raise MethodError("edition", "not_an_object", "须是对象", "an object is needed")
            return from_json(given)
        if not said.get("method"):
            raise MethodError(
                "method", "missing", "请选择方法版本，或上传一份", "choose a method edition, or upload one"
            )
        return edition(said["method"])


def rescoring(request: SignedIn) -> HttpResponse:
    """Accepted assessments under another method edition, before anybody uses it; nothing is stored."""
    refuse_outside_headquarters(policies.KEEPERS, by=request.user, at=timezone.now(), rule=policies.RULE)
    posted = request.method == "POST"
    form = RescoreForm(request.POST if posted else None, request.FILES if posted else None)
    effect, chosen = None, None
    if posted and form.is_valid():
        try:
            chosen = form.chosen()
            effect = _told(effects.of_edition(chosen, lang=scoring.language()), request)
        except MethodError as error:
            form.add_error(None, "；".join(f["why"] for f in scoring.faults(error)))
    title = (chosen.zh if scoring.language() == "zh" else chosen.en) if chosen else ""
    return render(request, "assessment/rescore.html", {"form": form, "effect": effect, "title": title})


def data(request: SignedIn, number: int) -> HttpResponse:
    """An edition's policy as data."""
    row = get_object_or_404(PolicyEdition, number=number)
    body = json.dumps(row.policy, ensure_ascii=False, indent=1)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="assessment-policy-{row.number}.json"'
    return response


def urls(official: Any) -> list[Any]:
    """The addresses in the office; ``official`` admits officials only."""
    from django.urls import path

    return [
        path("assessment-policy/", official(editions), name="assessment_policy"),
        path("assessment-policy/new/", official(new), name="assessment_policy_new"),
        path("assessment-policy/rescore/", official(rescoring), name="assessment_rescore"),
        path("assessment-policy/<int:number>/", official(one), name="assessment_policy_edition"),
        path("assessment-policy/<int:number>/policy.json", official(data), name="assessment_policy_data"),
    ]
