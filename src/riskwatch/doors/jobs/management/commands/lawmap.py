"""``riskwatch lawmap``: print the law map for the docs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from riskwatch.doors.jobs.lawmap import text


class Command(BaseCommand):
    help = "Print the generated law map."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(text(), ending="")
