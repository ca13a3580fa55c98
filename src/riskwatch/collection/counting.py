"""Counting information in one pass over the register: by source, hazard, origin, port, product chapter, stage, month."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from riskwatch.case.models import Sheet
from riskwatch.collection.finding import DATES
from riskwatch.collection.models import Information

DIMENSIONS = ("source_kind", "hazard", "origin", "port", "chapter", "stage", "month")
_DAY = {
    "received": "(s.made_at AT TIME ZONE 'Asia/Shanghai')::date",
    "event": "COALESCE(i.occurred_on, i.published_on)",
}
# Bounds as moments, so that the index on the time of making serves; a piece without the day is counted in no span.
_SPAN = {
    "received": "s.made_at >= (%(since)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')"
    " AND s.made_at < ((%(until)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')",
    "event": "COALESCE(i.occurred_on, i.published_on) BETWEEN %(since)s AND %(until)s",
}


def tally(
    *, owners: Collection[int] | None, since: date, until: date, by: str = "received"
) -> dict[str, list[tuple[str, int, int]]]:
    """Pieces of some owners (None: of all) in a span of days, by dimension: rows of (value, received, verified).

    ``by`` says which day counts: ``"received"``, or ``"event"`` (when it occurred, else was published).

    Raises
    ------
    ValueError
        ``by`` is neither.
    """
    if by not in DATES:
        raise ValueError(f"by must be one of {DATES}, not {by!r}")
    owned = "" if owners is None else "AND s.owner_id = ANY(%(owners)s)"
    sql = f"""
        SELECT GROUPING({", ".join(DIMENSIONS)}), {", ".join(DIMENSIONS)},
               count(*), count(*) FILTER (WHERE stage IN ('verified', 'entered'))
        FROM (SELECT i.source_kind, i.hazard, i.origin, i.port, left(i.commodity_code, 2) AS chapter, s.stage,
                     date_trunc('month', {_DAY[by]}) AS month
              FROM {Sheet._meta.db_table} s JOIN {Information._meta.db_table} i ON i.sheet_id = s.id
              WHERE s.kind = 'information' {owned} AND {_SPAN[by]}) AS register
        GROUP BY GROUPING SETS ({", ".join(f"({name})" for name in DIMENSIONS)})
    """  # noqa: S608 - names of our own tables and columns only
    with connection.cursor() as cursor:
        cursor.execute(sql, {"owners": list(owners or ()), "since": since, "until": until})
        return _by_dimension(cursor.fetchall())


def _by_dimension(rows: list[tuple[Any, ...]]) -> dict[str, list[tuple[str, int, int]]]:
    """Rows of the grouping sets, each under the one dimension that it is grouped by, the largest first."""
    found: dict[str, list[tuple[str, int, int]]] = {name: [] for name in DIMENSIONS}
    for mask, *values, received, verified in rows:
        at = next(n for n in range(len(DIMENSIONS)) if not mask >> (len(DIMENSIONS) - 1 - n) & 1)
        value = f"{values[at]:%Y-%m}" if DIMENSIONS[at] == "month" and values[at] else str(values[at] or "").strip()
        found[DIMENSIONS[at]].append((value, received, verified))
    return {name: sorted(rows, key=lambda r: (-r[1], r[0])) for name, rows in found.items()}
