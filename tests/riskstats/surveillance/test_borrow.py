"""Young and rare series borrow from their parents, by the gamma-Poisson rule, and never in silence."""

import numpy as np
import pytest
from scipy import stats

from riskstats.surveillance import Borrow, Early, State, SurveillanceError, early_warning, early_warning_in_tree
from riskstats.surveillance.borrow import prior_of

DRAW = np.random.default_rng(1)


def family(young_weeks=10, children=6, level=4.0):
    """A parent (row 0), its children, and the last child seen in its last weeks only."""
    parts = DRAW.poisson(level, size=(children, 313))
    seen = np.ones((children + 1, 313))
    parts[-1, :-young_weeks] = 0
    seen[-1, :-young_weeks] = 0
    return np.vstack([parts.sum(axis=0), parts]), np.array([-1] + [0] * children), seen


def test_only_series_with_little_history_borrow():
    counts, parents, seen = family()
    found = early_warning_in_tree(counts, parents, weeks=[-1], exposure=seen)
    assert found.state[:, 0].tolist() == [State.SCORED] * 6 + [State.BORROWED]
    own = early_warning(counts, weeks=[-1], exposure=seen)
    assert own.state[-1, 0] == State.NO_REFERENCE
    np.testing.assert_array_equal(found.pvalue[:6], own.pvalue[:6])
    assert np.isfinite(found.upperbound[-1, 0])
    assert found.method.endswith("Borrow(own_weeks=104, own_cases=5)")


def test_the_expected_count_is_the_parents_times_the_shrunken_share():
    counts, parents, seen = family(young_weeks=60)
    found = early_warning_in_tree(counts, parents, weeks=[-1], exposure=seen)
    history = slice(313 - 1 - 260 - 3, 312 - 26)
    cases = counts[:, history].sum(axis=1).astype(float)
    looked = seen[:, history] > 0
    chances = np.array([(counts[0, history] * row).sum() for row in looked])
    chances[0] = 0
    mean, shape = prior_of(cases, chances, parents)
    share = (shape[-1] + cases[-1]) / (shape[-1] / mean[-1] + chances[-1])
    assert found.expected[-1, 0] == pytest.approx(share * found.expected[0, 0], rel=1e-9)
    assert min(cases[-1] / chances[-1], mean[-1]) <= share <= max(cases[-1] / chances[-1], mean[-1])
    mu, phi = found.expected[-1, 0], found.phi[-1, 0]
    law = stats.nbinom(mu / (phi - 1), 1 / phi)
    assert found.pvalue[-1, 0] == pytest.approx(law.sf(counts[-1, -1] - 1), rel=1e-9)


def test_false_alarms_of_borrowers_keep_to_the_level():
    alarms = []
    for _ in range(60):
        counts, parents, seen = family(young_weeks=5, children=8, level=3.0)
        found = early_warning_in_tree(counts, parents, weeks=[-3, -2, -1], exposure=seen, options=Early(alpha=0.05))
        alarms.append(found.alarm[-1])
    assert np.mean(alarms) < 0.08


def test_a_new_product_with_a_burst_alarms():
    counts, parents, seen = family()
    counts[[0, -1], -1] += 20
    assert early_warning_in_tree(counts, parents, weeks=[-1], exposure=seen).alarm[-1, 0]


def test_a_borrower_may_be_the_parent_of_another():
    counts, parents, seen = family()
    counts = np.vstack([counts, counts[-1:]])
    seen = np.vstack([seen, seen[-1:]])
    parents = np.append(parents, len(parents) - 1)
    found = early_warning_in_tree(counts, parents, weeks=[-1], exposure=seen)
    assert found.state[-2:, 0].tolist() == [State.BORROWED, State.BORROWED]
    assert 0 < found.expected[-1, 0] <= found.expected[-2, 0] * 1.01


def test_siblings_that_do_not_differ_make_a_firm_prior():
    _, firm = prior_of(np.array([100.0, 101.0, 99.0]), np.full(3, 1000.0), np.zeros(3, dtype=int))
    _, loose = prior_of(np.array([10.0, 200.0, 90.0]), np.full(3, 1000.0), np.zeros(3, dtype=int))
    assert firm.min() > 1000 > 5 > loose.max()


@pytest.mark.parametrize(
    ("parents", "rule"), [([5, -1], "no_such_parent"), ([1, 0], "cycle"), ([0, -1], "cycle"), ([0], "wrong_shape")]
)
def test_trees_that_are_none_are_refused(parents, rule):
    with pytest.raises(SurveillanceError) as refused:
        early_warning_in_tree(np.zeros((2, 60), int), parents)
    assert refused.value.rule == rule


def test_settings_below_zero_are_refused():
    with pytest.raises(SurveillanceError):
        Borrow(own_weeks=-1)
