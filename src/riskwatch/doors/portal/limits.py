"""How often one address may try: counted in the shared cache, window by window."""

from __future__ import annotations

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from riskwatch.refusals import refuse_unless


def limit(request: HttpRequest, what: str, *, most: int, seconds: int) -> None:
    """Refuse an address that tried too often."""
    address = request.META.get("REMOTE_ADDR", "")
    key = f"limit:{what}:{sha256(address.encode()).hexdigest()[:24]}"
    cache.add(key, 0, seconds)
    try:
        tries = cache.incr(key)
    except ValueError:
        tries = 1
    refuse_unless(tries <= most, _("尝试次数过多"), remedy=_("请稍后再试"), code="too_often", status=429)
