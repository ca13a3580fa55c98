"""Writing an act on a sheet or folder into its strand, with the post it was done in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from decree188.calendar import shanghai_date
from riskwatch.case.models import Folder, Sheet
from riskwatch.journal import actions as journal
from riskwatch.parties.models import Organisation, Person


def absent(by: Person, holder: int | None) -> Person | None:
    """For whom a person acts in a post: nobody in their own, the absent person in one that they fill as a deputy."""
    return Person(pk=holder) if holder and holder != by.pk else None


def record(
    sheet: Sheet,
    act: str,
    *,
    by: Person,
    at: datetime,
    rule: str = "",
    content: Mapping[str, Any] | None = None,
    holder: int | None = None,
) -> None:
    """One entry about a sheet, in its folder's strand or its own; last statement of its transaction."""
    facts = {"title": sheet.title, "stage": sheet.stage, "version": sheet.version} | dict(content or {})
    journal.write(
        sheet.strand, act, by=by, at=at, sheet=sheet.pk, rule=rule, content=facts, on_behalf_of=absent(by, holder)
    )


def record_on_folder(
    folder: Folder, act: str, *, by: Person, at: datetime, rule: str = "", content: Mapping[str, Any] | None = None,
    holder: int | None = None,
) -> None:  # fmt: skip
    """One entry about a folder, in its strand."""
    said = {"title": folder.title} | dict(content or {})
    journal.write(folder.strand, act, by=by, at=at, rule=rule, content=said, on_behalf_of=absent(by, holder))


def record_in_office(
    office: Organisation,
    act: str,
    *,
    by: Person,
    at: datetime,
    rule: str = "",
    content: Mapping[str, Any] | None = None,
    holder: int | None = None,
) -> None:
    """One entry about no single record, in the office's strand of that day."""
    day = shanghai_date(at)
    journal.write(
        f"office:{office.code}:{day}", act, by=by, at=at, rule=rule, content=content, on_behalf_of=absent(by, holder)
    )
