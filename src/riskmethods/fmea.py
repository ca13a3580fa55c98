"""Failure mode and effects analysis: risk priority numbers with the standard's warnings, action priority as a table.

``RPN = severity * occurrence * detection``, each 1 to 10. The three are ranks, not measures: numbers of different
forms are never compared, equal numbers are not equal risks, and a good detection never hides a severity of 9 or 10,
so modes are ordered by whether severity is that high before anything else.

Sources: IEC 60812:2018 (from memory); action priority after the AIAG-VDA FMEA Handbook (2019), from memory and
unverified, as openly published copies disagree: load the handbook's own table with :func:`priority_table`.

>>> form = from_json({"form": "charger 2024", "modes": [
...     {"id": "M1", "severity": 9, "occurrence": 2, "detection": 1, "text": "insulation thins"},
...     {"id": "M2", "severity": 5, "occurrence": 6, "detection": 7,
...      "after": {"severity": 5, "occurrence": 2, "detection": 7}}]})
>>> [(row.mode.id, row.rpn, row.must_act, row.priority) for row in form.ranked()]
[('M1', 18, True, 'L'), ('M2', 210, False, 'L')]
>>> form.ranked()[1].reduction
Fraction(2, 3)
>>> [warning.code for warning in form.ranked()[0].warnings]
['severe_whatever_rpn', 'priority_below_severity', 'priority_unverified']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from riskmethods.errors import raise_at
from riskmethods.injuries import Words
from riskmethods.inputs import count, distinct, fields, listed, one_of, text, within

SEVERE = 9
MOST_MODES = 5_000
_STATUS = ("verified", "secondary", "unverified")


@dataclass(frozen=True, slots=True)
class Ratings:
    """Severity, occurrence and detection, 1 to 10; 10 is gravest, likeliest, hardest to detect."""

    severity: int
    occurrence: int
    detection: int

    @property
    def rpn(self) -> int:
        """Risk priority number, 1 to 1000."""
        return self.severity * self.occurrence * self.detection


@dataclass(frozen=True, slots=True)
class Mode:
    """A failure mode with its ratings, and those after the action taken."""

    id: str
    before: Ratings
    after: Ratings | None = None
    text: str = ""


@dataclass(frozen=True)
class PriorityTable:
    """Action priority H, M or L by severity, occurrence and detection.

    Attributes
    ----------
    bands : mapping
        ``severity``, ``occurrence``, ``detection``: (lowest, highest) rating of each band, the gravest first.
    cells : tuple of tuple of str
        ``cells[severity band][occurrence band]``: one letter per detection band.
    source, status : str
        Where it was read, and how far it may be trusted.
    """

    bands: Mapping[str, tuple[tuple[int, int], ...]]
    cells: tuple[tuple[str, ...], ...]
    source: str
    status: str

    def as_json(self) -> dict[str, Any]:
        """The table as data; :func:`priority_table` reads it back."""
        return {"bands": {axis: [list(pair) for pair in pairs] for axis, pairs in self.bands.items()},
                "cells": [list(row) for row in self.cells], "source": self.source, "status": self.status}  # fmt: skip

    def priority(self, ratings: Ratings) -> str:
        """The letter for three ratings."""
        s, o, d = (self._band(axis, getattr(ratings, axis)) for axis in ("severity", "occurrence", "detection"))
        return self.cells[s][o][d]

    def _band(self, axis: str, rating: int) -> int:
        return next(n for n, (low, high) in enumerate(self.bands[axis]) if low <= rating <= high)


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that goes with a number wherever it is shown."""

    code: str
    words: Words


_WARNINGS = {
    "severe_whatever_rpn": Words("严重度9以上：不论RPN高低都须处置", "severity 9 or more: act, whatever the RPN"),
    "priority_below_severity": Words("行动优先级低不免除严重度9以上的处置", "a low action priority excuses no severity of 9 or more"),
    "priority_unverified": Words("行动优先级表未经手册核对", "the action priority table was not checked against the handbook"),
    "severity_lowered": Words("严重度降低须有设计变更为据", "a lower severity needs a change of design to show for it"),
    "rpn_rose": Words("措施后RPN升高", "the RPN rose after the action"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One mode judged: RPN before and after, reduction, priority as it stands now, and what must be said beside them."""

    form: str
    mode: Mode
    priority: str
    warnings: tuple[Warned, ...]

    @property
    def rpn(self) -> int:
        return self.mode.before.rpn

    @property
    def rpn_after(self) -> int | None:
        return None if self.mode.after is None else self.mode.after.rpn

    @property
    def reduction(self) -> Fraction | None:
        """(RPN before - RPN after) / RPN before."""
        return None if self.rpn_after is None else Fraction(self.rpn - self.rpn_after, self.rpn)

    @property
    def must_act(self) -> bool:
        """Severity 9 or 10, as it stands now: no occurrence or detection excuses it."""
        return (self.mode.after or self.mode.before).severity >= SEVERE

    def as_json(self) -> dict[str, Any]:
        """As a report shows it."""
        return {"form": self.form, "id": self.mode.id, "rpn": self.rpn, "rpn_after": self.rpn_after,
                "reduction": None if self.reduction is None else str(self.reduction), "must_act": self.must_act,
                "priority": self.priority,
                "warnings": [{"code": w.code, **w.words.as_json()} for w in self.warnings]}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One analysis on its own scales; its numbers mean nothing beside another form's."""

    id: str
    modes: tuple[Mode, ...]
    table: PriorityTable = field(repr=False)

    def ranked(self) -> tuple[Row, ...]:
        """Severity of 9 and 10 first, then by action priority, then by RPN; the order of entry breaks ties."""
        return ranked([self])


def ranked(forms: Sequence[Form]) -> tuple[Row, ...]:
    """The rows of one form in the order in which they call for action.

    Raises
    ------
    MethodError
        Rule ``cross_form``: numbers of different forms are never compared.
    """
    if len({form.id for form in forms}) != 1:
        raise_at("forms", "cross_form", "不同分析表的RPN不可比较", "the numbers of different forms are never compared")
    rows = [_row(form, mode) for form in forms for mode in form.modes]
    return tuple(
        sorted(rows, key=lambda row: (not row.must_act, "HML".index(row.priority), -(row.rpn_after or row.rpn)))
    )


def _row(form: Form, mode: Mode) -> Row:
    now = mode.after or mode.before
    priority = form.table.priority(now)
    raised = {
        "severe_whatever_rpn": now.severity >= SEVERE,
        "priority_below_severity": now.severity >= SEVERE and priority != "H",
        "priority_unverified": form.table.status != "verified",
        "severity_lowered": mode.after is not None and mode.after.severity < mode.before.severity,
        "rpn_rose": mode.after is not None and mode.after.rpn > mode.before.rpn,
    }
    return Row(form.id, mode, priority, tuple(Warned(code, _WARNINGS[code]) for code, is_so in raised.items() if is_so))


def from_json(document: Any, *, place: str = "", table: PriorityTable | None = None) -> Form:
    """A form from ``{"form": id, "modes": [{"id", "severity", "occurrence", "detection", "text", "after": {..}}]}``.

    Raises
    ------
    MethodError
        Rules ``empty``, ``duplicate``, ``not_a_count``, ``out_of_range`` (a rating outside 1 to 10), ``too_large``.
    """
    record = fields(document, place, needed=("form", "modes"))
    given = listed(record["modes"], within(place, "modes"), most=MOST_MODES)
    modes = tuple(_mode(one, within(place, f"modes[{n}]")) for n, one in enumerate(given))
    distinct([mode.id for mode in modes], within(place, "modes"))
    return Form(text(record["form"], within(place, "form")), modes, table or ACTION_PRIORITY)


def _mode(given: Any, place: str) -> Mode:
    ratings = ("severity", "occurrence", "detection")
    record = fields(given, place, needed=("id", *ratings), optional=("text", "after"))
    after = record.get("after")
    if after is not None:
        after = _ratings(fields(after, f"{place}.after", needed=ratings), f"{place}.after")
    words = text(record.get("text", ""), f"{place}.text", needed=False)
    return Mode(text(record["id"], f"{place}.id"), _ratings(record, place), after, words)


def _ratings(record: Mapping[str, Any], place: str) -> Ratings:
    s, o, d = (
        count(record[name], f"{place}.{name}", least=1, most=10) for name in ("severity", "occurrence", "detection")
    )
    return Ratings(s, o, d)


def priority_table(document: Any, *, place: str = "table") -> PriorityTable:
    """An action priority table from data: ``{"bands": {axis: [[low, high], ..]}, "cells": [[letters]], "source", "status"}``.

    Raises
    ------
    MethodError
        Rule ``bad_grid``: bands that miss or repeat a rating, wrong shape, or a priority that rises as a rating falls.
    """
    record = fields(document, place, needed=("bands", "cells", "source", "status"))
    axes = fields(record["bands"], f"{place}.bands", needed=("severity", "occurrence", "detection"))
    bands = {axis: _bands(given, f"{place}.bands.{axis}") for axis, given in axes.items()}
    rows = [listed(row, f"{place}.cells[{n}]") for n, row in enumerate(listed(record["cells"], f"{place}.cells"))]
    cells = tuple(tuple(text(cell, f"{place}.cells[{n}]") for cell in row) for n, row in enumerate(rows))
    shape = [len(cells), *{len(row) for row in cells}, *{len(cell) for row in cells for cell in row}]
    if shape != [len(bands[axis]) for axis in ("severity", "occurrence", "detection")]:
        raise_at(f"{place}.cells", "bad_grid", "单元格数与分段不符", "the cells do not match the bands")
    if not set("".join("".join(row) for row in cells)) <= set("HML"):
        raise_at(f"{place}.cells", "bad_grid", "只能是H、M、L", "a cell is H, M or L")
    table = PriorityTable(bands, cells, text(record["source"], f"{place}.source"),
                          one_of(record["status"], _STATUS, f"{place}.status"))  # fmt: skip
    _check_order(table, f"{place}.cells")
    return table


def _bands(given: Any, place: str) -> tuple[tuple[int, int], ...]:
    pairs = [listed(pair, f"{place}[{n}]", least=2, most=2) for n, pair in enumerate(listed(given, place, most=10))]
    bands = tuple((count(low, place, least=1, most=10), count(high, place, least=1, most=10)) for low, high in pairs)
    covered = [rating for low, high in reversed(bands) for rating in range(low, high + 1)]
    if covered != list(range(1, 11)):
        raise_at(
            place, "bad_grid", "分段须由高到低覆盖1到10各一次", "bands fall from 10 to 1 and hold each rating once"
        )
    return bands


def _check_order(table: PriorityTable, place: str) -> None:
    rank = {"H": 0, "M": 1, "L": 2}
    ranks = [[[rank[letter] for letter in cell] for cell in row] for row in table.cells]
    for s, row in enumerate(ranks):
        for o, cell in enumerate(row):
            for d, here in enumerate(cell):
                graver = [ranks[s - 1][o][d]] * (s > 0) + [ranks[s][o - 1][d]] * (o > 0) + [cell[d - 1]] * (d > 0)
                if any(other > here for other in graver):
                    raise_at(f"{place}[{s}][{o}]", "bad_grid", "评分升高时优先级不得下降",
                             "a priority may not fall when a rating rises")  # fmt: skip


ACTION_PRIORITY = priority_table({
    "source": "AIAG-VDA FMEA Handbook (2019), design and process, from memory", "status": "unverified",
    "bands": {"severity": [[9, 10], [7, 8], [4, 6], [2, 3], [1, 1]],
              "occurrence": [[8, 10], [6, 7], [4, 5], [2, 3], [1, 1]],
              "detection": [[7, 10], [5, 6], [2, 4], [1, 1]]},
    #            O 8-10  6-7     4-5     2-3     1
    "cells": [["HHHH", "HHHH", "HHHM", "HMLL", "LLLL"],   # S 9-10
              ["HHHH", "HHHM", "HMMM", "MMLL", "LLLL"],   # S 7-8
              ["HHMM", "MMML", "MLLL", "LLLL", "LLLL"],   # S 4-6
              ["MMLL", "LLLL", "LLLL", "LLLL", "LLLL"],   # S 2-3
              ["LLLL", "LLLL", "LLLL", "LLLL", "LLLL"]],  # S 1
})  # fmt: skip
