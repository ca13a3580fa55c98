"""How often one address, or one receipt number, may be tried: counted in the shared cache, window by window."""

from __future__ import annotations

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from riskwatch.doors.addresses import client_address
from riskwatch.refusals import refuse_unless


def limit(request: HttpRequest, what: str, *, most: int, seconds: int) -> None:
    """Refuse an address that tried too often."""
    limit_key(client_address(request), what, most=most, seconds=seconds)


def limit_key(key: str, what: str, *, most: int, seconds: int) -> None:
    """Refuse a further try at something (an address, a receipt number) that was tried too often."""
    name = f"limit:{what}:{sha256(key.encode()).hexdigest()[:24]}"
    cache.add(name, 0, seconds)
    try:
        tries = cache.incr(name)
    except ValueError:
        tries = 1
    refuse_unless(tries <= most, _("尝试次数过多"), remedy=_("请稍后再试"), code="too_often", status=429)
