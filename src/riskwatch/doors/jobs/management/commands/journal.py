"""``riskwatch journal verify``: check every link, digest and seal; names the first broken entry and what was compared."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from riskwatch.journal import packaged, queries
from riskwatch.journal.chain import Broken
from riskwatch.journal.verification import verify


class Command(BaseCommand):
    help = "Verify the journal, or an archive package; --seals compares either with seals kept elsewhere."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=["verify"])
        parser.add_argument("--package", type=Path, help="an archive package; no database is needed")
        parser.add_argument(
            "--seals", type=Path, help=f"folder of the seals kept outside the database (default {settings.SEALS})"
        )
        parser.add_argument(
            "--strand", default=None, help="one strand alone, for example folder:17; seals are left out"
        )

    def handle(self, *args: Any, package: Path | None, seals: Path | None, strand: str | None, **options: Any) -> None:
        if seals is not None and not seals.is_dir():
            raise CommandError(f"{seals} is no folder: the seals were not compared")
        if package:
            self._package(package, seals)
            return
        verdict = verify(seals_from=seals or settings.SEALS, strand=strand)
        _stop_if(verdict.broken)
        self.stdout.write(
            f"holds: {verdict.entries} entries in {verdict.strands} strands, {verdict.seals} seals, "
            f"{verdict.destroyed_contents} contents lawfully destroyed; {verdict.kept or 'no seal files compared'}"
        )

    def _package(self, path: Path, seals: Path | None) -> None:
        found = packaged.open_package(path)
        if isinstance(found, Broken):
            _stop_if(found)
            return
        compared = "not compared with seals (--seals FOLDER)"
        if seals is not None:
            _stop_if(packaged.compare_with_seals(found, seals))
            compared = f"{found.sealed} of its entries agree with the seals"
        ends = ", ".join(f"{key} #1 to #{number}" for key, (number, _own) in sorted(found.ends.items()))
        self.stdout.write(f"the package holds: {ends}; {compared}; {_archived(found)}")


def _stop_if(broken: Broken | None) -> None:
    if broken:
        raise CommandError(f"broken at {broken.where}: {broken.why}")


def _archived(package: packaged.Package) -> str:
    """What the house's own journal says of the package, where there is a database; there the digest was recorded."""
    try:
        entry = queries.archived_as(package.digest)
        ours = any(queries.holds_entry(key, *end) for key, end in package.ends.items())
    except DatabaseError:
        return "not compared with a database"
    if entry is not None:
        return f"archived by {entry.strand.key} #{entry.number} on {entry.at:%Y-%m-%d}"
    if ours:
        raise CommandError(
            f"this journal wrote its entries but archived no package of digest {package.digest}: it was altered"
        )
    return "from another house's journal: this database knows nothing of it"
