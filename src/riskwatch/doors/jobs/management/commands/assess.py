"""``riskwatch assess FILE.json``: assess scenarios from a file with the methods alone; nothing is stored."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Assess scenarios from a JSON file; no case and no database are needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="scenarios as JSON")
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *args: Any, file: Path, lang: str, json: bool, **options: Any) -> None:
        from riskmethods.__main__ import main

        if code := main([str(file), "--lang", lang, *(["--json"] if json else [])]):
            sys.exit(code)
