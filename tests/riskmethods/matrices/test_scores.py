"""Fine-Kinney's scales and classes, and IEC 62061's class."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from riskmethods.errors import MethodError
from riskmethods.matrices import fine_kinney, kinney_class, required_sil
from riskmethods.matrices.scores import KINNEY_SCALES


def printed_class(value):
    """As the method prints it: above 400 stop, 200 to 400, 70 to 200, 20 to 70, below 20."""
    if value > 400:
        return "stop"
    return "high" if value >= 200 else "substantial" if value >= 70 else "possible" if value >= 20 else "low"


def test_every_combination_of_the_scales_is_the_product_in_its_class():
    for p, e, c in product(*(KINNEY_SCALES[axis] for axis in ("probability", "exposure", "consequence"))):
        found = fine_kinney(p, exposure=e, consequence=c)
        assert found.value == p * e * c
        assert found.level == printed_class(p * e * c)
    assert fine_kinney("0.1", exposure="0.5", consequence=1).value == Fraction(1, 20)


@pytest.mark.parametrize(
    "given", [{"probability": "2"}, {"probability": "0"}, {"exposure": "x"}, {"consequence": float("inf")}]
)
def test_a_value_between_the_ranks_is_refused(given):
    with pytest.raises(MethodError) as refused:
        fine_kinney(**({"probability": 1, "exposure": 1, "consequence": 1} | given))
    assert refused.value.place == next(iter(given))
    with pytest.raises(MethodError):
        kinney_class(0)


def test_every_class_of_iec_62061_gives_what_its_severity_row_says():
    rows = {4: {range(3, 11): "SIL2", range(11, 16): "SIL3"},
            3: {range(3, 5): "none", range(5, 8): "OM", range(8, 11): "SIL1", range(11, 14): "SIL2", range(14, 16): "SIL3"},
            2: {range(3, 8): "none", range(8, 11): "OM", range(11, 14): "SIL1", range(14, 16): "SIL2"},
            1: {range(3, 11): "none", range(11, 14): "OM", range(14, 16): "SIL1"}}  # fmt: skip
    for se, fr, pr, av in product(range(1, 5), range(1, 6), range(1, 6), (1, 3, 5)):
        wanted = next(sil for classes, sil in rows[se].items() if fr + pr + av in classes)
        assert required_sil(se, frequency=fr, probability=pr, avoidance=av) == wanted


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"severity": 5}, "severity"),
        ({"frequency": 0}, "frequency"),
        ({"probability": 2.0}, "probability"),
        ({"avoidance": 2}, "avoidance"),
    ],
)
def test_ranks_out_of_scale_are_refused(given, place):
    with pytest.raises(MethodError) as refused:
        required_sil(**({"severity": 1, "frequency": 1, "probability": 1, "avoidance": 1} | given))
    assert refused.value.place == place
