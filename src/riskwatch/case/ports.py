"""What case asks of the rooms after it: to watch what is put into a case, and what a new day brings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from riskwatch.case.models import Folder, Sheet
from riskwatch.parties.models import Person


class Watch(Protocol):
    """A room that may have to open a sheet because of what happens in a case; in the transaction of what happened."""

    def enclosed(self, folder: Folder, pieces: Iterable[Sheet], *, by: Person, at: datetime) -> None:
        """Pieces of information came into an open case."""
        ...

    def day(self, *, by: Person, at: datetime) -> int:
        """The clock walks: open what a day brought, once however often it is asked. Returns how many were opened."""
        ...


@lru_cache(maxsize=1)
def watches() -> tuple[Watch, ...]:
    """The watches that the settings name."""
    return tuple(import_string(path) for path in settings.WATCHES)
