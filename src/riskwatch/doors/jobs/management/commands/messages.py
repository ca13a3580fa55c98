"""``riskwatch messages``: gather the screens' words, keep their English, say what has none yet, compile."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import riskwatch
from riskwatch.doors.jobs import messages


class Command(BaseCommand):
    help = "Gather the screens' words for translation, print those without English, compile the catalogue."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a word has no English")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        package = Path(riskwatch.__file__).parent
        path = messages.catalogue_path(package)
        catalogue = messages.refreshed(package)
        missing = messages.untranslated(catalogue)
        for message in missing:
            self.stdout.write(str(message.id))
        said = f"{len(catalogue)} messages, {len(missing)} without English"
        if check:
            if missing:
                raise CommandError(said)
        else:
            messages.write(catalogue, path)
            messages.compile_into(path)
        self.stdout.write(said)
