"""``riskwatch tick``: one round of the clock now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from riskwatch.doors.jobs.round import run


class Command(BaseCommand):
    help = "Do once what the clock does every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(run(at=timezone.now())))
