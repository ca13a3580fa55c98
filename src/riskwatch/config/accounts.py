"""Accounts are given by administrators and sign-up approvals, never taken at the login page."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from decree188.calendar import shanghai_date
from riskwatch.doors.addresses import client_address
from riskwatch.parties.keys import end_keys
from riskwatch.parties.queries import posts


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self-registration through the login library."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Officials to the office, everybody else who has an account to the counter."""
        held = posts(request.user, shanghai_date(timezone.now()))  # type: ignore[arg-type]
        return reverse("office:home" if any(p.kind == "office" for p in held) else "counter:home")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address that the portal's limits count."""
        return client_address(request)

    @transaction.atomic
    def set_password(self, user: Any, password: str) -> None:
        """A password of one's own ends the one-time password, and the keys that were made under the old one."""
        user.one_time_password = False
        super().set_password(user, password)
        end_keys(user, at=timezone.now())
