"""Series with little history borrow from their parent in the tree: gamma-Poisson shrinkage of their share.

A series too young or too rare for a model of its own is given its parent's expected count times its share of the parent.
The share's prior is a gamma distribution whose mean and spread are those of its siblings; its own history updates it. The
next count is then negative binomial, wider the less is known; where the parent is overdispersed, so is a share of it, by
thinning. Assumption: a child's share of its parent is steady over the years and weeks used.

Sources: Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators, J. R. Statist. Soc. C 40,
283-294; Clayton & Kaldor (1987), Empirical Bayes estimates of age-standardized relative risks, Biometrics 43, 671-681.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from riskstats.kernels import kernel
from riskstats.surveillance.early import Early, early_warning
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.panel import Counts, Floats, checked_counts, checked_exposure, tested_weeks
from riskstats.surveillance.signals import Signals, State
from riskstats.surveillance.thresholds import BOUND, PLUG_IN, PVALUE, SCORE, judge

Ints = NDArray[np.int64]
_FIRMEST = 1e4  # siblings that do not differ: prior shape


@dataclass(frozen=True)
class Borrow:
    """When a series borrows: fewer than ``own_weeks`` weeks seen or fewer than ``own_cases`` cases in its history."""

    own_weeks: int = 104
    own_cases: int = 5

    def __post_init__(self) -> None:
        if self.own_weeks < 0 or self.own_cases < 0:
            raise SurveillanceError("bad_option", "own_weeks或own_cases为负", "own_weeks or own_cases is below 0")


def checked_parents(parents: Any, series: int) -> Ints:
    """Row number of each series' parent, -1 for a root.

    Raises
    ------
    SurveillanceError
        ``wrong_shape``, ``no_such_parent``, ``cycle`` (a series that is its own ancestor).

    Examples
    --------
    >>> checked_parents([1, 0], 2)
    Traceback (most recent call last):
    riskstats.surveillance.errors.SurveillanceError: series 0: it is its own ancestor
    """
    tree = np.asarray(parents, dtype=np.int64)
    if tree.shape != (series,):
        raise SurveillanceError(
            "wrong_shape", "每序列须有一个上级", f"there are {series} series and {tree.size} parents"
        )
    for row in np.flatnonzero((tree < -1) | (tree >= series)).tolist():
        raise SurveillanceError("no_such_parent", "没有这个上级序列", "its parent is not a series", series=row)
    above, steps = tree.copy(), 0
    while (above >= 0).any():
        above = np.where(above >= 0, tree[above], -1)
        steps += 1
        if steps > series:
            row = int(np.flatnonzero(above >= 0)[0])
            raise SurveillanceError("cycle", "上级关系成环", "it is its own ancestor", series=row)
    return tree


def depths(tree: Ints) -> Ints:
    """Steps from each series to its root.

    Examples
    --------
    >>> depths(np.array([-1, 0, 1]))
    array([0, 1, 2])
    """
    depth, above = np.zeros(len(tree), dtype=np.int64), tree.copy()
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, tree[above], -1)
    return depth


def prior_of(cases: Floats, chances: Floats, parent: Ints, *, rates: bool = False) -> tuple[Floats, Floats]:
    """Mean share and prior shape for each series, by moments over its siblings (itself included).

    Parameters
    ----------
    cases : ndarray, shape (series,)
        Cases in each series' history.
    chances : ndarray, shape (series,)
        Its parent's cases in the same weeks (times the ratio of exposures).
    parent : ndarray of int, shape (series,)
    rates : bool
        Whether shares are relative rates (exposures are given): siblings without any history then have a share of 1,
        otherwise an equal part.

    Notes
    -----
    Fewer than three siblings with history do not tell how siblings differ: the prior then weighs one case.

    Examples
    --------
    Siblings with shares of 0.1, 0.2 and 0.3 of 1,000: mean 0.2; the spread beyond chance gives the shape:

    >>> mean, shape = prior_of(np.array([100.0, 200.0, 300.0]), np.full(3, 1000.0), np.array([0, 0, 0]))
    >>> mean, shape.round(2)
    (array([0.2, 0.2, 0.2]), array([6.19, 6.19, 6.19]))
    """
    family = np.where(parent >= 0, parent, len(parent))
    size = len(parent) + 1

    def summed(x: Floats) -> Floats:
        return np.asarray(np.bincount(family, x, size)[family], dtype=np.float64)

    total, told = summed(chances), summed((chances > 0).astype(np.float64))
    blank = np.ones(len(cases)) if rates else 1.0 / summed(np.ones(len(cases)))
    mean = np.divide(np.maximum(summed(cases), 0.5), total, out=blank, where=total > 0)
    total = np.maximum(total, 1e-12)
    share = np.divide(cases, chances, out=mean.copy(), where=chances > 0)
    between = summed(chances * (share - mean) ** 2) / total - mean * told / total
    shape = np.divide(mean**2, between, out=np.full(len(cases), _FIRMEST), where=between > mean**2 / _FIRMEST)
    return mean, np.where(told < 3, 1.0, np.maximum(shape, 0.5))


@kernel
def _judged(y, mean, phi, test, alarm, values):  # type: ignore[no-untyped-def]
    out = np.empty(4)
    for i in range(len(y)):
        if phi[i] == phi[i]:
            alarm[i] = judge(y[i], (mean[i], phi[i], 0.0), test, out)
            values[0, i], values[1, i], values[2, i] = out[BOUND], out[PVALUE], out[SCORE]


def _history(counts: Counts, exposure: Floats, tree: Ints, first: int, stop: int) -> tuple[Floats, Floats, Floats]:
    """Weeks seen, cases, and the parent's cases over the weeks seen, of each series."""
    y = counts[:, first:stop].astype(np.float64)
    if not exposure.size:
        chances = np.where(tree >= 0, y[tree].sum(axis=1), 0.0)
        return np.full(len(y), float(stop - first)), y.sum(axis=1), chances
    e = exposure[:, first:stop]
    ratio = np.divide(e, e[tree], out=np.zeros_like(e), where=e[tree] > 0)
    chances = np.where(tree >= 0, (y[tree] * ratio).sum(axis=1), 0.0)
    return (e > 0).sum(axis=1).astype(np.float64), y.sum(axis=1), chances


def early_warning_in_tree(
    counts: Any,
    parents: Any,
    *,
    weeks: Any = None,
    exposure: Any = None,
    options: Early | None = None,
    borrow: Borrow | None = None,
    direction: Literal["increase", "decrease"] = "increase",
) -> Signals:
    """The early warning detector, in which series with little history borrow from their parents.

    Parameters
    ----------
    counts : array_like of int, shape (series, weeks)
        Every node of the tree is a series of its own, parents included.
    parents : array_like of int, shape (series,)
        Row of each series' parent; -1 for a root. A borrowing parent borrows from its own parent first.
    weeks, exposure, options, direction
        As for :func:`riskstats.surveillance.early.early_warning`. Without exposures every week of the panel counts as seen:
        say by an exposure of 0 that a product did not exist yet.
    borrow : Borrow, optional
        When a series borrows.

    Returns
    -------
    Signals
        As from ``early_warning``; borrowing entries have the state BORROWED.

    Raises
    ------
    SurveillanceError
        For bad counts, exposures, parents, weeks or options, naming series, week and rule.

    Examples
    --------
    A product seen for ten weeks only, one of four of its family; in the last week it has 15 cases:

    >>> draw = np.random.default_rng(1)
    >>> old = draw.poisson(3, size=(3, 313))
    >>> young = np.zeros(313, dtype=int)
    >>> young[-1] = 15
    >>> looked = np.ones((5, 313)); looked[4, :-10] = 0
    >>> counts = [old.sum(axis=0) + young, *old, young]
    >>> found = early_warning_in_tree(counts, [-1, 0, 0, 0, 0], weeks=[-1], exposure=looked)
    >>> found.state[:, 0].tolist(), bool(found.alarm[4, 0]), int(found.upperbound[4, 0])
    ([0, 0, 0, 0, 6], True, 9)
    """
    options = Early() if options is None else options
    borrow = Borrow() if borrow is None else borrow
    matrix = checked_counts(counts)
    looked = checked_exposure(exposure, matrix)
    tree = checked_parents(parents, len(matrix))
    tested = tested_weeks(weeks, matrix.shape[1], options.skip + options.least_weeks)
    own = early_warning(matrix, weeks=tested, exposure=exposure, options=options, direction=direction)
    bound = "upperbound" if direction == "increase" else "lowerbound"
    names = ("expected", bound, "pvalue", "score", "phi", "state", "alarm", "error")
    arrays = {name: np.array(getattr(own, name)) for name in names}
    for at, week in enumerate(tested.tolist()):
        columns = {name: array[:, at] for name, array in arrays.items()}
        _borrow_week(matrix, looked, tree, week, (options, borrow, bound, columns))
    return replace(own, method=f"{own.method} in a tree, {borrow}", mu0=arrays["expected"], **arrays)


def _borrow_week(counts: Counts, exposure: Floats, tree: Ints, week: int, how: tuple[Any, ...]) -> None:
    """Replace, level by level from the root, the entries of one tested week that borrow."""
    options, borrow, bound, out = how
    first = max(week - round(options.years * options.year_length) - 3, 0)
    seen, cases, chances = _history(counts, exposure, tree, first, week - options.skip)
    mean, shape = prior_of(cases, chances, tree, rates=bool(exposure.size))
    share = (shape + cases) / (shape / mean + chances)
    now = exposure[:, week] if exposure.size else np.ones(len(counts))
    needy = (tree >= 0) & (now > 0) & ((seen < borrow.own_weeks) | (cases < borrow.own_cases))
    depth = depths(tree)
    upper = bound == "upperbound"
    test = (PLUG_IN, options.alpha, float(stats.norm.isf(options.alpha)), upper)
    for level in range(1, int(depth.max(initial=0)) + 1):
        rows = np.flatnonzero(needy & (depth == level))
        above = tree[rows]
        part = share[rows] * np.divide(now[rows], now[above], out=np.zeros(len(rows)), where=now[above] > 0)
        expected = part * out["expected"][above]
        phi = 1.0 + (out["phi"][above] - 1.0) * np.minimum(part, 1.0) + expected / (shape + cases)[rows]
        rows, expected, phi = (x[np.isfinite(phi) & (expected > 0)] for x in (rows, expected, phi))
        alarm, values = np.zeros(len(rows), np.bool_), np.full((3, len(rows)), np.nan)
        _judged(counts[rows, week].astype(np.float64), expected, phi, test, alarm, values)
        recent = counts[rows, max(week - options.floor[1] + 1, 0) : week + 1].sum(axis=1)
        few = upper & (recent < options.floor[0])
        out["expected"][rows], out["phi"][rows], out["alarm"][rows] = expected, phi, alarm & ~few
        out[bound][rows], out["pvalue"][rows], out["score"][rows] = values
        out["error"][rows] = 1.0 / np.sqrt((shape + cases)[rows])
        out["state"][rows] = np.where(few, State.FEW_CASES, State.BORROWED)
