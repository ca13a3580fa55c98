"""The pages on people and organisations that office and counter share: particulars, acts on them, one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.documents import actions as documents
from riskwatch.documents.models import Attachment
from riskwatch.parties import desk, queries
from riskwatch.parties.models import Deputy, Interest, Organisation, Person, Token
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal


def buttons(on: str, subject: Any, request: SignedIn, door: str, at: Any) -> list[dict[str, str]]:
    """The acts that the reader may take on a subject, as links."""
    name = {"house": "house_act", "organisation": "party_act", "person": "person_act"}[on]
    if on == "person" and subject.pk == request.user.pk:
        name = "account_act"
    where = [] if name in ("house_act", "account_act") else [subject.pk]
    return [
        {"url": reverse(f"{door}:{name}", args=[*where, one.key]), "words": one.name, "key": one.key}
        for one in desk.offered(on, subject, by=request.user, at=at)
        if one.button
    ]


def organisation_context(found: Organisation, request: SignedIn, door: str, at: Any) -> dict[str, Any]:
    """An organisation's particulars as its page shows them; ties only to those who watch over them or to its own."""
    today, who = shanghai_date(at), request.user
    return {
        "party": found, "door": door, "today": today, "acts": buttons("organisation", found, request, door, at),
        "qualifications": found.qualifications.order_by("-valid_until"),
        "designations": found.designations.order_by("-valid_until"),
        "members": queries.members_shown(who, found, today), "interests": queries.ties_shown(who, found, today),
        "mandates": queries.mandates_shown(who, found, today),
    }  # fmt: skip


@login_required
def organisation_page(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """One organisation: particulars, qualifications, designations, members, ties, mandates, and what may be done."""
    at = timezone.now()
    found = get_object_or_404(queries.organisations_visible(request.user, shanghai_date(at)), pk=pk)
    return render(request, "parties/organisation.html", organisation_context(found, request, door, at))


@login_required
def mandate_proof(request: SignedIn, pk: int, number: int, door: str) -> HttpResponse:
    """The paper by which a mandate was given, for customs and both firms."""
    found = get_object_or_404(queries.organisations_visible(request.user, shanghai_date(timezone.now())), pk=pk)
    shown = queries.mandates_shown(request.user, found, shanghai_date(timezone.now()))
    row = get_object_or_404(shown, pk=number)
    return proof(row.proof)


def proof(key: Any) -> HttpResponse:
    """A stored paper, shown in the page when it is a picture or a PDF; it may run nothing."""
    from urllib.parse import quote

    kept = get_object_or_404(Attachment, pk=key)
    inline = kept.media_type == "application/pdf" or kept.media_type.startswith("image/")
    response = HttpResponse(documents.read(kept), content_type=kept.media_type)
    response["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(kept.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    if kept.media_type != "application/pdf":  # a browser's own PDF view does not open inside a sandbox
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'"
    return response


def person_context(who: Person, request: SignedIn, door: str, at: Any) -> dict[str, Any]:
    """An account's posts, keys, deputies and declared ties."""
    return {
        "who": who, "door": door, "at": at, "today": shanghai_date(at), "acts": buttons("person", who, request, door, at),
        "posts": who.memberships.select_related("organisation").order_by("-since"),
        "tokens": Token.objects.filter(person=who).order_by("-pk"),
        "deputies": Deputy.objects.filter(Q(absent=who) | Q(deputy=who)).select_related("absent", "deputy").order_by("-pk"),
        "interests": Interest.objects.filter(person=who).select_related("operator").order_by("-pk"),
    }  # fmt: skip


@login_required
def account(request: SignedIn, door: str) -> HttpResponse:
    """One's own account: posts, keys for machines, deputies, declared ties."""
    return render(request, "parties/person.html", person_context(request.user, request, door, timezone.now()))


@login_required
def account_act(request: SignedIn, key: str, door: str) -> HttpResponse:
    """An act on one's own account."""
    return act_page(request, "person", request.user, key, door, back=reverse(f"{door}:account"))


@login_required
def organisation_act(request: SignedIn, pk: int, key: str, door: str) -> HttpResponse:
    """An act on an organisation."""
    found = get_object_or_404(queries.organisations_visible(request.user, shanghai_date(timezone.now())), pk=pk)
    return act_page(request, "organisation", found, key, door, back=reverse(f"{door}:party", args=[pk]))


@login_required
def person_act(request: SignedIn, pk: int, key: str, door: str) -> HttpResponse:
    """An act on somebody's account."""
    who = get_object_or_404(queries.people_visible(request.user, shanghai_date(timezone.now())), pk=pk)
    back = reverse("office:person", args=[pk]) if door == "office" else reverse("counter:organisation")
    return act_page(request, "person", who, key, door, back=back)


def act_page(request: SignedIn, on: str, subject: Any, key: str, door: str, *, back: str) -> HttpResponse:
    """The form of one act, and taking it; what may be shown only once is shown on a page that nothing keeps."""
    at = timezone.now()
    try:
        one = desk.act(on, key)
    except KeyError:
        raise Http404 from None
    desk.refuse_unoffered(one, subject, by=request.user, at=at)
    form = one.bind(request.POST or None, request.FILES or None, subject=subject, by=request.user, at=at)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            result = take(one, subject, form, by=request.user, at=at, seen=request.POST.get("version", ""))
        except Refusal as refused:
            refusal = refused
            for name, why in refused.fields.items():
                if name in form.fields:
                    form.add_error(name, why)
        else:
            return _after(request, one, result, door, back)
    language = get_language() or "zh"
    context = {"form": form, "act": one, "subject": subject, "back": back, "refusal": refusal, "cite": one.cite(language),
               "refused_cite": refusal.rule.cite(language) if refusal and refusal.rule else "", "door": door,
               "version": desk.version_of(subject) if subject else ""}  # fmt: skip
    return render(
        request, "parties/act.html", context, status=refusal.status if refusal else 422 if form.errors else 200
    )


@transaction.atomic
def take(one: desk.PartyAct, subject: Any, form: forms.Form, *, by: Person, at: Any, seen: str) -> Any:
    """Take an act with a valid form; papers that come with it are inspected and kept first."""
    said = dict(form.cleaned_data)
    for name, value in said.items():
        if isinstance(value, UploadedFile):
            said[name] = documents.store(value, name=value.name or "file", purpose="proof", by=by, at=at).pk
    return desk.take(one, subject, said, by=by, at=at, seen=seen)


def _after(request: SignedIn, one: desk.PartyAct, result: Any, door: str, back: str) -> HttpResponse:
    if isinstance(result, desk.Secret):
        response = render(request, "parties/secret.html", {"secret": result, "back": back, "act": one})
        response["Cache-Control"] = "no-store"
        return response
    messages.success(request, _("已办理：%(act)s") % {"act": one.name})
    if one.on == "house" and isinstance(result, Organisation):
        return redirect(f"{door}:party", result.pk)
    if one.on == "house" and isinstance(result, Person):
        return redirect("office:person", result.pk)
    return redirect(back)


def addresses(door: str) -> list[Any]:
    """The addresses of these pages in one door."""
    place = {"door": door}
    return [
        path("account/", account, place, name="account"),
        path("account/<slug:key>/", account_act, place, name="account_act"),
        path("organisations/<int:pk>/", organisation_page, place, name="party"),
        path("organisations/<int:pk>/<slug:key>/", organisation_act, place, name="party_act"),
        path("organisations/<int:pk>/mandates/<int:number>/", mandate_proof, place, name="mandate_proof"),
        path("people/<int:pk>/<slug:key>/", person_act, place, name="person_act"),
    ]
