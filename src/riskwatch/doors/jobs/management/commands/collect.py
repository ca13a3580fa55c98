"""``riskwatch collect FILE…``: collect files of known sources, with progress; may be interrupted and run again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from riskwatch.collection import bulk
from riskwatch.collection.ports import sources as known_sources
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Collect files: CPSC API JSON, CPSC CSV, NHTSA CSV, Safety Gate XML, customs monthly list, intake template; "
        "and statistics kept beside the register: NEISS, Toronto fires, FARS, import declarations."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--office", default="0000", help="code of the collecting office (0000 = headquarters)")
        parser.add_argument("--by", default="collector-service", help="user name of the collecting person or service")
        parser.add_argument("--source", default="", help="source id, when it cannot be told from the file")

    def handle(self, *args: Any, files: list[Path], office: str, by: str, source: str, **options: Any) -> None:
        sources = known_sources()
        chosen = next((s for s in sources if s.id == source), None)
        if source and chosen is None:
            raise CommandError(f"there is no source {source!r}; there are: {', '.join(s.id for s in sources)}")
        who = Person.objects.filter(username=by, is_active=True).first()
        if who is None:
            raise CommandError(f"there is no active account {by!r} (--by)")
        where = Organisation.objects.filter(code=office, kind__in=("office", "centre"), until=None).first()
        if where is None:
            raise CommandError(f"there is no office or centre of code {office!r} (--office; 0000 is headquarters)")
        failed = 0
        for path in files:
            try:
                self._one(path, [chosen] if chosen else sources, where, who)
            except (Refusal, OSError) as error:
                failed += 1
                self.stderr.write(f"{path.name}: {_words(error)}")
        if failed:
            raise CommandError(f"{failed} of {len(files)} files were not collected")

    def _one(self, path: Path, sources: list[Any], where: Organisation, who: Person) -> None:
        with path.open("rb") as stream:
            chosen = sources[0] if len(sources) == 1 else bulk.choose(sources, stream, path.name)
            batch = bulk.Batch(chosen, where, who, timezone.now())

            def progress(file: Any) -> None:
                self.stdout.write(f"\r{path.name}: {file.rows_read} rows", ending="")

            done = bulk.collect(stream, path.name, batch, progress=progress)
        self.stdout.write(
            f"\r{path.name}: {done.rows_read} rows, {done.added} added, {done.known} known, {done.renewed} renewed, {done.bad} bad"
        )
        for bad in done.bad_rows.order_by("pk")[:20]:
            self.stdout.write(f"  {bad.position} {bad.field}: {bad.reason}")


def _words(error: Exception) -> str:
    """What went wrong and what to do, said for someone at a command line."""
    if isinstance(error, Refusal) and error.code == "unknown_format":
        return f"{error} (name it with --source, or use the template; see docs/intake_template.md)"
    return f"{error} {getattr(error, 'remedy', '')}".strip()
