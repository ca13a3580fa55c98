"""The periodic jobs, in the database's own queue."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from riskwatch.doors.jobs.round import run
from riskwatch.doors.jobs.weekly import last_full_week, run_all


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="round", pass_context=False)
def every_minute(timestamp: int) -> None:
    """One round a minute; a round that is late does the work of those it missed."""
    run(at=timezone.now())


@app.periodic(cron="30 18 * * *")  # universal time: half past two at night in Shanghai
@app.task(queueing_lock="watches", pass_context=False)
def every_night(timestamp: int) -> None:
    """The watches over the last full week, each night: late reports count, and nights without news change nothing."""
    at = timezone.now()
    for _watch, _done in run_all(last_full_week(at), at=at):
        pass
