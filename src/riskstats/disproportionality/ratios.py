"""Proportional reporting ratio and reporting odds ratio, with intervals and chi-square.

Of a product's reports, how large a share names the hazard, against the share among all other products' reports.
Sources: Evans, Waller & Davis, Pharmacoepidemiology and Drug Safety 10 (2001) 483-486 (PRR); van Puijenbroek et al.,
ibid. 11 (2002) 3-10 (ROR). Both are unshrunk: with fewer than 3 reports read them as nothing.

>>> r = reporting_ratios(n=[10], product_total=[100], hazard_total=[60], total=1000)
>>> round(float(r.prr[0]), 3), round(float(r.prr_low[0]), 3), round(float(r.ror[0]), 3), round(float(r.ror_low[0]), 3)
(1.8, 0.943, 1.889, 0.926)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from riskstats.inputs import Floats, Ints, counts, refuse, same_length, share


@dataclass(frozen=True, eq=False)
class ReportingRatios:
    """Ratios by cell; a ratio whose comparison share is 0 is infinite, and its interval undefined (NaN).

    Attributes
    ----------
    prr, prr_low, prr_high, ror, ror_low, ror_high : ndarray of float64
        Ratio and two-sided interval at ``level``.
    chi_square : ndarray of float64
        With Yates' correction, 1 degree of freedom.
    level : float
    """

    prr: Floats
    prr_low: Floats
    prr_high: Floats
    ror: Floats
    ror_low: Floats
    ror_high: Floats
    chi_square: Floats
    level: float


def fourfold(
    n: ArrayLike, product_total: ArrayLike, hazard_total: ArrayLike, total: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """The fourfold table of each cell: both, product only, hazard only, neither.

    Raises
    ------
    InputError
        Rule ``count``, ``shape``, or ``margin`` where a margin is smaller than its cell or the total than the margins.
    """
    a, rows, columns = (
        counts(v, place=p)
        for v, p in ((n, "n"), (product_total, "product_total"), (hazard_total, "hazard_total"))
    )  # fmt: skip
    same_length("n, product_total, hazard_total", a, rows, columns)
    b, c, d = rows - a, columns - a, total - rows - columns + a
    bad = np.flatnonzero((b < 0) | (c < 0) | (d < 0))
    if len(bad):
        refuse(f"cell [{bad[0]}]", "margin", "边际小于单元格计数，或总数小于边际",
               f"n={a[bad[0]]}, product {rows[bad[0]]}, hazard {columns[bad[0]]} do not fit a total of {total}")  # fmt: skip
    return a, b, c, d


def reporting_ratios(
    n: ArrayLike, product_total: ArrayLike, hazard_total: ArrayLike, total: int, *, level: float = 0.95
) -> ReportingRatios:
    """PRR, ROR and chi-square of each cell.

    Parameters
    ----------
    n, product_total, hazard_total : array_like of int, shape (cells,)
        Reports naming both, the product, the hazard.
    total : int
        All reports.
    level : float
        Coverage of the intervals, log-normal as in the sources.
    """
    z = float(ndtri(0.5 + share(level, place="level") / 2))
    a, b, c, d = (t.astype(np.float64) for t in fourfold(n, product_total, hazard_total, total))
    with np.errstate(divide="ignore", invalid="ignore"):
        prr = (a / (a + b)) / (c / (c + d))
        ror = (a / b) / (c / d)
        prr_width = np.exp(z * np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)))
        ror_width = np.exp(z * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
        gap = np.maximum(np.abs(a * d - b * c) - total / 2, 0.0)
        chi = total * gap**2 / ((a + b) * (c + d) * (a + c) * (b + d))
        return ReportingRatios(prr, prr / prr_width, prr * prr_width, ror, ror / ror_width, ror * ror_width, chi, level)
