"""Counts of many series over the same run of weeks, checked once before any method sees them.

A panel is a matrix of counts, one row a series and one column a period (a week, a month), with an optional matrix of
exposures of the same shape (declarations or inspections of the same cell). An exposure of 0 says that nobody looked
in that week: the week is neither tested nor used as reference. That is also how a missing week is stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from riskstats.surveillance.errors import SurveillanceError

Counts = NDArray[Any]  # integers, series x weeks
Floats = NDArray[np.float64]
_KEPT = {np.dtype(np.uint16), np.dtype(np.int32)}  # what kernels read as it is


def _refuse(bad: NDArray[np.bool_], rule: str, zh: str, en: str) -> NoReturn:
    series, week = (int(i) for i in np.argwhere(bad)[0])
    raise SurveillanceError(rule, zh, en, series=series, week=week)


def _whole(counts: NDArray[Any]) -> Counts:
    if not np.issubdtype(counts.dtype, np.floating):
        raise SurveillanceError("not_a_count", "计数须为整数", f"counts are of type {counts.dtype}, not integers")
    bad = ~np.isfinite(counts)
    if bad.any():
        _refuse(bad, "missing_count", "缺失周须以暴露量0标明", "no count; state a missing week by an exposure of 0")
    bad = counts != np.rint(counts)
    if bad.any():
        _refuse(bad, "not_a_count", "计数须为整数", "a count is not a whole number")
    bad = np.abs(counts) > 2**53
    if bad.any():
        _refuse(bad, "count_too_large", "计数过大", "a count is above 2**31 - 1")
    return counts.astype(np.int64)


def checked_counts(counts: Any) -> Counts:
    """Counts as a matrix that kernels read: ``uint16`` and ``int32`` are taken as they are, without a copy.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks) or (weeks,)
        Whole numbers of 0 or more; one row means one series. Memory order is free (a transposed view of a
        weeks x series matrix is read in place).

    Raises
    ------
    SurveillanceError
        ``wrong_shape``, ``not_a_count``, ``missing_count`` (NaN), ``negative_count``, ``count_too_large``
        (above 2**31 - 1), each naming series and week.

    Examples
    --------
    >>> checked_counts([0, 2, 1]).shape
    (1, 3)
    >>> checked_counts([[0, 1], [2, -1]])
    Traceback (most recent call last):
    riskstats.surveillance.errors.SurveillanceError: series 1, week 1: a count is below 0
    """
    matrix = np.asarray(counts)
    matrix = matrix[np.newaxis, :] if matrix.ndim == 1 else matrix
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise SurveillanceError("wrong_shape", "计数须为“序列×周”矩阵", "counts are not a matrix of series x weeks")
    if not np.issubdtype(matrix.dtype, np.integer):
        matrix = _whole(matrix)
    if np.issubdtype(matrix.dtype, np.signedinteger) and matrix.size and matrix.min() < 0:
        _refuse(matrix < 0, "negative_count", "计数不能为负", "a count is below 0")
    if matrix.dtype in _KEPT:
        return matrix
    if matrix.size and matrix.max() > np.iinfo(np.int32).max:
        _refuse(matrix > np.iinfo(np.int32).max, "count_too_large", "计数过大", "a count is above 2**31 - 1")
    return matrix.astype(np.int32)


def checked_exposure(exposure: Any, counts: Counts) -> Floats:
    """Exposures fit for the counts, or an empty (0, 0) matrix when there are none.

    Raises
    ------
    SurveillanceError
        ``wrong_shape``; ``bad_exposure`` for one that is negative, infinite or NaN; ``count_without_exposure`` for
        cases in a week that nobody looked.

    Examples
    --------
    >>> checked_exposure([[10, 0]], checked_counts([[1, 1]]))
    Traceback (most recent call last):
    riskstats.surveillance.errors.SurveillanceError: series 0, week 1: cases are counted where the exposure is 0
    """
    if exposure is None:
        return np.empty((0, 0))
    matrix = np.asarray(exposure, dtype=np.float64)
    matrix = matrix[np.newaxis, :] if matrix.ndim == 1 else matrix
    if matrix.shape != counts.shape:
        en = f"exposures have shape {matrix.shape}, counts {counts.shape}"
        raise SurveillanceError("wrong_shape", "暴露量与计数的形状须相同", en)
    bad = ~np.isfinite(matrix) | (matrix < 0)
    if bad.any():
        _refuse(bad, "bad_exposure", "暴露量须为有限的非负数", "an exposure is negative or not finite")
    bad = (matrix == 0) & (counts > 0)
    if bad.any():
        zh = "暴露量为0却有计数"
        _refuse(bad, "count_without_exposure", zh, "cases are counted where the exposure is 0")
    return matrix


def tested_weeks(weeks: Any, length: int, first: int) -> NDArray[np.int64]:
    """Columns to test, counted from 0: given ones, checked, or all from ``first`` on.

    Raises
    ------
    SurveillanceError
        ``short_history`` when a week has fewer than ``first`` weeks before it; ``no_such_week``; ``duplicate_week``.
    """
    chosen = np.arange(first, length) if weeks is None else np.atleast_1d(np.asarray(weeks))
    if not np.issubdtype(chosen.dtype, np.integer) and chosen.size:
        raise SurveillanceError("no_such_week", "周须以列号指明", "weeks are column numbers")
    chosen = chosen.astype(np.int64)
    chosen = np.where(chosen < 0, chosen + length, chosen)
    for week in chosen[(chosen < 0) | (chosen >= length)]:
        raise SurveillanceError("no_such_week", "没有这一周", f"there are {length} weeks", week=int(week))
    for week in chosen[chosen < first]:
        raise SurveillanceError(
            "short_history", f"此前须有{first}周", f"the method needs {first} weeks before it", week=int(week)
        )
    if len(np.unique(chosen)) < len(chosen):
        values, times = np.unique(chosen, return_counts=True)
        week = int(values[times > 1][0])
        raise SurveillanceError("duplicate_week", "同一周列出两次", "the week is listed twice", week=week)
    return chosen


@dataclass(frozen=True, eq=False)
class Panel:
    """Counts of named series by week, with the weeks that have no record stated.

    Attributes
    ----------
    counts : ndarray of int32, shape (series, weeks)
    exposure : ndarray of float64, shape (series, weeks), or None
        1 where the week was recorded, 0 where it was missing; None when absent weeks mean a count of 0.
    names : tuple
        Names of the series, in the order of the rows.
    weeks : tuple
        Labels of the weeks, in the order of the columns.
    """

    counts: NDArray[np.int32]
    exposure: Floats | None
    names: tuple[Any, ...]
    weeks: tuple[Any, ...]

    @classmethod
    def from_records(
        cls, records: Iterable[tuple[Any, Any, int]], *, weeks: Sequence[Any], absent: str = "zero"
    ) -> Panel:
        """Arrange (series, week, count) records as a panel.

        Parameters
        ----------
        records : iterable of (series, week, count)
        weeks : sequence
            Every week of the panel, in order, without gaps: the calendar, not what happens to be recorded.
        absent : {"zero", "missing"}
            What a pair without record means: nothing happened, or nobody looked.

        Raises
        ------
        SurveillanceError
            ``duplicate_week`` for two records of one series and week, ``no_such_week``, ``negative_count``.

        Examples
        --------
        >>> panel = Panel.from_records([("toys", 1, 4), ("toys", 3, 2)], weeks=[1, 2, 3], absent="missing")
        >>> panel.counts, panel.exposure
        (array([[4, 0, 2]], dtype=int32), array([[1., 0., 1.]]))
        >>> Panel.from_records([("toys", 1, 4), ("toys", 1, 4)], weeks=[1])
        Traceback (most recent call last):
        riskstats.surveillance.errors.SurveillanceError: series toys, week 1: the week is recorded twice
        """
        if absent not in ("zero", "missing"):
            raise SurveillanceError("bad_option", "absent取zero或missing", "absent is 'zero' or 'missing'")
        column = {week: i for i, week in enumerate(weeks)}
        if len(column) < len(weeks):
            raise SurveillanceError("duplicate_week", "日历中有重复的周", "the calendar lists a week twice")
        seen: dict[Any, dict[int, int]] = {}
        for series, week, count in records:
            if week not in column:
                raise SurveillanceError(
                    "no_such_week", "日历中没有这一周", "not in the calendar", series=series, week=week
                )
            row = seen.setdefault(series, {})
            if column[week] in row:
                raise SurveillanceError(
                    "duplicate_week", "同一周记录两次", "the week is recorded twice", series=series, week=week
                )
            if count < 0:
                raise SurveillanceError(
                    "negative_count", "计数不能为负", "a count is below 0", series=series, week=week
                )
            row[column[week]] = count
        counts = np.zeros((len(seen), len(weeks)), dtype=np.int32)
        looked = np.zeros(counts.shape)
        for i, row in enumerate(seen.values()):
            at = list(row)
            counts[i, at] = list(row.values())
            looked[i, at] = 1.0
        return cls(counts, None if absent == "zero" else looked, tuple(seen), tuple(weeks))
