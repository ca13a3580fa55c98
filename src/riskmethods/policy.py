"""Headquarters' own policy beside the methods: customs' grades for a method's levels, measures, own scales, FMEA priorities.

No source maps a method's level to customs' grades or to measures. The mapping is a dated table that headquarters edits
as data; what it says is proposed, never decided. :data:`DEFAULT` is ours, a place to start from.

>>> grade = DEFAULT.grade("low", "high", day="2026-11-24")
>>> grade.grade, grade.measures
('medium_low', ('notice', 'survey'))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from riskmethods import fmea, injuries
from riskmethods.editions import LEVELS
from riskmethods.errors import MethodError, raise_at
from riskmethods.limits import fingerprint
from riskmethods.reading import is_day
from riskmethods.vocabulary import codes, term


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A level, the level that its 95th percentile must at least reach (empty: any), the grade, the proposed measures."""

    level: str
    reaches: str
    grade: str
    measures: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"level": self.level, "reaches": self.reaches, "grade": self.grade, "measures": list(self.measures)}


@dataclass(frozen=True, slots=True)
class GradeTable:
    """Rows in force from a day on; the first that fits holds."""

    id: str
    valid_from: str
    rows: tuple[GradeRow, ...]

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "valid_from": self.valid_from, "rows": [row.as_json() for row in self.rows]}


@dataclass(frozen=True, slots=True)
class Graded:
    """What the policy proposes: customs' grade, measures, and the table that says so."""

    grade: str
    measures: tuple[str, ...]
    table: str

    def as_json(self) -> dict[str, Any]:
        """With the words that a page shows; ``decided`` is always false."""
        return {
            "code": self.grade, "zh": term("grades", self.grade).zh, "en": term("grades", self.grade).en, "table": self.table,
            "proposed_measures": [term("responses", m).as_json() for m in self.measures], "decided": False,
        }  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """Grade tables by date and the scales that replace ours.

    Attributes
    ----------
    tables : tuple of GradeTable
        Rising by ``valid_from``.
    scales : tuple of Scale
        For interests whose severity headquarters words itself; the others keep :data:`riskmethods.injuries.SCALES`.
    priority : PriorityTable or None
        FMEA's action priorities as headquarters loaded them; None keeps :data:`riskmethods.fmea.ACTION_PRIORITY`.
    """

    tables: tuple[GradeTable, ...]
    scales: tuple[injuries.Scale, ...] = ()
    priority: fmea.PriorityTable | None = None

    @cached_property
    def sha256(self) -> str:
        """The fingerprint that a result names."""
        return fingerprint(self.as_json())

    def scale(self, interest: str) -> injuries.Scale:
        """What severity means for an interest."""
        return next((s for s in self.scales if s.interest == interest), None) or injuries.scale(interest)

    def grade(self, level: str, p95_level: str = "", *, day: str = "") -> Graded | None:
        """Customs' grade for a level on an ISO day (empty: the latest table); None before the first table."""
        table = next((t for t in reversed(self.tables) if not day or t.valid_from <= day), None)
        if table is None:
            return None
        upper = LEVELS.index(p95_level or level)
        row = next(r for r in table.rows if r.level == level and (not r.reaches or LEVELS.index(r.reaches) <= upper))
        return Graded(row.grade, row.measures, table.id)

    def as_json(self) -> dict[str, Any]:
        """The policy as data; :func:`from_json` reads it back."""
        loaded = {"priority": self.priority.as_json()} if self.priority else {}
        return {"tables": [t.as_json() for t in self.tables], "scales": [s.as_json() for s in self.scales], **loaded}


DEFAULT = Policy((
    GradeTable("initial", "2018-01-01", (
        GradeRow("serious", "", "high", ("circular", "announcement", "order", "seizure", "joint_handling")),
        GradeRow("high", "", "medium_high", ("circular", "notice", "regime_change", "order")),
        GradeRow("medium", "", "medium", ("notice", "regime_change", "survey")),
        GradeRow("low", "medium", "medium_low", ("notice", "survey")),
        GradeRow("low", "", "low", ()),
    )),
))  # fmt: skip


def from_json(record: Any) -> Policy:
    """A policy as headquarters edits it; checked.

    Raises
    ------
    MethodError
        Rule ``bad_policy``: malformed, tables not rising by date, a level without a row for every case, an unknown
        code, or a grade that falls when the level rises; ``bad_scale``, ``bad_grid`` for scales and priorities.

    >>> from_json(DEFAULT.as_json()) == DEFAULT
    True
    """
    try:
        tables = tuple(_table(t, f"tables[{n}]") for n, t in enumerate(record["tables"]))
        scales = tuple(
            injuries.scale_from_json(s, place=f"scales[{n}]") for n, s in enumerate(record.get("scales", ()))
        )
        priority = fmea.priority_table(record["priority"], place="priority") if record.get("priority") else None
    except (KeyError, TypeError, AttributeError) as fault:
        raise MethodError(
            "policy", "bad_policy", f"缺少或格式不对：{fault}", f"missing or malformed: {fault}"
        ) from None
    days = [t.valid_from for t in tables]
    if not tables or days != sorted(set(days)):
        raise_at("tables", "bad_policy", "对照表须按生效日期由早到晚排列", "tables rise by their first day")
    return Policy(tables, scales, priority)


def _table(record: Mapping[str, Any], place: str) -> GradeTable:
    rows = tuple(_row(r, f"{place}.rows[{n}]") for n, r in enumerate(record["rows"]))
    lowest = -1
    for level in LEVELS:
        own = [row for row in rows if row.level == level]
        if not any(not row.reaches for row in own):
            raise_at(
                f"{place}.rows", "bad_policy", f"等级{level}缺少通用行", f"level {level} lacks a row for every case"
            )
        grades = _ranks(own)
        if min(grades) < lowest:
            raise_at(
                f"{place}.rows", "bad_policy", "等级升高时海关等级不得下降", "a grade may not fall when the level rises"
            )
        lowest = max(grades)
    if not is_day(record["valid_from"]):
        raise_at(f"{place}.valid_from", "bad_policy", "日期写成2026-11-24", "write the date as 2026-11-24")
    return GradeTable(str(record["id"]), record["valid_from"], rows)


def _ranks(rows: Sequence[GradeRow]) -> list[int]:
    return [codes("grades").index(row.grade) for row in rows]


def _row(record: Mapping[str, Any], place: str) -> GradeRow:
    level, reaches = record["level"], record.get("reaches", "")
    if level not in LEVELS or (reaches and reaches not in LEVELS):
        raise_at(place, "bad_policy", f"没有等级“{level}”或“{reaches}”", f"no level {level!r} or {reaches!r}")
    grade = term("grades", record["grade"], place=f"{place}.grade").code
    measures = tuple(term("responses", m, place=f"{place}.measures").code for m in record["measures"])
    return GradeRow(level, reaches, grade, measures)
