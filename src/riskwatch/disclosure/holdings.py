"""Releases and correction requests in archive packages, and their destruction.

What was published stays at its permanent address: it left the house when it was released. A receipt goes with its report.
"""

from __future__ import annotations

from datetime import datetime

from riskwatch.case.holdings import GONE, Room
from riskwatch.case.models import Sheet
from riskwatch.disclosure.models import ReceiptState


class _Disclosure(Room):
    def destroy(self, sheet: Sheet, *, at: datetime) -> None:
        super().destroy(sheet, at=at)
        if sheet.kind == "information":
            ReceiptState.objects.filter(number=sheet.number).update(words=GONE, answer="", updated_at=at)


HOLDING = _Disclosure("disclosure", kinds=("release", "correction"))
