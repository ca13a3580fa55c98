"""One round of the clock: everything due, once; each part safe to run twice, late or never."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from riskwatch.case import clock
from riskwatch.collection.queries import receipts_since
from riskwatch.disclosure.actions import copy_receipts, follow_measures
from riskwatch.doors.portal.limits import forget_closed
from riskwatch.journal.actions import seal
from riskwatch.measures.instructions import keep_results, send_waiting
from riskwatch.measures.ports import inspection_control
from riskwatch.parties.models import Person

SERVICE = "clock-service"


@dataclass(frozen=True, slots=True)
class Done:
    """What a round did."""

    lapsed: int
    escalated: int
    sent: int
    receipts: int
    ended: int
    sealed: bool


def run(*, at: datetime, tell: Callable[[str], None] = lambda text: None) -> Done:
    """Walk deadlines, send what waits, copy receipts out, mark publications, seal the journal."""
    by = Person.objects.get(username=SERVICE)
    walked = clock.walk(by=by, at=at, step_done=tell)
    sent, _waiting = send_waiting(inspection_control(), at=at)
    keep_results(inspection_control())
    receipts = copy_receipts(receipts_since(at - timedelta(days=2)))
    ended = follow_measures(at=at)
    forget_closed()
    made = seal(at=at, keep_in=settings.SEALS)
    return Done(walked.lapsed, walked.escalated, sent, receipts, ended, made is not None)
