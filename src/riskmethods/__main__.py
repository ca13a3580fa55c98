"""Assess one document on the command line: ``python -m riskmethods FILE.json [--lang zh|en] [--style …] [--json]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from riskmethods.assessment import assess
from riskmethods.errors import MethodError, Refused
from riskmethods.limits import MOST_BYTES
from riskmethods.schemas import published
from riskmethods.wording import STYLES


def main(argv: Sequence[str] | None = None) -> int:
    """Print the result, or every fault on the error stream; 0 when assessed, 1 when refused, 2 when it cannot be read.

    Without a file, or with a dash, standard input is read.
    """
    asked = _arguments().parse_args(argv)
    if asked.schema:
        sys.stdout.buffer.write(published().encode())
        return 0
    try:
        body = _read(asked.file)
    except OSError as lost:
        sys.stderr.write(f"{asked.file}: {lost.strerror or lost}\n")
        return 2
    try:
        result = assess(body)
    except MethodError as refused:
        for fault in refused.faults if isinstance(refused, Refused) else (refused,):
            sys.stderr.write(
                f"{fault.place or asked.file}: {fault.zh if asked.lang == 'zh' else fault.en} [{fault.rule}]\n"
            )
        return 1
    shown = result.as_json() + b"\n" if asked.json else result.text(asked.lang, style=asked.style).encode()
    sys.stdout.buffer.write(shown)
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="riskmethods", description="评定一份风险评估文件 / assess one document")
    parser.add_argument("file", nargs="?", default="-", help="FILE.json; standard input when absent or -")
    parser.add_argument("--schema", action="store_true", help="print the document's JSON Schema instead")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--style", choices=STYLES, default="table")
    parser.add_argument("--json", action="store_true", help="the result as canonical JSON")
    return parser


def _read(name: str) -> bytes:
    """The file, one byte beyond the bound at most: a longer one is refused as too large."""
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


if __name__ == "__main__":
    sys.exit(main())
