"""``riskwatch replay SIGNAL``: compute a signal again from its kept inputs and say whether the numbers are the same."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from riskwatch.detection.models import Signal
from riskwatch.detection.replaying import replay
from riskwatch.refusals import Refusal


class Command(BaseCommand):
    help = "Compute a signal again from the inputs kept under their hash; exit status 1 when any number differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("signal", type=int, help="the signal's number, as riskwatch watch prints it in brackets")

    def handle(self, *args: Any, signal: int, **options: Any) -> None:
        found = Signal.objects.select_related("run__watch").filter(pk=signal).first()
        if found is None:
            raise CommandError(f"there is no signal {signal}")
        try:
            done = replay(found)
        except Refusal as refused:
            raise CommandError(f"{refused} {refused.remedy}") from None
        self.stdout.write(f"{found}: {found.why}")
        self.stdout.write(f"inputs {done.inputs}, engine {done.engine}")
        if done.same:
            self.stdout.write(
                f"same: observed {found.observed}, expected {found.expected:.6g}, p {found.p:.6g}, rank {found.rank:.6g}"
            )
            return
        for name, recorded, now in done.differs:
            self.stdout.write(f"differs: {name}\n  recorded {recorded}\n  now      {now}")
        raise CommandError(f"{len(done.differs)} of the recorded numbers differ")
