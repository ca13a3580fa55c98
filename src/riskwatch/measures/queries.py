"""Reading measures from the addressee's side."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from riskwatch.case.models import Sheet
from riskwatch.measures.models import Addressee, Measure


@dataclass(frozen=True, slots=True)
class Received:
    """What an addressee must know of a measure at a glance."""

    issued_on: date | None
    acknowledge_by: date | None
    acknowledged_at: datetime | None
    addressed: bool
    perform_by: date | None

    @property
    def unacknowledged(self) -> bool:
        """Whether the addressee has still to acknowledge it."""
        return self.addressed and self.acknowledged_at is None


def received(sheets: Iterable[Sheet], organisations: Collection[int]) -> dict[int, Received]:
    """By sheet, how measures stand for some organisations."""
    found = list(sheets)
    keys = [s.pk for s in found]
    rows = {a.measure_id: a for a in Addressee.objects.filter(measure__in=keys, organisation__in=organisations)}
    perform = dict(Measure.objects.filter(pk__in=keys).values_list("pk", "perform_by"))
    return {
        s.pk: Received(
            issued_on=s.starts_on,
            acknowledge_by=rows[s.pk].acknowledge_by if s.pk in rows else None,
            acknowledged_at=rows[s.pk].acknowledged_at if s.pk in rows else None,
            addressed=s.pk in rows,
            perform_by=perform.get(s.pk),
        )
        for s in found
    }
