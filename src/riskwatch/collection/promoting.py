"""Rows of mass sources become pieces of the register when an officer needs them in a case, each with its source row attached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from decree188.calendar import shanghai_date
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.models import Sheet
from riskwatch.collection import bulk, mass
from riskwatch.collection.inspecting import Inspection
from riskwatch.collection.models import Information, SourceFile
from riskwatch.collection.ports import sources, translated
from riskwatch.journal import actions as journal
from riskwatch.parties.models import Organisation, Person


@transaction.atomic
def enter_rows(refs: Iterable[tuple[str, str, int]], office: Organisation, *, by: Person, at: datetime) -> list[Sheet]:
    """Register kept rows at an office, with number and handling term; rows that are registered already are found, not doubled.

    Parameters
    ----------
    refs : iterable of (source, file's hash, row number)

    Returns
    -------
    list of Sheet
        Newly registered or known, in the order of their numbers.
    """
    refuse_without_post(office, ("case_officer", "registrar", "collector"), by=by, at=at)
    known_sources = {s.id: s for s in sources()}
    by_file: dict[tuple[str, str], list[mass.Row]] = {}
    for row in mass.rows_of(refs):
        by_file.setdefault((row.source, row.file), []).append(row)
    keys: list[str] = []
    for (source_id, sha256), rows in sorted(by_file.items()):
        source = known_sources[source_id]
        batch = bulk.Batch(source, office, by, at)
        file = SourceFile.objects.filter(source=source_id, sha256=sha256).exclude(done_at=None).earliest("pk")
        translate = source.translate  # type: ignore[attr-defined]
        looked = Inspection(office, source.source_kind, shanghai_date(at)).look(
            [translated(translate, dict(row.original), row.position) for row in rows]
        )
        bulk._lock_ids(batch)
        there = set(Information.objects.filter(external_id__in=looked.fit).values_list("external_id", flat=True))
        fresh = {key: fit for key, fit in looked.fit.items() if key not in there}
        bulk._copy(fresh, file, batch)
        keys += list(looked.fit)
        said = {"file": sha256, "rows": [row.number for row in rows], "added": list(fresh)}
        journal.write(f"file:{file.pk}", "information.enter_rows", by=by, at=at, rule="source_kinds", content=said)
    found = Information.objects.filter(external_id__in=keys).values("pk")
    return list(Sheet.objects.filter(pk__in=found).select_related("owner").order_by("pk"))
