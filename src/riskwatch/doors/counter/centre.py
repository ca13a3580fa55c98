"""A national monitoring centre's own pages: register, propose, its archive and the statistics of its register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.archive import queries as archive_queries
from riskwatch.case.access import visible
from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.connectors.intake import template as empty_template
from riskwatch.doors.counter.forms import CentreForm
from riskwatch.doors.counter.views import form_page, page_of
from riskwatch.parties.models import Organisation
from riskwatch.parties.views import SignedIn

View = Callable[..., HttpResponse]


def of_centre(view: View) -> View:
    """Only people with a post in a centre come in here; the view is given the centre."""

    @wraps(view)
    @login_required
    def inner(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        own = collection.own_organisation(request.user, timezone.now(), "centre")
        return view(request, own, *args, **kwargs)

    return inner


@of_centre
def register(request: SignedIn, own: Organisation) -> HttpResponse:
    """A national centre registers what it collected."""
    at = timezone.now()
    form = CentreForm(request.POST or None, request.FILES or None)

    def do(said: dict[str, Any]) -> Sheet:
        facts = form.facts() | {"source_kind": said["source_kind"], "text": said["text"]}
        return collection.register(own, title=said["title"], facts=facts, files=said["files"], by=request.user, at=at)

    return form_page(request, form, _("登记监测信息"), "", do)


@of_centre
def propose(request: SignedIn, own: Organisation) -> HttpResponse:
    """A centre's information, from which findings are delivered once it is entered."""
    at = timezone.now()
    rows = visible(Sheet.objects.filter(kind="information", owner=own), to=request.user, at=at)
    designations = own.designations.filter(withdrawn_on=None)
    page = page_of(rows.select_related("owner").order_by("-made_at"), at, request)
    return render(request, "counter/propose.html", page | {"designations": designations})


@of_centre
def archive(request: SignedIn, own: Organisation) -> HttpResponse:
    """A centre's archived items and the statistics of what it received in the last year."""
    at = timezone.now()
    today = shanghai_date(at)
    rows = visible(Sheet.objects.filter(kind="archive_item", owner=own), to=request.user, at=at)
    numbers = archive_queries.statistics(to=request.user, at=at, since=today - timedelta(days=365), until=today)
    tables = [(archive_queries.DIMENSIONS[name], rows[:12]) for name, rows in numbers.tables.items()]
    page = page_of(rows.select_related("owner").order_by("-made_at"), at, request)
    return render(request, "counter/archive.html", page | {"tables": tables})


@of_centre
def template(request: SignedIn, own: Organisation) -> HttpResponse:
    """The empty intake template."""
    response = HttpResponse(empty_template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="riskwatch-intake.csv"'
    return response
