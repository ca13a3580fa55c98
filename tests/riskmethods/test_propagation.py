"""Levels of uncertain scenarios: against bounds, closed forms, and plain numpy draws written apart."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from riskmethods.chains import Chain, closed_form, exact_quantile, interval, joint_bounds
from riskmethods.draws import CELLS, Order, Scratch, pick, table
from riskmethods.editions import LEVELS, edition
from riskmethods.errors import MethodError
from riskmethods.propagation import propagate
from riskmethods.uncertain import from_json
from tests.riskmethods.documents import PROBABILITIES, QUANTITIES

EU = edition("eu-2024-3173")
LN = {"dist": "lognormal", "median": "1/100", "ef": 5}
BETA = {"dist": "beta", "a": 2, "b": 30}
PERT = {"dist": "pert", "min": "1/100", "mode": "1/20", "max": "1/5"}
RANGE = {"low": "1/10", "high": "1/2"}


def chain(severity, *quantities, keys=()):
    return Chain(tuple(from_json(q) for q in quantities), severity, keys)


CHAINS = st.builds(
    lambda steps, severity: chain(severity, *steps),
    st.lists(QUANTITIES, min_size=1, max_size=5),
    st.sampled_from((1, 2, 3, 4)),
)


def test_shares_and_quantiles_agree_with_draws_made_apart():
    one = propagate([chain(2, LN, BETA, PERT, RANGE)], EU).scenarios[0]
    rng, n = np.random.default_rng(1), 1_000_000
    p = np.exp(rng.normal(np.log(0.01), np.log(5) / stats.norm.ppf(0.95), n)) * rng.beta(2, 30, n)
    p *= (0.01 + 0.19 * rng.beta(1 + 4 * 0.04 / 0.19, 5 - 4 * 0.04 / 0.19, n)) * 10 ** rng.uniform(-1, np.log10(0.5), n)
    for name, q in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
        assert one.quantiles[name] == pytest.approx(np.quantile(p, q), rel=0.03)
    for level, low, high in (("low", 0, 1e-5), ("low", 1e-5, 1e-4), ("medium", 1e-4, 1e-3)):
        peer = np.mean((p > low) & (p <= high))
        if level == "low":
            peer = np.mean(p <= 1e-4)
        assert one.shares[level].share == pytest.approx(peer, abs=0.005)
    assert one.mean == pytest.approx(p.mean(), rel=0.01)


@given(CHAINS)
@settings(max_examples=40)
def test_the_interval_contains_every_draw(one):
    spread = propagate([one], EU, draws=10_000).scenarios[0]
    low, high = interval(one)
    assert all(float(low) * (1 - 1e-5) <= value <= float(high) * (1 + 1e-5) for value in spread.quantiles.values())
    assert low <= spread.median <= spread.p95 <= high
    assert {level for level, share in spread.shares.items() if share.share} <= set(spread.levels)
    assert {spread.level_at_median, spread.level_at_p95, spread.level_of_mean} <= set(spread.levels)
    assert sum(share.share for share in spread.shares.values()) == pytest.approx(1)


@given(
    st.lists(st.tuples(st.integers(2, 10_000), st.floats(1.5, 10)), min_size=1, max_size=4),
    st.sampled_from((1, 2, 3, 4)),
    st.integers(0, 1000),
)
@settings(max_examples=30)
def test_the_closed_form_is_monte_carlo_within_its_error(curves, severity, seed):
    one = chain(severity, "1/2", *({"dist": "lognormal", "median": f"1/{m * 20}", "ef": ef} for m, ef in curves))
    form, spread = closed_form(one, EU), propagate([one], EU, seed=seed).scenarios[0]
    assert form is not None
    for level in LEVELS:
        allowed = 5 * spread.shares[level].error + 3 * len(curves) * (1 / CELLS + form.truncated)
        assert abs(form.shares[level] - spread.shares[level].share) <= allowed, level


def test_draws_give_the_closed_forms_quantiles():
    one = chain(3, LN, {"dist": "lognormal", "median": "1/300", "ef": 2})
    scratch = Scratch(100_000)
    for n, step in enumerate(one.steps):
        scratch.add(pick((188, 0, n), 100_000), table(step))
    for q in (0.05, 0.5, 0.95):
        assert np.exp(Order(scratch).quantile(q)) == pytest.approx(exact_quantile(one, q, "independent"), rel=0.02)


def test_the_lognormal_rule_of_error_factors():
    form = closed_form(chain(3, LN, LN), EU)
    assert form.quantile(0.95) / form.quantile(0.5) == pytest.approx(np.exp(np.sqrt(2) * np.log(5)))
    assert form.quantile(0.5) == pytest.approx(1e-4)
    assert closed_form(chain(3, LN, BETA), EU) is None
    assert closed_form(chain(3, "1/2"), EU) is None


def test_in_perfect_correlation_quantiles_multiply():
    one = chain(2, LN, BETA, RANGE)
    together = propagate([one], EU, dependence="perfect").scenarios[0]
    apart = propagate([one], EU).scenarios[0]
    expected = 0.01 * 5 * stats.beta(2, 30).ppf(0.95) * 10 ** (-1 + 0.95 * np.log10(5))
    assert together.quantiles["p95"] == pytest.approx(expected, rel=1e-4)
    assert together.quantiles["p95"] > apart.quantiles["p95"]
    assert together.mean > apart.mean


@given(st.lists(PROBABILITIES, min_size=1, max_size=5))
def test_frechet_bounds_hold_the_product_and_the_correlated_case(chances):
    low, high = joint_bounds(chances)
    product = Fraction(1)
    for p in chances:
        product *= p
    assert low <= product <= high == min(chances)
    assert low == max(Fraction(0), sum(chances) - len(chances) + 1)


@given(st.permutations(range(4)))
@settings(max_examples=12)
def test_the_order_of_steps_does_not_matter_to_what_is_exact(order):
    steps = [LN, BETA, PERT, "1/3"]
    one, other = (propagate([chain(3, *s)], EU, draws=10_000).scenarios[0] for s in (steps, [steps[n] for n in order]))
    assert (one.bounds, one.mean, one.levels) == (other.bounds, other.mean, other.levels)
    assert one.quantiles["p50"] == pytest.approx(other.quantiles["p50"], rel=0.1)


@given(CHAINS, QUANTITIES)
@settings(max_examples=30)
def test_an_uncertain_step_added_never_raises_the_level(one, step):
    if len(one.steps) == 5:
        one = Chain(one.steps[1:], one.severity)
    more = Chain((*one.steps, from_json(step)), one.severity)
    before, after = (propagate([c], EU, draws=10_000).scenarios[0] for c in (one, more))
    assert after.p95 <= before.bounds[1]
    assert after.mean <= before.mean * (1 + 1e-5)
    assert max(map(LEVELS.index, after.levels)) <= max(map(LEVELS.index, before.levels))


def test_the_same_seed_gives_the_same_and_another_gives_another():
    chains = [chain(2, LN, BETA), chain(3, PERT, RANGE)]
    assert propagate(chains, EU).as_json() == propagate(chains, EU).as_json()
    assert propagate(chains, EU).as_json() != propagate(chains, EU, seed=5).as_json()


def test_a_scenario_added_moves_no_others_draws():
    first = chain(2, LN, BETA)
    assert propagate([first], EU).scenarios[0] == propagate([first, chain(3, PERT)], EU).scenarios[0]


def test_an_unknown_that_scenarios_share_is_drawn_once():
    two = [chain(2, LN, keys=("wear",)), chain(2, LN, keys=("wear",))]
    shared, single = propagate(two, EU), propagate(two[:1], EU)
    assert shared.shares == single.shares
    assert propagate([chain(2, LN), chain(2, LN)], EU).shares["serious"].share > shared.shares["serious"].share


def test_severities_are_weighed_and_never_averaged():
    one = propagate([chain({1: Fraction(3, 4), 4: Fraction(1, 4)}, "1/50")], EU).scenarios[0]
    assert one.shares["low"].share == 0
    assert one.shares["medium"].share == pytest.approx(0.75, abs=0.01)
    assert one.shares["serious"].share == pytest.approx(0.25, abs=0.01)
    assert one.level_at_median == "serious"
    assert [row["level_at_median"] for row in one.by_severity.values()] == ["medium", "serious"]


def test_what_is_certain_is_exact_on_an_edge_too():
    one = propagate([chain(1, "1/10", "1/10")], EU).scenarios[0]
    assert one.shares["low"].share == 1
    assert one.shares["low"].error == 0
    assert one.median == Fraction(1, 100)
    assert not one.drawn


def test_drivers_name_the_step_that_matters_most():
    one = propagate(
        [
            chain(
                2,
                {"dist": "lognormal", "median": "1/100", "ef": 1.5},
                {"dist": "lognormal", "median": "1/100", "ef": 10},
            )
        ],
        EU,
    ).scenarios[0]
    assert [driver.step for driver in one.drivers] == [1, 0]
    variances = np.log([1.5, 10]) ** 2
    assert one.drivers[0].variance_share == pytest.approx(variances[1] / variances.sum(), abs=0.01)
    assert one.drivers[0].spearman > one.drivers[1].spearman > 0
    assert one.drivers[0].low < one.quantiles["p50"] < one.drivers[0].high


def test_two_levels_between_median_and_95th_percentile_argue_for_precaution():
    wide = {"dist": "lognormal", "median": "1/20000", "ef": 100}
    assert propagate([chain(2, wide)], EU).precaution
    assert not propagate([chain(2, "1/20000")], EU).precaution


def test_quantiles_rise():
    one = propagate([chain(2, LN, BETA)], EU).scenarios[0]
    assert all(a < b for a, b in pairwise(one.quantiles.values()))


def test_ranks_are_those_of_sorting():
    values = np.random.default_rng(3).normal(size=5000)
    scratch = Scratch(5000)
    scratch.logs[:] = values
    order = Order(scratch)
    for q in (0.01, 0.5, 0.99):
        assert order.quantile(q) == np.sort(values)[int(np.ceil(q * 5000)) - 1]
    assert np.corrcoef(order.ranks(), stats.rankdata(values))[0, 1] > 0.9999


@pytest.mark.parametrize(
    ("chains", "run", "place", "rule"),
    [
        ([], {}, "scenarios", "count"),
        ([chain(2)], {}, "scenarios[0].steps", "too_many_steps"),
        ([chain(2, *["1/2"] * 6)], {}, "scenarios[0].steps", "too_many_steps"),
        ([chain(5, "1/2")], {}, "scenarios[0].severity", "severity"),
        ([chain(True, "1/2")], {}, "scenarios[0].severity", "severity"),
        ([chain({1: Fraction(1, 2)}, "1/2")], {}, "scenarios[0].severity", "weight"),
        ([chain({1: Fraction(3, 2), 2: Fraction(-1, 2)}, "1/2")], {}, "scenarios[0].severity[1]", "weight"),
        ([chain(2, LN, LN, keys=("a", "a"))], {}, "scenarios[0].keys", "keys"),
        ([chain(2, LN)], {"draws": 9_999}, "draws", "count"),
        ([chain(2, LN)], {"draws": 1e5}, "draws", "count"),
        ([chain(2, LN)], {"seed": -1}, "seed", "count"),
        ([chain(2, LN)], {"dependence": "some"}, "dependence", "unknown_code"),
    ],
)  # fmt: skip
def test_what_cannot_be_propagated_is_refused(chains, run, place, rule):
    with pytest.raises(MethodError) as refused:
        propagate(chains, EU, **run)
    assert (refused.value.place, refused.value.rule) == (place, rule)
