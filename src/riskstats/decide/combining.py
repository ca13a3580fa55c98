"""P-values of one hypothesis from several sources made one; counts of different sources are never added.

``"cauchy"`` holds, for small p-values, whatever the dependence: a press wave moves media, complaints and returns
together. ``"fisher"`` and ``"stouffer"`` need independent sources and gain where several are moderately low.
Sources: Liu & Xie, JASA 115 (2020) 393-402; Fisher, Statistical Methods for Research Workers, 1932; Stouffer et al., 1949.

>>> combine([[0.001, 0.2], [0.04, np.nan]], "cauchy").round(4).tolist()
[0.002, 0.04]
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr, ndtri

from riskstats.inputs import Floats, probabilities, refuse

Combination = Literal["cauchy", "fisher", "stouffer", "least"]
_LEAST, _MOST = 1e-300, 0.99  # p-values of 1 say nothing more than 0.99 does


def combine(p: ArrayLike, how: Combination = "cauchy") -> Floats:
    """One p-value a row.

    Parameters
    ----------
    p : array_like, shape (hypotheses, sources)
        NaN where a source does not see the hypothesis.
    how : {"cauchy", "fisher", "stouffer", "least"}
        ``"least"`` is Bonferroni's: the least times the number of sources.

    Returns
    -------
    ndarray, shape (hypotheses,)
        1 where no source sees it.

    Raises
    ------
    InputError
        Rule ``probability``, ``shape`` or ``combination``.
    """
    table = np.asarray(p, dtype=np.float64)
    if table.ndim != 2:
        refuse("p", "shape", "须为假设乘来源的表", f"shape (hypotheses, sources) is needed, not {table.shape}")
    known = ~np.isnan(table)
    values = np.clip(probabilities(np.where(known, table, 1.0), place="p"), _LEAST, _MOST)
    many = known.sum(axis=1)
    n = np.maximum(many, 1)
    if how == "cauchy":
        small = values < 1e-15
        score = np.where(small, 1 / (values * np.pi), np.tan((0.5 - np.maximum(values, 1e-15)) * np.pi))
        mean = np.where(known, score, 0.0).sum(axis=1) / n
        out = np.where(mean > 1e14, 1 / (np.maximum(mean, 1.0) * np.pi), 0.5 - np.arctan(mean) / np.pi)
    elif how == "fisher":
        out = chdtrc(2 * n, -2 * np.where(known, np.log(values), 0.0).sum(axis=1))
    elif how == "stouffer":
        out = ndtr(np.where(known, ndtri(values), 0.0).sum(axis=1) / np.sqrt(n))
    elif how == "least":
        out = np.minimum(1.0, np.where(known, values, 1.0).min(axis=1, initial=1.0) * n)
    else:
        refuse("how", "combination", "合并方法未知", f"{how!r} is none of cauchy, fisher, stouffer, least")
    single = np.where(known, np.nan_to_num(table, nan=1.0), 0.0).sum(axis=1)
    return np.asarray(np.where(many == 0, 1.0, np.where(many == 1, single, out)))
