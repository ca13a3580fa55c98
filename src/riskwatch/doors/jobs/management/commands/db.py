"""``riskwatch db``: start or stop the embedded server; back up, restore, and rehearse a restore."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from riskwatch.config import embedded
from riskwatch.doors.jobs import backup


class Command(BaseCommand):
    help = (
        "Start, stop or ask after the embedded database; backup FILE, restore FILE, drill FILE (a rehearsed restore)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=["start", "stop", "status", "backup", "restore", "drill"])
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, do: str, file: Path | None, **options: Any) -> None:
        try:
            self.stdout.write(self._server(do) if do in ("start", "stop", "status") else self._parcel(do, file))
        except (backup.Unfit, embedded.NoDatabase) as error:
            raise CommandError(str(error)) from error

    def _server(self, do: str) -> str:
        if not settings.EMBEDDED:
            raise CommandError("DATABASE_URL is set; that server is not ours to start or stop")
        if do == "start":
            embedded.start(settings.HOME)
        if do == "stop":
            embedded.stop(settings.HOME)
        return "running" if embedded.running(embedded.cluster(settings.HOME)) else "stopped"

    def _parcel(self, do: str, file: Path | None) -> str:
        if file is None:
            raise CommandError(f"say which file: riskwatch db {do} FILE")
        programs = embedded.find_binaries()
        if do == "backup":
            rows = backup.back_up(file, programs=programs)
            return (
                f"{file}: {rows} rows, {file.stat().st_size} bytes. It holds the keys: keep it as safe as the server."
            )
        if do == "drill":
            return f"the drill holds: {backup.drill(file, programs=programs)}"
        notes = backup.restore(file, programs=programs)
        return "\n".join([*notes, "restored; now run: riskwatch migrate, then riskwatch journal verify"])
