"""Chemicals: exact ratios at the edge, intervals, law beside the ratio, refusals."""

from __future__ import annotations

from fractions import Fraction

import pytest

from riskmethods.chemicals import (
    Legal,
    Route,
    amount,
    characterise,
    contact_dose,
    excess_lifetime_risk,
    intake_dose,
    lifetime_average,
)
from riskmethods.errors import MethodError

TENTH = {"low": "0.05", "best": "0.1", "high": "0.2"}


def test_the_ratio_is_exact_where_floats_would_slip():
    routes = [Route("oral", amount("0.1"), amount("0.3")), Route("dermal", amount("0.2"), amount("0.3"))]
    assert characterise(routes).ratio.best == 1
    assert characterise(routes).controlled == "not_controlled"


def test_the_interval_pairs_the_worst_exposure_with_the_lowest_limit():
    found = characterise([Route("oral", amount(TENTH), amount({"low": "0.1", "best": "0.2", "high": "0.5"}))])
    assert (found.ratio.low, found.ratio.best, found.ratio.high) == (Fraction(1, 10), Fraction(1, 2), 2)
    assert found.controlled == "undecided"


@pytest.mark.parametrize(
    ("legal", "status", "serious"),
    [
        (None, "no_limit", False),
        (Legal(banned=True, source="s"), "banned", True),
        (Legal(amount("0.2"), amount("0.1"), "s"), "above_limit", True),
        (Legal(amount("0.1"), amount("0.1"), "s"), "within_limit", False),
        (Legal(amount(TENTH), amount("0.1"), "s"), "undecided", False),
    ],
)
def test_the_law_stands_beside_the_ratio(legal, status, serious):
    found = characterise([Route("oral", amount("0.01"), amount("1"))], legal=legal)
    assert (found.legal, found.presumed_serious, found.controlled) == (status, serious, "controlled")
    assert not hasattr(found, "level")


def test_doses_multiply_and_divide_end_by_end():
    dose = intake_dose(TENTH, taken="2", frequency="2", body_weight={"low": "8", "best": "10", "high": "20"})
    assert (dose.low, dose.best, dose.high) == (Fraction(1, 100), Fraction(1, 25), Fraction(1, 10))
    assert contact_dose("0.001", area="50", body_weight="10").best == Fraction(1, 200)
    assert lifetime_average("1", days_a_year="365", years="70").best == 1


def test_a_linear_risk_that_is_none_any_more_is_flagged():
    high = excess_lifetime_risk("2", "0.3")
    assert high.linear.best == Fraction(3, 5)
    assert not high.linear_holds
    assert high.saturating == pytest.approx(0.4512, abs=1e-4)


@pytest.mark.parametrize(
    ("call", "place", "rule"),
    [
        (lambda: characterise([]), "routes", "empty"),
        (lambda: characterise([Route("oral", amount("1"), amount("1"))] * 2), "routes[1]", "duplicate"),
        (
            lambda: characterise([Route("oral", amount("1"), amount("1"))], legal=Legal(banned=True)),
            "legal.source",
            "missing",
        ),
        (lambda: amount("-1", "x"), "x", "out_of_range"),
        (lambda: amount(float("nan"), "x"), "x", "not_a_number"),
        (lambda: amount({"low": 2, "best": 1, "high": 3}, "x"), "x", "order"),
        (lambda: amount({"low": 2}, "x"), "x.best", "missing"),
        (lambda: intake_dose(1, taken=1, absorption="120 %", body_weight=1), "absorption", "probability"),
        (lambda: intake_dose(1, taken=1, body_weight=0), "body_weight", "out_of_range"),
        (lambda: lifetime_average(1, days_a_year=365, years=71), "days_a_year", "out_of_range"),
        (lambda: lifetime_average(1, days_a_year=400, years=1), "days_a_year", "out_of_range"),
        (lambda: excess_lifetime_risk("x", 1), "slope", "not_a_number"),
    ],
)
def test_senseless_input_is_refused(call, place, rule):
    with pytest.raises(MethodError) as refused:
        call()
    assert (refused.value.place, refused.value.rule) == (place, rule)
