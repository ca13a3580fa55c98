"""Archive's own items: they are the record of what was kept and destroyed, and are never destroyed themselves."""

from __future__ import annotations

from datetime import datetime

from riskwatch.case.holdings import Room
from riskwatch.case.models import Sheet


class _Archive(Room):
    def destroy(self, sheet: Sheet, *, at: datetime) -> None:
        """Nothing: class, days, appraisal and certificate remain."""


HOLDING = _Archive("archive", kinds=("archive_item",))
