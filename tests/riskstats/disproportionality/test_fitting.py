"""The prior's likelihood, gradient and fit against independent formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from riskstats.disproportionality import GammaMixture, Likelihood, fit_prior, negative_log_likelihood
from riskstats.inputs import InputError

RATES = st.floats(0.05, 20)
PRIORS = st.builds(GammaMixture, RATES, RATES, RATES, RATES, st.floats(0.02, 0.98))
TABLES = st.lists(st.tuples(st.integers(0, 40), st.floats(1e-3, 50)), min_size=1, max_size=20)


def plain(prior, n, e, least, truncation):
    """The definition, by SciPy."""
    parts = []
    for a, b in ((prior.alpha1, prior.beta1), (prior.alpha2, prior.beta2)):
        chance = b / (b + e)
        parts.append((nbinom.pmf(n, a, chance), nbinom.sf(least - 1, a, chance)))
    (f1, t1), (f2, t2) = parts
    p, r = prior.p, 1 - prior.p
    y = p * f1 / t1 + r * f2 / t2 if truncation == "component" else (p * f1 + r * f2) / (p * t1 + r * t2)
    return -np.log(y).sum()


@pytest.mark.parametrize("truncation", ["component", "mixture"])
@given(prior=PRIORS, table=TABLES, least=st.integers(0, 4))
def test_the_likelihood_is_its_definition(truncation, prior, table, least):
    n, e = np.array([t[0] + least for t in table]), np.array([t[1] for t in table])
    ours = negative_log_likelihood(prior, n, e, least=least, truncation=truncation)
    assert ours == pytest.approx(plain(prior, n, e, least, truncation), rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("truncation", ["component", "mixture"])
@given(prior=PRIORS, table=TABLES, least=st.integers(0, 4))
def test_the_gradient_is_the_difference_quotient(truncation, prior, table, least):
    likelihood = Likelihood([t[0] + least for t in table], [t[1] for t in table], least=least, truncation=truncation)
    theta = prior.as_array()
    _, gradient = likelihood.at(theta)
    for i in range(5):
        step = np.zeros(5)
        step[i] = 1e-5 * theta[i]
        slope = (likelihood.at(theta + step)[0] - likelihood.at(theta - step)[0]) / (2 * step[i])
        assert gradient[i] == pytest.approx(slope, rel=2e-4, abs=2e-4)


def test_many_cells_on_two_cores_give_what_few_give_on_one():
    rng = np.random.default_rng(5)
    n, e = rng.integers(1, 30, 70_000), rng.gamma(1.0, 2.0, 70_000) + 0.01
    prior = GammaMixture(0.3, 0.2, 2.0, 3.0, 0.2)
    split = sum(negative_log_likelihood(prior, n[i : i + 20_000], e[i : i + 20_000]) for i in range(0, 70_000, 20_000))
    assert negative_log_likelihood(prior, n, e) == pytest.approx(split, rel=1e-12)


def test_a_known_prior_is_found_again():
    rng = np.random.default_rng(11)
    e = rng.gamma(2.0, 3.0, 40_000) + 0.05
    high = rng.random(40_000) < 0.1
    n = rng.poisson(e * np.where(high, rng.gamma(4.0, 1.0, 40_000), rng.gamma(5.0, 0.2, 40_000)))
    fit = fit_prior(n, e, least=0)
    assert fit.settled
    assert not fit.at_edge
    assert fit.prior.as_array() == pytest.approx([4, 1, 5, 5, 0.1], rel=0.1)


def test_a_table_without_spread_says_that_the_fit_is_at_the_edge():
    rng = np.random.default_rng(2)
    e = rng.gamma(2.0, 3.0, 4_000) + 0.05
    fit = fit_prior(rng.poisson(e), e, least=0)
    assert fit.at_edge


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (([1, -2], [1.0, 1.0]), "count"),
        (([1, 2], [1.0, 0.0]), "positive"),
        (([1, 2], [1.0, 1.0], [1.0, np.inf]), "positive"),
        (([1, 2], [1.0]), "shape"),
        (([0, 2], [1.0, 1.0]), "least"),
        (([], []), "empty"),
    ],
)
def test_bad_tables_are_refused(arguments, rule):
    with pytest.raises(InputError) as refused:
        fit_prior(*arguments)
    assert refused.value.rule == rule
    assert refused.value.zh


def test_bad_priors_are_refused():
    with pytest.raises(InputError, match="beta1"):
        GammaMixture(1, 0, 1, 1, 0.5)
    with pytest.raises(InputError, match="p: 1"):
        GammaMixture(1, 1, 1, 1, 1.0)
