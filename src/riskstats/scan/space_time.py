"""Space-time scan: circles around each port or place, crossed with periods, searched for too many cases in one test.

A window is a cylinder: all places within a distance of a centre, during consecutive periods. Prospectively only
windows that reach the last period count (is something going on now?). The null distribution keeps the number of
cases; without expected counts it keeps each place's and each period's number (the permutation model), for sources
without denominators.
Sources: Kulldorff, Journal of the Royal Statistical Society A 164 (2001) 61-72; Kulldorff et al., PLoS Medicine 2
(2005) e59 (permutation model).

>>> ports = [(31.2, 121.5), (30.9, 121.9), (22.5, 114.1), (39.0, 121.6)]
>>> weeks = [[2, 3, 2, 9], [1, 2, 2, 8], [4, 3, 4, 3], [2, 2, 3, 2]]
>>> scan = space_time_scan(ports, weeks, expected=[[2.5] * 4, [2] * 4, [4] * 4, [2.5] * 4], replicates=199)
>>> [(hit.places, hit.first, hit.last, hit.cases, hit.p) for hit in scan.hits()]
[((0, 1), 3, 3, 17, 0.005)]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskstats.inputs import Floats, Ints, counts, positive, refuse
from riskstats.kernels import kernel, parallel_kernel
from riskstats.scan.model import adjusted, alias_table, poisson_ratio, replicates_of, split_mix

Metric = Literal["sphere", "plane"]
_NOTHING = 1e-9  # a ratio that is rounding alone: the cylinder of all cases, say
_EARTH = 6371.0088  # mean radius, km


@dataclass(frozen=True)
class Cluster:
    """One cylinder: its places (indices, the centre first), radius, first and last period, cases, expected, ratio, p."""

    places: tuple[int, ...]
    radius: float
    first: int
    last: int
    cases: int
    expected: float
    ratio: float
    p: float


@dataclass(frozen=True, eq=False)
class SpaceTimeScan:
    """The best cylinder around each centre, and the null distribution.

    Attributes
    ----------
    clusters : tuple of Cluster
        The best window of each centre that has one with too many cases, the least likely first.
    greatest : ndarray, shape (replicates,)
    total : int
    """

    clusters: tuple[Cluster, ...]
    greatest: Floats
    total: int

    def hits(self, alpha: float = 0.05) -> list[Cluster]:
        """Clusters with p <= alpha that share no place with a less likely one."""
        taken: set[int] = set()
        found = []
        for cluster in self.clusters:
            if cluster.p <= alpha and taken.isdisjoint(cluster.places):
                taken.update(cluster.places)
                found.append(cluster)
        return found


def distances(coordinates: ArrayLike, metric: Metric = "sphere") -> Floats:
    """Distances between places: great circles in km from (latitude, longitude) in degrees, or plain ones in a plane.

    Raises
    ------
    InputError
        Rule ``coordinates`` or ``metric``.

    >>> round(float(distances([(31.2, 121.5), (22.5, 114.1)])[0, 1]))
    1214
    """
    at = np.asarray(coordinates, dtype=np.float64)
    if at.ndim != 2 or at.shape[1] != 2 or not np.isfinite(at).all():
        refuse("coordinates", "coordinates", "须为每地两个有限的坐标", "two finite numbers a place are needed")
    if metric == "plane":
        return np.asarray(np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1)))
    if metric != "sphere":
        refuse("metric", "metric", "距离未知", f"{metric!r} is neither 'sphere' nor 'plane'")
    if (np.abs(at[:, 0]) > 90).any() or (np.abs(at[:, 1]) > 360).any():
        refuse("coordinates", "coordinates", "纬度或经度越界", "a latitude beyond 90 or a longitude beyond 360 degrees")
    lat, lon = np.radians(at[:, 0]), np.radians(at[:, 1])
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * _EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def space_time_scan(
    coordinates: ArrayLike, cases: ArrayLike, *, expected: ArrayLike | None = None, metric: Metric = "sphere",
    largest: float = 0.5, longest: int | None = None, prospective: bool = True, replicates: int = 999,
    seed: int = 20_260_101,
) -> SpaceTimeScan:  # fmt: skip
    """Scan all cylinders.

    Parameters
    ----------
    coordinates : array_like, shape (places, 2)
    cases : array_like of int, shape (places, periods)
    expected : array_like, shape (places, periods), optional
        Expected counts or denominators above 0, scaled to the number of cases; without them the permutation model.
    metric : {"sphere", "plane"}
    largest : float
        Circles hold at most this share of what is expected; up to 1.
    longest : int, optional
        Periods a window lasts at most; half of all by default.
    prospective : bool
        Only windows that reach the last period.
    replicates, seed
        As in :func:`~riskstats.scan.tree.tree_scan`.

    Raises
    ------
    InputError
        Rule ``coordinates``, ``metric``, ``count``, ``positive``, ``shape``, ``empty``, ``largest`` or ``longest``.
    """
    far = distances(coordinates, metric)
    number = counts(cases, place="cases")
    if number.ndim != 2 or len(number) != len(far):
        refuse("cases", "shape", "须为地点乘时期的表", f"shape (places, periods) is needed, not {number.shape}")
    total = int(number.sum())
    if total == 0:
        refuse("cases", "empty", "没有病例", "no cases")
    if not 0 < largest <= 1:
        refuse("largest", "largest", "须大于0且不大于1", f"{largest} is not above 0 and at most 1")
    span = number.shape[1]
    reach = max(1, span // 2) if longest is None else longest
    if not 1 <= reach <= span:
        refuse("longest", "longest", "窗口长度越界", f"{longest} periods: 1 to {span} are possible")
    mean = _expected(number, expected, total)
    order, stop = _circles(far, mean.sum(axis=1) / total, largest)
    search = (order, stop, mean, float(total), reach, prospective)
    best = _best(number, search)
    greatest = _replicate(number, mean, search, replicates, seed, expected is None)
    return SpaceTimeScan(_clusters(best, number, mean, far, order, greatest), np.asarray(greatest), total)


def _expected(number: Ints, expected: ArrayLike | None, total: int) -> Floats:
    if expected is None:
        return np.asarray(np.outer(number.sum(axis=1), number.sum(axis=0)) / total)
    mean = positive(expected, place="expected")
    if mean.shape != number.shape:
        refuse("expected", "shape", "与计数表不同形", f"shape {number.shape} is needed, not {mean.shape}")
    return np.asarray(mean * (total / mean.sum()))


def _circles(far: Floats, share: Floats, largest: float) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Places by distance from each centre, and after which of them a circle ends (never between equal distances)."""
    order = np.argsort(far, axis=1, kind="stable").astype(np.int32)
    order = np.array([np.concatenate([[i], row[row != i]]) for i, row in enumerate(order)], dtype=np.int32)
    sorted_far = np.take_along_axis(far, order.astype(np.int64), axis=1)
    inside = np.cumsum(share[order], axis=1)
    stop = np.ones(far.shape, dtype=bool)
    stop[:, :-1] = np.diff(sorted_far, axis=1) > 1e-9 * (1 + sorted_far[:, 1:])
    return order, stop & (inside <= largest + 1e-12)


@kernel
def _windows(c: Any, e: Any, total: float, reach: int, prospective: bool, best: Any, k: int) -> None:
    """The best period of one circle, given cases and expected counts by period; ``best`` is ratio, k, first, last."""
    span = len(c)
    for last in range(span - 1 if prospective else 0, span):
        inside, mean = 0.0, 0.0
        for first in range(last, max(-1, last - reach), -1):
            inside += c[first]
            mean += e[first]
            if inside > mean:
                ratio = poisson_ratio(inside, mean, total)
                if ratio > best[0]:
                    best[0], best[1], best[2], best[3] = ratio, k, first, last


@kernel
def _around(centre: int, number: Any, search: Any, best: Any, c: Any, e: Any) -> None:
    """The best cylinder around one centre."""
    order, stop, mean, total, reach, prospective = search
    best[:] = 0.0
    c[:] = 0.0
    e[:] = 0.0
    for k in range(order.shape[1]):
        place = order[centre, k]
        for t in range(number.shape[1]):
            c[t] += number[place, t]
            e[t] += mean[place, t]
        if stop[centre, k]:
            _windows(c, e, total, reach, prospective, best, k)


@parallel_kernel
def _best(number: Any, search: Any) -> Any:
    places, span = number.shape
    best = np.zeros((places, 4))
    for centre in numba.prange(places):
        _around(centre, number, search, best[centre], np.empty(span), np.empty(span))
    return best


@kernel
def _greatest(number: Any, search: Any) -> float:
    places, span = number.shape
    best, c, e, top = np.empty(4), np.empty(span), np.empty(span), 0.0
    for centre in range(places):
        _around(centre, number, search, best, c, e)
        top = max(top, best[0])
    return top


def _replicate(number: Ints, mean: Floats, search: Any, replicates: int, seed: int, permute: bool) -> Floats:
    seeds = replicates_of(replicates, seed).integers(0, 2**63, replicates, dtype=np.uint64)
    if permute:
        place = np.repeat(np.arange(number.size) // number.shape[1], number.reshape(-1))
        period = np.repeat(np.arange(number.size) % number.shape[1], number.reshape(-1))
        return np.asarray(_permuted(seeds, place, period, number.shape, search))
    keep, other = alias_table(mean.reshape(-1))
    return np.asarray(_drawn(seeds, keep, other, number.shape, search))


@parallel_kernel
def _permuted(seeds: Any, place: Any, period: Any, shape: Any, search: Any) -> Any:
    greatest = np.empty(len(seeds))
    for r in numba.prange(len(seeds)):
        state = np.empty(1, dtype=np.uint64)
        state[0] = seeds[r]
        shuffled = period.copy()
        number = np.zeros(shape, dtype=np.int64)
        for i in range(len(place) - 1, -1, -1):
            j = np.int64((split_mix(state) >> np.uint64(32)) * np.uint64(i + 1) >> np.uint64(32))
            moved = shuffled[j]
            shuffled[j] = shuffled[i]
            number[place[i], moved] += 1
        greatest[r] = _greatest(number, search)
    return greatest


@parallel_kernel
def _drawn(seeds: Any, keep: Any, other: Any, shape: Any, search: Any) -> Any:
    greatest = np.empty(len(seeds))
    cells = np.uint64(len(keep))
    for r in numba.prange(len(seeds)):
        state = np.empty(1, dtype=np.uint64)
        state[0] = seeds[r]
        number = np.zeros(shape, dtype=np.int64)
        for _ in range(np.int64(search[3])):
            bits = split_mix(state)
            i = np.int64((bits >> np.uint64(32)) * cells >> np.uint64(32))
            if (bits & np.uint64(0xFFFFFFFF)) * 2.3283064365386963e-10 >= keep[i]:
                i = other[i]
            number[i // shape[1], i % shape[1]] += 1
        greatest[r] = _greatest(number, search)
    return greatest


def _clusters(
    best: Floats, number: Ints, mean: Floats, far: Floats, order: NDArray[np.int32], greatest: Floats
) -> tuple[Cluster, ...]:
    p = adjusted(best[:, 0], greatest)
    found = []
    for centre in np.argsort(-best[:, 0], kind="stable"):
        ratio, k, first, last = best[centre]
        if ratio < _NOTHING:
            break
        places = order[centre, : int(k) + 1]
        during = slice(int(first), int(last) + 1)
        inside, expected = int(number[places, during].sum()), float(mean[places, during].sum())
        radius = float(far[centre, places].max())
        found.append(Cluster(tuple(int(i) for i in places), radius, int(first), int(last), inside, expected,
                             float(ratio), float(p[centre])))  # fmt: skip
    return tuple(found)
