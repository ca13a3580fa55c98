"""What parties need from outside: a verifier of identities, when a site has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Verified:
    """What an outside verifier said."""

    agrees: bool
    detail: str


class IdentityVerifier(Protocol):
    """Asks an authority whether a name belongs to a number; without one an officer looks at the uploaded proof."""

    def verify(self, *, name: str, number: str) -> Verified: ...


def identity_verifier() -> IdentityVerifier | None:
    """The verifier that the settings name, or None."""
    if not settings.IDENTITY_VERIFIER:
        return None
    found: IdentityVerifier = import_string(settings.IDENTITY_VERIFIER)
    return found
