"""The periodic job, in the database's own queue."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from riskwatch.doors.jobs.round import run


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="round", pass_context=False)
def every_minute(timestamp: int) -> None:
    """One round a minute; a round that is late does the work of those it missed."""
    run(at=timezone.now())
