"""Krippendorff's alpha: how far a panel's codings agree beyond chance, with gaps, on four scales, with a bootstrap.

``alpha = 1 - Do / De``, observed over expected disagreement, from the matrix of coincidences within units. Distances:
nominal 0 or 1; ordinal ``(sum of n_g from c to k - (n_c + n_k) / 2)^2``; interval ``(c - k)^2``; ratio
``((c - k) / (c + k))^2``. The interval resamples units with a fixed seed. A small panel's interval is wide: alpha alone
never blocks a report.

Source: Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), and "Content Analysis" (2004), chapter 11.

>>> codings = [[1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
...            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
...            [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
...            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]]
>>> {scale: round(agreement(codings, scale=scale, resamples=0).alpha, 3) for scale in SCALES}
{'nominal': 0.743, 'ordinal': 0.815, 'interval': 0.849, 'ratio': 0.797}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskmethods.errors import raise_at
from riskmethods.inputs import count, fields, listed, one_of, real, share, within

SCALES = ("nominal", "ordinal", "interval", "ratio")
RESAMPLES, SEED = 2_000, 188
RELIABLE, TENTATIVE = 0.8, 0.667
MOST_CODERS, MOST_UNITS, MOST_VALUES = 200, 2_000, 1_000
Matrix: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha with its standing.

    Attributes
    ----------
    alpha : float or None
        None when every value is the same: without variation nothing can be told.
    band : str
        ``reliable`` (0.80 and above), ``tentative`` (0.667 and above), ``reopen`` (below), ``undefined``.
    interval : (low, high) or None
        Percentile bootstrap over units; None when not asked for or when too few resamples vary.
    scale : str
    units, values : int
        Units with at least two values, and the values in them.
    seed : int
    """

    alpha: float | None
    band: str
    interval: tuple[float, float] | None
    scale: str
    units: int
    values: int
    seed: int


def agreement(
    codings: Sequence[Sequence[Any]],
    *,
    scale: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    level: float = 0.95,
) -> Agreement:
    """Krippendorff's alpha of coders by units.

    Parameters
    ----------
    codings : coders by units
        One row per coder, ``None`` where a coder gave no value; names on the nominal scale, else numbers.
    scale : str
        ``ordinal`` for severities and levels, ``interval`` for log10 of probabilities.
    resamples, seed, level
        Of the bootstrap; 0 resamples for none.

    Raises
    ------
    MethodError
        Rules ``empty`` (fewer than two coders, or no unit with two values), ``shape``, ``not_a_number``,
        ``out_of_range`` (ratio scale below 0), ``too_large``.
    """
    one_of(scale, SCALES, "scale")
    rows = [
        listed(row, f"codings[{c}]", most=MOST_UNITS)
        for c, row in enumerate(listed(codings, "codings", least=2, most=MOST_CODERS))
    ]
    values, counts = _counted(rows, scale)
    shared = counts[counts.sum(axis=1) >= 2]
    if not len(shared):
        raise_at("codings", "empty", "没有一个单元有两个以上的值", "no unit has two values to compare")
    alpha = _alpha(shared, np.ones(len(shared)), values, scale)
    wanted = count(resamples, "resamples", most=100_000)
    interval = _bootstrap(shared, values, scale, wanted, count(seed, "seed"), share(level, "level")) if wanted else None
    return Agreement(alpha, _band(alpha), interval, scale, len(shared), int(shared.sum()), seed)


def from_json(document: Any, *, place: str = "") -> Agreement:
    """Alpha from ``{"scale": .., "codings": [[..]]}``, optionally with ``resamples``, ``seed``, ``level``."""
    record = fields(document, place, needed=("scale", "codings"), optional=("resamples", "seed", "level"))
    listed(record["codings"], within(place, "codings"), least=2, most=MOST_CODERS)
    more = {key: record[key] for key in ("resamples", "seed", "level") if key in record}
    return agreement(record["codings"], scale=record["scale"], **more)


def _counted(rows: list[list[Any]], scale: str) -> tuple[Matrix, Matrix]:
    """The distinct values, rising, and for each unit how often each of them was given."""
    for c, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise_at(
                f"codings[{c}]", "shape", "单元数不一", f"{len(row)} units, where the first coder has {len(rows[0])}"
            )
    cells = [
        (u, _value(v, scale, f"codings[{c}][{u}]"))
        for c, row in enumerate(rows)
        for u, v in enumerate(row)
        if v is not None
    ]
    known = (
        sorted({v for _, v in cells}, key=lambda v: (str(type(v)), v))
        if scale == "nominal"
        else sorted({v for _, v in cells})
    )
    if len(known) > MOST_VALUES:
        raise_at("codings", "too_large", f"不同的值超过{MOST_VALUES}个", f"more than {MOST_VALUES} distinct values")
    at = {v: n for n, v in enumerate(known)}
    counts = np.zeros((len(rows[0]), len(known)))
    for unit, value in cells:
        counts[unit, at[value]] += 1
    return np.arange(len(known), dtype=float) if scale == "nominal" else np.array(known, dtype=float), counts


def _value(given: Any, scale: str, place: str) -> Any:
    if scale == "nominal" and isinstance(given, str):
        return given
    value = real(given, place)
    if scale == "ratio" and value < 0:
        raise_at(place, "out_of_range", "比率尺度的值不能小于0", f"a value on a ratio scale is not below 0: {value:g}")
    return value


def _disagreement(counts: Matrix, values: Matrix, scale: str) -> Matrix:
    """For each row of counts, the distances summed over its pairs, each value weighing one in all.

    Squared differences need no pairs: over n values they sum to ``2 (n sum v^2 - (sum v)^2)``.
    """
    n = counts.sum(axis=1)
    if scale == "nominal":
        apart = n**2 - (counts**2).sum(axis=1)
    elif scale == "ratio":
        total = values[:, None] + values[None, :]
        ratio = np.divide(values[:, None] - values[None, :], total, out=np.zeros_like(total), where=total > 0)
        apart = ((counts @ ratio**2) * counts).sum(axis=1)
    else:
        apart = 2 * (n * (counts @ values**2) - (counts @ values) ** 2)
    found: Matrix = np.maximum(apart, 0.0) / (n - 1)
    return found


def _placed(values: Matrix, pool: Matrix, scale: str) -> Matrix:
    """Where the values stand: mean ranks within the pool on the ordinal scale, about zero on the interval scale."""
    if scale == "ordinal":
        values = np.cumsum(pool) - pool / 2
    return values - values.mean() if scale in ("ordinal", "interval") else values


def _alpha(counts: Matrix, times: Matrix, values: Matrix, scale: str) -> float | None:
    """Alpha of the units, each taken so many times."""
    pool = times @ counts
    if np.count_nonzero(pool) < 2:
        return None
    placed = _placed(values, pool, scale)
    expected = float(_disagreement(pool[None, :], placed, scale)[0])
    return 1 - float(times @ _disagreement(counts, placed, scale)) / expected


def _bootstrap(
    counts: Matrix, values: Matrix, scale: str, resamples: int, seed: int, level: float
) -> tuple[float, float] | None:
    units = len(counts)
    drawn = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=resamples)
    alphas = [_alpha(counts[row > 0], row[row > 0].astype(float), values, scale) for row in drawn]
    found = [a for a in alphas if a is not None]
    if len(found) < resamples / 2:
        return None
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _band(alpha: float | None) -> str:
    if alpha is None:
        return "undefined"
    return "reliable" if alpha >= RELIABLE else "tentative" if alpha >= TENTATIVE else "reopen"
