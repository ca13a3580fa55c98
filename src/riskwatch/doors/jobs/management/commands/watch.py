"""``riskwatch watch``: count a week and raise its signals; interrupted or run again, it gives the same result."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from riskwatch.detection.models import Run, Watch
from riskwatch.doors.jobs.weekly import in_force, last_full_week, run_all, week_of
from riskwatch.refusals import Refusal


class Command(BaseCommand):
    help = "Run the watches over a week: the last full one, or --week 2026-W07. The same inputs give the same signals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--week", default="", help="2026-W07, or any day of the week; the last full week by default"
        )
        parser.add_argument("--until", default="", help="with --week: every week up to this one, in order")
        parser.add_argument("--watch", default="", help="the name of one watch; all in force by default")
        parser.add_argument("--list", action="store_true", help="list the watches instead")

    def handle(self, *args: Any, week: str, until: str, watch: str, list: bool, **options: Any) -> None:
        at = timezone.now()
        if list:
            for one in Watch.objects.select_related("owner").order_by("pk"):
                self.stdout.write(
                    f"{one.name}: {one.owner.code} from {one.starts_on} to {one.ends_on or '-'} {one.title}"
                )
            return
        try:
            first = week_of(week) if week else last_full_week(at)
            last = week_of(until) if until else first
        except ValueError:
            raise CommandError(f"no week: {week or until!r}; write 2026-W07 or a day such as 2026-02-12") from None
        if watch and not Watch.objects.filter(name=watch).exists() and watch != "national":
            raise CommandError(f"there is no watch {watch!r}; there are: {', '.join(w.name for w in in_force(first))}")
        failed = 0
        while first <= last:
            failed += self._week(first, watch, at)
            first += timedelta(days=7)
        if failed:
            raise CommandError(f"{failed} runs were refused")

    def _week(self, monday: date, watch: str, at: Any) -> int:
        failed = 0

        def told(name: str, text: str) -> None:
            self.stdout.write(f"\r{_week_name(monday)} {name}: {text}\x1b[K", ending="")
            self.stdout.flush()

        for one, done in run_all(monday, at=at, name=watch, told=told):
            head = f"\r{_week_name(monday)} {one.name}: "
            if isinstance(done, Refusal):
                failed += 1
                self.stdout.write(f"{head}refused: {done} {done.remedy}\x1b[K")
                continue
            self.stdout.write(head + self._summary(done) + "\x1b[K")
            for signal in done.signals.filter(held=False).order_by("place"):
                self.stdout.write(f"  {signal.place:>2}. [{signal.pk}] {signal.why}")
        return failed

    @staticmethod
    def _summary(run: Run) -> str:
        if run.short:
            return f"nothing to test: no source is known for long enough ({run.records} records, {run.undated} without a date)"
        return (f"{run.records} records ({run.undated} without a date), {run.cells} cells, {run.tested} tested, "
                f"{run.raised} signals, {run.held} beyond the budget, inputs {run.inputs[:12]}, {run.seconds:.1f} s")  # fmt: skip


def _week_name(monday: date) -> str:
    year, number, _day = monday.isocalendar()
    return f"{year}-W{number:02d}"
