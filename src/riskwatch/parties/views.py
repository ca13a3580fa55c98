"""What a view knows of who asks."""

from __future__ import annotations

from django.http import HttpRequest

from riskwatch.parties.models import Person


class SignedIn(HttpRequest):
    """A request behind a login: its user is a person."""

    user: Person
