"""What an agent whose mandate is over still reads of a record: what it filed itself, as it filed it, off the journal."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model

from riskwatch.case import agents
from riskwatch.case.desk import Fact, OwnFacts
from riskwatch.case.models import Sheet
from riskwatch.followup.models import Duty, LiftApplication, Objection, Traceability


def filed_duty(sheet: Sheet, organisations: Collection[int]) -> list[Fact]:
    """What an agent reported on a duty, as it reported it."""
    return _as_filed(Duty, agents.filed(sheet, ("duty.report",), organisations))


def filed_statement(sheet: Sheet, organisations: Collection[int]) -> list[Fact]:
    """What an agent filed of lots, as it filed it."""
    return _as_filed(Traceability, agents.filed(sheet, ("traceability.file", "traceability.refile"), organisations))


def filed_application(sheet: Sheet, organisations: Collection[int]) -> list[Fact]:
    """What an agent wrote in its application to lift."""
    return _as_filed(LiftApplication, agents.filed(sheet, ("lift_application.apply",), organisations))


def filed_objection(sheet: Sheet, organisations: Collection[int]) -> list[Fact]:
    """What an agent wrote against a measure."""
    return _as_filed(Objection, agents.filed(sheet, ("objection.raise",), organisations))


def _as_filed(table: type[Model], content: dict[str, Any]) -> list[Fact]:
    """The fields of a table that an entry's content names, in the table's words and order."""
    return [
        Fact(str(f.verbose_name), content[f.name], True)
        for f in table._meta.concrete_fields
        if isinstance(content.get(f.name), str)
    ]


FILED: dict[str, OwnFacts] = {
    "duty": filed_duty,
    "objection": filed_objection,
    "lift_application": filed_application,
    "traceability": filed_statement,
}
