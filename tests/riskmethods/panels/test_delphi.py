"""When a Delphi stops, and Kendall's W with ties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.errors import MethodError
from riskmethods.panels.delphi import concordance, decide

WIDE, NARROW, MOVED = [0.001, 0.01, 0.1], [0.005, 0.01, 0.02], [0.05, 0.1, 0.2]


@pytest.mark.parametrize(
    ("rounds", "stop", "reasons"),
    [
        ([WIDE], False, ()),
        ([WIDE, NARROW], True, ("median_stable", "spread_shrunk")),
        ([WIDE, MOVED], False, ("spread_shrunk",)),
        ([NARROW, WIDE], False, ("median_stable",)),
        ([WIDE, MOVED, WIDE], True, ("round_limit",)),
    ],
)
def test_the_stop_rules(rounds, stop, reasons):
    found = decide(rounds)
    assert (found.stop, found.reasons) == (stop, reasons)
    assert found.medians[0] == pytest.approx(sorted(rounds[0])[1])


def test_w_with_ties_is_the_corrected_formula():
    # Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: totals 2, 4.5, 5.5, 8 about 5, S = 18.5; ties 2^3 - 2 = 6.
    found = concordance([[1, 2, 2, 3], [1, 2, 3, 4]])
    assert found.w == pytest.approx(12 * 18.5 / (4 * 60 - 2 * 6))
    assert found.tied
    assert found.chi2 == pytest.approx(2 * 3 * found.w)


@given(st.lists(st.permutations(range(5)), min_size=2, max_size=6))
def test_without_ties_w_lies_between_zero_and_one(ranks):
    found = concordance(ranks)
    assert -1e-12 <= found.w <= 1 + 1e-12
    assert not found.tied
    assert concordance([ranks[0]] * 3).w == pytest.approx(1)


@given(st.permutations(range(4)))
def test_an_order_and_its_reverse_do_not_agree_at_all(order):
    assert concordance([order, [-v for v in order]]).w == pytest.approx(0)


@pytest.mark.parametrize(
    ("call", "place", "rule"),
    [
        (lambda: decide([]), "rounds", "empty"), (lambda: decide([[]]), "rounds[0]", "empty"),
        (lambda: decide([[0.1, 0]]), "rounds[0][1]", "out_of_range"), (lambda: decide([[float("nan")]]), "rounds[0][0]", "not_a_number"),
        (lambda: decide([[0.1]], limit=0), "limit", "out_of_range"),
        (lambda: concordance([]), "scores", "empty"), (lambda: concordance([[1, 2]]), "scores", "empty"),
        (lambda: concordance([[1, 2], [1]]), "scores[1]", "empty"), (lambda: concordance([[1, 2], [1, 2, 3]]), "scores[1]", "shape"),
        (lambda: concordance([[1, 1], [2, 2]]), "scores", "no_variation"),
        (lambda: concordance([[1, 2], [1, float("inf")]]), "scores[1][1]", "not_a_number"),
    ],
)  # fmt: skip
def test_senseless_input_is_refused(call, place, rule):
    with pytest.raises(MethodError) as refused:
        call()
    assert (refused.value.place, refused.value.rule) == (place, rule)
