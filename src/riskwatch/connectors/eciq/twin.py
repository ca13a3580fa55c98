"""A twin of the closed partner, which has no public interface: slow, failing, forgetting to answer, answering twice.

Its misbehaviour follows from the key alone, so that a test can be repeated. No compatibility with the real E-CIQ
is claimed; a site that has access writes its own `InspectionControl` and names it in the settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db.models import F

from riskwatch.connectors.eciq.models import TwinInstruction
from riskwatch.measures.ports import Finding, PartnerRefusal, PartnerTrouble


class Twin:
    """Fails on the first call of some keys, loses its answer on others, refuses what lacks a scope."""

    def send(self, key: str, body: Mapping[str, Any]) -> str:
        mood = sha256(key.encode()).digest()[0] % 4
        if not str(body.get("scope", "")).strip():
            raise PartnerRefusal("scope missing")
        row = TwinInstruction.objects.filter(key=key).first()
        if row:
            TwinInstruction.objects.filter(pk=row.pk).update(calls=F("calls") + 1)
            return row.receipt
        if mood == 0 and not _heard(key):
            raise PartnerTrouble("gateway timeout")
        made = TwinInstruction.objects.create(
            key=key, body=dict(body), receipt=f"ECIQ-{sha256(key.encode()).hexdigest()[:10]}"
        )
        if mood == 1:
            raise PartnerTrouble("connection closed before the answer")
        return made.receipt

    def known(self, key: str) -> str | None:
        row = TwinInstruction.objects.filter(key=key).first()
        return row.receipt if row else None

    def results(self) -> list[Finding]:
        rows = TwinInstruction.objects.order_by("pk")
        once = [Finding(r.key, 3 + r.pk % 5, r.pk % 2) for r in rows]
        return once + once[:1]


_FIRST: set[str] = set()


def _heard(key: str) -> bool:
    heard = key in _FIRST
    _FIRST.add(key)
    return heard
