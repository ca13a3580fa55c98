"""How often one address or receipt number may be tried: counted in the database in one statement, window by window."""

from __future__ import annotations

from hashlib import sha256

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from riskwatch.doors.addresses import client_address
from riskwatch.refusals import refuse_unless

# The window begins with the first try and a further try does not prolong it.
COUNT = """
    INSERT INTO portal_tries AS old (key, until, count)
    VALUES (%(key)s, clock_timestamp() + make_interval(secs => %(seconds)s), 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN old.until <= clock_timestamp() THEN 1 ELSE LEAST(old.count + 1, 1000000) END,
        until = CASE WHEN old.until <= clock_timestamp() THEN excluded.until ELSE old.until END
    RETURNING count
"""


def limit(request: HttpRequest, what: str, *, most: int, seconds: int) -> None:
    """Refuse an address that tried too often."""
    limit_key(client_address(request), what, most=most, seconds=seconds)


def limit_key(key: str, what: str, *, most: int, seconds: int) -> None:
    """Refuse a further try at something that was tried too often (an address, a receipt number)."""
    name = f"{what}:{sha256(key.encode()).hexdigest()[:40]}"
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": name, "seconds": seconds})
        tries = cursor.fetchone()[0]
    refuse_unless(tries <= most, _("尝试次数过多"), remedy=_("请稍后再试"), code="too_often", status=429)


def forget_closed() -> int:
    """Drop the rows of windows that closed; the clock does it. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_tries WHERE until <= clock_timestamp()")
        return int(cursor.rowcount)
