"""Weighted national estimates: the formula by hand, the rule at its edges, the real file when it is there."""

from __future__ import annotations

import csv
import gzip
import math
from pathlib import Path

import numpy as np
import pytest

from riskmethods.errors import MethodError
from riskmethods.population import judged, national_estimate

NEISS = Path(__file__).parents[4] / "shared" / "data" / "neiss_infants" / "neiss_infants_2002_2018.csv.gz"


def test_the_variance_is_between_hospitals_within_strata():
    found = national_estimate(
        [10, 20, 30, 5, 7], strata=[1, 1, 1, 2, 2], hospitals=["a", "a", "b", "c", "d"], drawn={1: 2, 2: 3}
    )
    first = 2 / 1 * (2 * 0**2)
    mean = 12 / 3
    second = 3 / 2 * ((5 - mean) ** 2 + (7 - mean) ** 2 + mean**2)
    assert found.estimate == 72
    assert found.se == pytest.approx(math.sqrt(first + second))
    assert found.warnings == ()
    assert national_estimate([1, 2], strata=[1, 1], hospitals=[1, 2]).warnings == ("hospitals_assumed",)


def test_the_same_hospital_number_in_two_strata_is_two_hospitals():
    found = national_estimate([1, 2, 3, 4], strata=[1, 1, 2, 2], hospitals=[7, 8, 7, 8])
    assert found.se == pytest.approx(math.sqrt(2 * 0.5 + 2 * 0.5))


@pytest.mark.parametrize(
    ("estimate", "cases", "cv", "unstable"),
    [(1_200, 20, 0.33, ()), (1_199.9, 20, 0.33, ("estimate",)), (1_200, 19, 0.33, ("cases",)), (1_200, 20, 0.3301, ("cv",)),
     (0, 0, 1, ("estimate", "cases", "cv"))],
)  # fmt: skip
def test_the_rule_holds_at_its_edges(estimate, cases, cv, unstable):
    assert judged(estimate, cases=cases, cv=cv).unstable == unstable


def test_the_interval_is_1_96_cv_and_not_below_zero():
    assert judged(1_000, cases=50, cv=0.1).interval == pytest.approx((804, 1_196))
    assert judged(1_000, cases=50, cv=0.6).interval[0] == 0


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"weights": []}, "weights"), ({"weights": ["x", 1]}, "weights"), ({"weights": [1, float("nan")]}, "weights[1]"),
        ({"weights": [1, 0]}, "weights[1]"), ({"weights": [-1, 2]}, "weights[0]"), ({"strata": [1]}, "strata"),
        ({"hospitals": [1, 2, 3]}, "hospitals"), ({"hospitals": [1, 1]}, "drawn.1"), ({"drawn": {1: 1}}, "drawn.1"), ({"drawn": {}}, "drawn.1"),
    ],
)  # fmt: skip
def test_faulty_cases_are_refused(changed, place):
    with pytest.raises(MethodError) as refused:
        national_estimate(**({"weights": [1, 2], "strata": [1, 1], "hospitals": [1, 2]} | changed))
    assert refused.value.place == place


@pytest.mark.skipif(not NEISS.exists(), reason="the hospital cases are not beside the repository")
def test_a_year_of_real_hospital_cases_is_stable_as_its_weights_say():
    with gzip.open(NEISS, "rt", encoding="utf-8") as file:
        rows = [
            (float(r["weight"]), r["stratum"], r["psu"]) for r in csv.DictReader(file) if r["date"].startswith("2010")
        ]
    weights, strata, hospitals = zip(*rows, strict=True)
    found = national_estimate(weights, strata=strata, hospitals=hospitals)
    assert found.estimate == pytest.approx(math.fsum(weights))
    assert found.unstable == ()
    assert 0 < found.cv < 0.33
    rare = np.flatnonzero(np.array(strata) == "S")[:10]
    few = national_estimate([weights[i] for i in rare], strata=["S"] * 10, hospitals=[hospitals[i] for i in rare])
    assert "cases" in few.unstable
