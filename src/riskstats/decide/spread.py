"""Systemic, regional or isolated: where does the excess of a product and hazard lie?

For each of the spread dimensions (port, origin, maker) the recent cases by value are set against the weeks before.
*Concentrated*: some value holds more of the recent cases than its past share lets expect (binomial, given the total;
Bonferroni over values). *Spread*: without the value of the greatest excess an excess remains.

``regional``  concentrated in one port or area, and no excess remains outside it
``systemic``  else, if an excess remains outside the strongest port, origin or maker: it is present in two or more
``isolated``  else

>>> tests = [SpreadTest("port", "CNSHA", 30, 3.0, 1e-9, 0.4), SpreadTest("maker", "m7", 6, 2.0, 0.3, 0.001)]
>>> classify(tests, region="port", alpha=0.01)
'regional'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, gammainc

from riskstats.decide.evidence import Evidence
from riskstats.inputs import Floats, Ints

Extent = Literal["systemic", "regional", "isolated"]


@dataclass(frozen=True)
class SpreadTest:
    """One dimension's test.

    Attributes
    ----------
    dimension, value : str
        The dimension, and its value of the greatest excess.
    cases : int
        Recent cases there.
    expected : float
        What the weeks before let expect there.
    concentrated : float
        P-value of "no value holds more than its share".
    elsewhere : float
        P-value of "no excess in all other values together".
    """

    dimension: str
    value: str
    cases: int
    expected: float
    concentrated: float
    elsewhere: float


def classify(tests: Sequence[SpreadTest], *, region: str, alpha: float) -> Extent:
    """The extent that the tests show; ``region`` is the dimension of ports or areas."""
    for test in tests:
        if test.dimension == region and test.concentrated <= alpha and test.elsewhere > alpha:
            return "regional"
    return "systemic" if any(test.elsewhere <= alpha for test in tests) else "isolated"


def spread_tests(
    evidence: Evidence, rollup: int, key: int, dimensions: Sequence[tuple[str, int]], *, recent: int
) -> list[SpreadTest]:
    """Test a cell's excess for its spread, in each dimension by the source that sees it most clearly there.

    Parameters
    ----------
    evidence : Evidence
    rollup, key : int
        The cell, usually of product and hazard only.
    dimensions : sequence of (str, int)
        Names and the levels at which values are told apart.
    recent : int
        Weeks that are tested against those before.
    """
    records = [evidence.records_of(s, rollup, key) for s in range(len(evidence.sources))]
    found = []
    for name, level in dimensions:
        tests = [_test(evidence, name, level, *one, recent) for one in records]
        known = [t for t in tests if t is not None]
        if known:
            found.append(min(known, key=lambda t: (t.elsewhere * t.concentrated, t.elsewhere)))
    return found


def _test(
    evidence: Evidence, name: str, level: int, packed: Ints, week: NDArray[np.int32], recent: int
) -> SpreadTest | None:
    schema = evidence.plan.schema
    d = schema.position(name)
    tree = schema.dimensions[d].tree
    node = tree.ancestors_at(level)[(packed >> schema.shifts[d]) & ((1 << schema.bits[d]) - 1)]
    new = week > evidence.now - recent
    cases = np.bincount(node[new], minlength=len(tree)).astype(np.float64)
    before = np.bincount(node[~new], minlength=len(tree)).astype(np.float64)
    seen = np.flatnonzero(cases + before)
    if cases.sum() == 0:
        return None
    cases, before = cases[seen], before[seen]
    expected = (before + 0.5) * recent / max(1, evidence.span - recent)
    total, mean = cases.sum(), expected.sum()
    p = _binomial_tail(cases, total, expected / mean)
    top = int(np.lexsort((-cases, p, -(cases - expected)))[0]) if p.min() > 1e-3 else int(np.argmin(p))
    history = before.sum() - before[top]
    return SpreadTest(name, tree.names[int(seen[top])], int(cases[top]), float(expected[top]),
                      float(min(1.0, p.min() * len(p))), _elsewhere(total - cases[top], mean - expected[top], history))  # fmt: skip


def _binomial_tail(cases: Floats, total: float, share: Floats) -> Floats:
    return np.where(cases > 0, bdtrc(np.maximum(cases - 1, 0), int(total), np.minimum(share, 1.0)), 1.0)


def _elsewhere(cases: float, expected: float, history: float) -> float:
    """P(cases or more) given a Poisson whose mean is as uncertain as its history is short (two sd taken as margin)."""
    if cases <= 0 or expected <= 0:
        return 1.0
    margin = expected * (1 + 1 / np.sqrt(history + 1))
    return float(gammainc(cases, margin))
