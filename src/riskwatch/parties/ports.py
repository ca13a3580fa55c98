"""What parties need from outside: a verifier of identities, when a site has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Verified:
    """What an outside verifier said."""

    agrees: bool
    detail: str


class IdentityVerifier(Protocol):
    """Asks an authority whether a name belongs to a number; without one an officer looks at the uploaded proof."""

    def verify(self, *, name: str, number: str) -> Verified: ...
