"""``riskwatch journal verify``: check every link, digest and seal; names the first broken entry."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from riskwatch.journal.packaged import verify_package
from riskwatch.journal.verification import verify


class Command(BaseCommand):
    help = "Verify the journal, or an archive package by itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=["verify"])
        parser.add_argument("--package", type=Path, help="an archive package; no database is needed")
        parser.add_argument(
            "--seals", type=Path, default=settings.SEALS, help="folder of the seals kept outside the database"
        )
        parser.add_argument("--strand", default=None)

    def handle(self, *args: Any, package: Path | None, seals: Path, strand: str | None, **options: Any) -> None:
        if package:
            broken = verify_package(package)
            if broken:
                raise CommandError(f"broken at {broken.where}: {broken.why}")
            self.stdout.write("the package holds")
            return
        verdict = verify(seals_from=seals if seals.exists() else None, strand=strand)
        if verdict.broken:
            raise CommandError(f"broken at {verdict.broken.where}: {verdict.broken.why}")
        self.stdout.write(f"holds: {verdict.entries} entries in {verdict.strands} strands, {verdict.seals} seals, "
                          f"{verdict.destroyed_contents} contents lawfully destroyed")  # fmt: skip
