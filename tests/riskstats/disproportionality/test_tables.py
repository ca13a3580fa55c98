"""Counting reports, ratios and squashing on tables small enough to do by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskstats.disproportionality import count_reports, from_counts, reporting_ratios, squash
from riskstats.inputs import InputError

ROWS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


@given(ROWS)
def test_a_report_counts_once_in_a_cell_a_margin_and_the_total(rows):
    report, product, hazard = zip(*rows, strict=True)
    stratum = [r % 2 for r in report]
    ours = count_reports(report, product, hazard, stratum)
    for i in range(len(ours)):
        p, h = ours.products[ours.product[i]], ours.hazards[ours.hazard[i]]
        named, marked = {r for r, q, _ in rows if q == p}, {r for r, _, g in rows if g == h}
        assert ours.n[i] == len({r for r, q, g in rows if q == p and g == h})
        assert (ours.product_total[i], ours.hazard_total[i], ours.total) == (len(named), len(marked), len(set(report)))
        expected = sum(
            len([r for r in named if r % 2 == s])
            * len([r for r in marked if r % 2 == s])
            / len({r for r in report if r % 2 == s})
            for s in set(stratum)
        )
        assert ours.expected[i] == pytest.approx(expected)


def test_repeated_rows_add_nothing():
    once = count_reports([1, 2], ["a", "a"], ["x", "x"])
    twice = count_reports([1, 2, 2, 1], ["a"] * 4, ["x"] * 4)
    assert once.n.tolist() == twice.n.tolist() == [2]


def test_a_report_in_two_strata_is_refused():
    with pytest.raises(InputError, match="report 1") as refused:
        count_reports([1, 1], ["a", "b"], ["x", "x"], ["m", "f"])
    assert refused.value.rule == "one_stratum"


def test_counts_from_elsewhere_keep_their_margins():
    ours = from_counts(["a", "a", "b"], ["x", "y", "x"], [3, 1, 6])
    assert ours.expected.tolist() == pytest.approx([4 * 9 / 10, 4 * 1 / 10, 6 * 9 / 10])
    with pytest.raises(InputError, match="twice"):
        from_counts(["a", "a"], ["x", "x"], [1, 1])
    with pytest.raises(InputError, match=r"n\[1\]: -6"):
        from_counts(["a", "b"], ["x", "x"], [3, -6])


def test_a_ratio_without_comparison_is_infinite_and_a_wrong_margin_is_refused():
    ours = reporting_ratios([4], [10], [4], 100)
    assert np.isinf(ours.prr[0])
    with pytest.raises(InputError, match="do not fit"):
        reporting_ratios([5], [4], [9], 100)


def test_chi_square_is_the_textbook_value():
    ours = reporting_ratios([10], [100], [60], 1000)
    a, b, c, d = 10, 90, 50, 850
    by_hand = 1000 * (abs(a * d - b * c) - 500) ** 2 / (100 * 900 * 60 * 940)
    assert ours.chi_square[0] == pytest.approx(by_hand)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.floats(0.01, 9)), min_size=1, max_size=60),
    st.integers(1, 7),
    st.integers(0, 9),
)
def test_squashing_keeps_cells_and_expected_counts_in_sum(cells, size, keep):
    n, e = np.array([c[0] for c in cells]), np.array([c[1] for c in cells])
    ours = squash(n, e, n=1, size=size, keep=keep)
    for k in (1, 2, 3):
        assert ours.weight[ours.n == k].sum() == (n == k).sum()
        assert (ours.weight * ours.expected)[ours.n == k].sum() == pytest.approx(e[n == k].sum())
    assert (ours.n == 1).sum() == min(keep, (n == 1).sum()) + -(-max(0, (n == 1).sum() - keep) // size)
