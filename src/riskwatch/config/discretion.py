"""Logs without people's words: what a database says about a row is withheld, what went wrong is kept."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

import psycopg

WITHHELD = "[withheld]"
# Where the exception itself is out of reach, what PostgreSQL puts after these words, to the end of the paragraph.
TOLD = re.compile(
    r"\b(LINE \d+(?=:)|DETAIL|CONTEXT|Failing row contains|Key \()[^\n]*(?:\n(?!\S*(?:Error|Traceback|During|The above))[^\n]+)*"
)
QUOTED = re.compile(r'"[^"\n]*"')
ExcInfo: TypeAlias = "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"


class Discreet(logging.Formatter):
    """A formatter that withholds row contents, in messages and in tracebacks alike."""

    def format(self, record: logging.LogRecord) -> str:
        told = super().format(record)
        for said in _said(record.exc_info[1] if isinstance(record.exc_info, tuple) else None):
            told = told.replace(said, WITHHELD)
        return TOLD.sub(lambda found: f"{found[1]} {WITHHELD}", told)


def _said(error: BaseException | None) -> Iterator[str]:
    """What the database said of rows, anywhere in an error's chain; longest first, so that no rest stays."""
    found: set[str] = set()
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, psycopg.Error):
            found |= {s for s in (error.diag.message_detail, error.diag.context) if s}
            if isinstance(error, psycopg.DataError):
                found |= set(QUOTED.findall(error.diag.message_primary or str(error)))
        error = error.__cause__ or error.__context__
    yield from sorted(found, key=len, reverse=True)
