"""Archive's pages that office and counter share."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from riskwatch.archive import queries
from riskwatch.case.access import depth, visible
from riskwatch.case.models import Sheet
from riskwatch.case.views import _bytes
from riskwatch.parties.views import SignedIn


@login_required
@require_GET
def package(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """An item's package, for whoever sees the item in full; ``riskwatch journal verify --package FILE`` checks it."""
    at = timezone.now()
    sheet = get_object_or_404(visible(Sheet.objects.filter(kind="archive_item"), to=request.user, at=at), pk=pk)
    if depth(sheet, to=request.user, at=at) != "full":
        raise Http404
    return _bytes(queries.package_of(sheet), "application/zip", f"{sheet.number}.zip", inline=False)
