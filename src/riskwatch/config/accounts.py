"""Accounts are given by administrators and sign-up approvals, never taken at the login page."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self-registration through the login library."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
