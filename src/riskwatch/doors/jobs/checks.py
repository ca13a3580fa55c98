"""What a database must be able to do before anything is kept in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections

EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")
HINT = (
    "Create it with encoding UTF8 and locale C.UTF-8 (libc), and the extensions pg_trgm, btree_gist and unaccent in it; "
    "docs/production.md shows the commands."
)


def make_extensions(alias: str = "default") -> None:
    """The owner of a database may add these itself on most servers; where it may not, the check says so."""
    with connections[alias].cursor() as cursor:
        present = "SELECT count(*) FROM pg_extension WHERE extname = ANY(%s)"
        cursor.execute(present, [list(EXTENSIONS)])
        if cursor.fetchone()[0] < len(EXTENSIONS):
            for name in EXTENSIONS:
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")


@register(Tags.database)
def hears_chinese(app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Under some locales the search index silently drops every Chinese character."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT show_trgm('儿童玩具召回')")
                heard = cursor.fetchone()[0]
        except DatabaseError as error:
            found.append(Error(f"the database {alias!r} cannot be used: {error}", hint=HINT, id="riskwatch.E001"))
            continue
        if not heard:
            found.append(Error(f"the database {alias!r} drops Chinese from its search", hint=HINT, id="riskwatch.E002"))
    return found


def demo_accounts() -> list[str]:
    """User names of active accounts that still open with the demo's printed password."""
    from riskwatch.doors.jobs.simulator.cast import PASSWORD, usernames
    from riskwatch.parties.models import Person

    rows = Person.objects.filter(username__in=usernames(), is_active=True).values_list("username", "password")
    # The demo's accounts share one hash, and hashing is slow on purpose.
    opened = {kept for kept in {kept for _name, kept in rows} if check_password(PASSWORD, kept)}
    return sorted(name for name, kept in rows if kept in opened)


def refuse_demo_accounts() -> None:
    """A house that is open to others does not start while anybody can come in with a password from a manual."""
    if not settings.TLS or "parties_person" not in connection.introspection.table_names():
        return
    found = demo_accounts()
    if found:
        raise ImproperlyConfigured(
            f"RISKWATCH_TLS=1, but {len(found)} demo accounts still have the demo's password ({', '.join(found[:5])} …): "
            "start with a fresh database, or close those accounts or change their passwords first"
        )
