"""Space-time scans against a search over all cylinders written the slow way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from riskstats.inputs import InputError
from riskstats.scan import distances, space_time_scan

GRID = [(0, 0), (0, 1), (1, 0), (1, 1), (4, 4)]  # equal distances on purpose
TABLES = arrays(np.int64, (5, 4), elements=st.integers(0, 12)).filter(lambda t: t.sum() > 0)
MEANS = arrays(np.float64, (5, 4), elements=st.floats(0.5, 9))


def cylinders(number, mean, largest, longest, prospective):
    """Every window by definition: ratio, places, first, last."""
    far = distances(GRID, "plane")
    total = number.sum()
    mean = mean * total / mean.sum()
    for centre in range(5):
        for radius in sorted(set(far[centre])):
            places = tuple(np.flatnonzero(far[centre] <= radius + 1e-9))
            if mean[list(places)].sum() / total > largest + 1e-12:
                continue
            for last in range(4):
                for first in range(max(0, last - longest + 1), last + 1):
                    if prospective and last < 3:
                        continue
                    c = number[list(places), first : last + 1].sum()
                    e = mean[list(places), first : last + 1].sum()
                    if c > e:
                        rest = (total - c) * np.log((total - c) / (total - e)) if c < total else 0.0
                        yield c * np.log(c / e) + rest, places, first, last


@pytest.mark.parametrize("prospective", [True, False])
@given(number=TABLES, mean=MEANS, largest=st.sampled_from([0.3, 0.5, 1.0]), longest=st.integers(1, 4))
def test_the_best_cylinder_is_the_best_of_all(prospective, number, mean, largest, longest):
    scan = space_time_scan(GRID, number, expected=mean, metric="plane", largest=largest, longest=longest,
                           prospective=prospective, replicates=1)  # fmt: skip
    slow = sorted(cylinders(number, mean, largest, longest, prospective), reverse=True)
    ours = scan.clusters[0].ratio if scan.clusters else 0.0
    assert ours == pytest.approx(slow[0][0] if slow else 0.0, abs=1e-9)
    for cluster in scan.clusters:
        match = [r for r, places, first, last in slow
                 if (set(places), first, last) == (set(cluster.places), cluster.first, cluster.last)]  # fmt: skip
        assert match
        assert match[0] == pytest.approx(cluster.ratio)


def test_the_permutation_model_keeps_both_margins_and_sees_only_interaction():
    rng = np.random.default_rng(3)
    busy = rng.poisson(np.outer([40, 5, 5, 5, 5], [1, 1, 1, 3]))  # a busy port, and a busy week everywhere
    quiet = space_time_scan(GRID, busy, metric="plane", replicates=999)
    assert quiet.clusters[0].p > 0.05
    busy[2, 3] += 25
    found = space_time_scan(GRID, busy, metric="plane", replicates=999).hits()
    assert (found[0].places, found[0].first, found[0].last) == ((2,), 3, 3)
    assert found[0].p <= 0.02


def test_under_the_null_one_scan_in_twenty_alarms():
    rng = np.random.default_rng(8)
    mean = rng.gamma(2.0, 1.0, (5, 4)) + 0.2
    alarms = {"poisson": 0, "permutation": 0}
    for s in range(300):
        number = rng.multinomial(80, mean.reshape(-1) / mean.sum()).reshape(5, 4)
        scan = space_time_scan(GRID, number, expected=mean, metric="plane", replicates=99, seed=s)
        alarms["poisson"] += bool(scan.hits())
        flat = rng.multinomial(80, np.outer(mean.sum(1), mean.sum(0)).reshape(-1) / mean.sum() ** 2).reshape(5, 4)
        alarms["permutation"] += bool(space_time_scan(GRID, flat, metric="plane", replicates=99, seed=s).hits())
    assert all(3 <= n <= 30 for n in alarms.values()), alarms  # 15 expected


def test_distances_are_great_circles():
    assert distances([(0, 0), (0, 180)])[0, 1] == pytest.approx(np.pi * 6371.0088)
    assert distances([(90, 0), (-90, 50)])[0, 1] == pytest.approx(np.pi * 6371.0088)
    with pytest.raises(InputError, match="latitude"):
        distances([(91, 0)])


@pytest.mark.parametrize(("changed", "rule"), [
    ({"cases": [[1, -1]] * 5}, "count"),
    ({"cases": [[1, 1]] * 4}, "shape"),
    ({"cases": [[0, 0]] * 5}, "empty"),
    ({"expected": [[1.0, 0.0]] * 5}, "positive"),
    ({"expected": [[1.0]] * 5}, "shape"),
    ({"largest": 0.0}, "largest"),
    ({"longest": 3}, "longest"),
    ({"coordinates": [(np.nan, 0)] * 5}, "coordinates"),
    ({"metric": "taxi"}, "metric"),
])  # fmt: skip
def test_bad_input_is_refused(changed, rule):
    arguments = {"coordinates": GRID, "cases": [[1, 2]] * 5, "expected": [[1.0, 1.0]] * 5, "metric": "plane"} | changed
    with pytest.raises(InputError) as refused:
        space_time_scan(arguments.pop("coordinates"), arguments.pop("cases"), **arguments)
    assert refused.value.rule == rule
