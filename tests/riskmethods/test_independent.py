"""Formulas across the library against computations that share nothing with it: quadrature, enumeration, power iteration, scipy."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, stats

from riskmethods import ahp, assess, faulttree
from riskmethods.chemicals import Amount, Route, characterise, excess_lifetime_risk
from riskmethods.evidence.conflict import conflict
from riskmethods.evidence.priors import beta_prior, gamma_prior
from riskmethods.evidence.proportions import clopper_pearson, zero_event_bound
from riskmethods.evidence.rates import Reporting, incident_rate, lifetime
from riskmethods.panels import cooke, delphi, elicitation
from riskmethods.panels.agreement import agreement
from riskmethods.panels.pooling import pools
from riskmethods.population.border import Stratum, lot_defectives, prevalence
from riskmethods.population.national import national_estimate
from riskmethods.uncertain import from_json
from tests.riskmethods.documents import step


def test_a_rate_under_reporting_by_two_dimensional_quadrature():
    """p(rate, rho | x) up to a constant: Poisson likelihood, Jeffreys prior on the rate, beta prior on the share reported."""
    x, seen, c, d = 3, 200.0, 6.0, 4.0

    def density(rate, rho):
        return stats.poisson.pmf(x, rho * rate * seen) * rate**-0.5 * stats.beta.pdf(rho, c, d)

    whole, _ = integrate.dblquad(density, 1e-9, 1, 0, 3, epsabs=1e-10)
    first, _ = integrate.dblquad(lambda r, rho: r * density(r, rho), 1e-9, 1, 0, 3, epsabs=1e-10)
    rate = incident_rate(x, seen, reporting=Reporting(c, d))
    assert rate.mean == pytest.approx(first / whole, rel=1e-4)
    below, _ = integrate.dblquad(density, 1e-9, 1, 0, rate.quantile(0.9), epsabs=1e-10)
    assert below / whole == pytest.approx(0.9, abs=1e-4)


def test_a_lifetime_probability_by_quadrature():
    rate = incident_rate(4, 1_000)
    curve = stats.gamma(4.5, scale=1 / 1_000)
    mean, _ = integrate.quad(lambda r: -math.expm1(-r * 12) * curve.pdf(r), 0, 0.1)
    found = lifetime(rate, 12)
    assert found.mean == pytest.approx(mean, rel=1e-9)
    assert found.high == pytest.approx(-math.expm1(-curve.ppf(0.95) * 12), rel=1e-9)


def test_a_predictive_p_value_by_quadrature():
    median, ef, units, observed = 1e-4, 5, 20_000, 9
    sigma = math.log(ef) / stats.norm.ppf(0.95)
    curve = stats.norm(math.log(median), sigma)
    more, _ = integrate.quad(
        lambda t: stats.poisson.sf(observed - 1, units * math.exp(t)) * curve.pdf(t), -20, -2, limit=200
    )
    found = conflict(observed, from_json({"dist": "lognormal", "median": "1/10000", "ef": ef}), units=units)
    assert found.p_more == pytest.approx(more, abs=2e-3)


@pytest.mark.parametrize(("k", "n"), [(0, 30), (2, 50), (17, 17), (5, 2_000)])
def test_an_exact_interval_by_scipys_own(k, n):
    other = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(k, n) == pytest.approx((other.low, other.high), abs=1e-10)
    assert (1 - zero_event_bound(n)) ** n == pytest.approx(0.05, rel=1e-9)


def test_priors_have_the_percentiles_asked_for():
    fitted = beta_prior(median=0.02, p95=0.11)
    assert stats.beta(fitted.a, fitted.b).ppf([0.5, 0.95]) == pytest.approx([0.02, 0.11], rel=1e-6)
    shape, unit_years = gamma_prior(median=2e-5, p95=3e-4)
    assert stats.gamma(shape, scale=1 / unit_years).ppf([0.5, 0.95]) == pytest.approx([2e-5, 3e-4], rel=1e-6)


def test_the_stratified_variance_is_unbiased_over_every_possible_sample():
    """All samples of two small strata: the estimates average to the truth, the variances to the true variance."""
    people = ([1, 1, 0, 0, 0], [1, 0, 0, 0])
    draws = [list(itertools.combinations(stratum, n)) for stratum, n in zip(people, (3, 2), strict=True)]
    found = [prevalence([Stratum("a", 5, 3, sum(a)), Stratum("b", 4, 2, sum(b))]) for a in draws[0] for b in draws[1]]
    estimates = np.array([f.estimate for f in found])
    assert estimates.mean() == pytest.approx(3 / 9)
    assert np.mean([f.se**2 for f in found]) == pytest.approx(estimates.var())


def test_a_lots_limits_by_trying_every_number_of_defectives():
    size, n, k = 40, 12, 2
    kept = [
        d
        for d in range(k, size - (n - k) + 1)
        if stats.hypergeom.sf(k - 1, size, d, n) > 0.025 and stats.hypergeom.cdf(k, size, d, n) > 0.025
    ]
    assert lot_defectives(size, tested=n, defective=k) == (min(kept), max(kept))


def test_hospital_variance_counts_the_hospitals_without_a_case():
    totals = {"S": [170.0, 30.0, 0.0, 0.0], "V": [15.0, 16.0]}
    variance = sum(len(t) * np.var(t, ddof=1) for t in totals.values())
    found = national_estimate(
        [80, 90, 30, 15, 16], strata=list("SSSVV"), hospitals=["1", "1", "2", "3", "4"], drawn={"S": 4, "V": 2}
    )
    assert found.se == pytest.approx(math.sqrt(variance))


def test_kendalls_w_by_friedmans_statistic():
    ranks = np.array([[1, 2, 2, 4, 5], [2, 1, 3, 3, 5], [1, 3, 2, 5, 4], [2, 2, 2, 4, 5]])
    chi2 = stats.friedmanchisquare(*ranks.T).statistic
    assert delphi.concordance(ranks.tolist()).w == pytest.approx(chi2 / (4 * (5 - 1)))


@pytest.mark.parametrize("scale", ["nominal", "interval", "ratio"])
def test_alpha_by_pairs_of_values(scale):
    """Do and De straight from their definition: mean squared difference within units, and over all pairs of values."""
    delta = {
        "nominal": lambda a, b: float(a != b),
        "interval": lambda a, b: (a - b) ** 2,
        "ratio": lambda a, b: ((a - b) / (a + b)) ** 2,
    }[scale]
    units = [[1, 2, None], [3, 3, 3], [2, None, 4], [1, 1, 1], [4, 4, 2], [None, 3, None]]
    kept = [[v for v in unit if v is not None] for unit in units]
    kept = [unit for unit in kept if len(unit) > 1]
    values = [v for unit in kept for v in unit]
    within = sum(delta(a, b) / (len(unit) - 1) for unit in kept for a, b in itertools.permutations(unit, 2)) / len(
        values
    )
    between = sum(delta(a, b) for a, b in itertools.permutations(values, 2)) / (len(values) * (len(values) - 1))
    found = agreement([list(coder) for coder in zip(*units, strict=True)], scale=scale, resamples=0)
    assert found.alpha == pytest.approx(1 - within / between)


def test_cookes_information_by_integrating_the_density():
    quantiles, low, high = [1.0, 4.0, 9.0], 0.0, 12.0
    edges, mass = [low, *quantiles, high], [0.05, 0.45, 0.45, 0.05]
    entropy = 0.0
    for a, b, m in zip(edges[:-1], edges[1:], mass, strict=True):
        f = m / (b - a)
        part, _ = integrate.quad(lambda x, f=f: f * math.log(f * (high - low)), a, b)
        entropy += part
    item = cooke.Item("q", np.array([quantiles]), None, low, high, False)
    assert cooke.information(np.array([quantiles]), [item]) == pytest.approx(entropy)


def test_cookes_calibration_by_the_chi_square_of_the_likelihood_ratio():
    answers = np.array([[1.0, 5.0, 9.0]] * 12)
    truths = [0.5, 2, 3, 4, 4.5, 6, 7, 8, 8.5, 8.9, 9.5, 10]
    counts = np.array([1, 4, 5, 2])
    expected = 12 * cooke.BINS
    g = 2 * float((counts * np.log(counts / expected)).sum())
    assert cooke.calibration(answers, truths) == pytest.approx(stats.chi2.sf(g, 3))


def test_idea_and_the_pools_by_hand():
    said = {"question": "q", "number": 1, "answers": [
        {"expert": "a", "lowest": "1/1000", "best": "1/100", "highest": "1/10", "confidence": "50 %"},
        {"expert": "b", "lowest": "1/100", "best": "1/10", "highest": "1/2", "confidence": "80 %"}]}  # fmt: skip
    one = elicitation.from_json(said)
    assert one.standardised()[0].low == pytest.approx(10 ** (-2 - 1.6), rel=1e-9)  # 80/50 of a decade
    assert one.pooled().best == pytest.approx(math.sqrt(1e-3), rel=1e-9)
    three = pools(["1/100", "1/10", "1/2"])
    odds = [1 / 99, 1 / 9, 1]
    middle = np.prod(odds) ** (1 / 3)
    assert (float(three.linear), three.logarithmic) == pytest.approx(((0.01 + 0.1 + 0.5) / 3, middle / (1 + middle)))


def test_ahp_by_power_iteration():
    rows = [["1", "3", "5", "7"], ["1/3", "1", "2", "4"], ["1/5", "1/2", "1", "2"], ["1/7", "1/4", "1/2", "1"]]
    matrix = np.array([[float(Fraction(v)) for v in row] for row in rows])
    w = np.ones(4)
    for _ in range(200):
        w = matrix @ w / (matrix @ w).sum()
    largest = float((matrix @ w / w).mean())
    found = ahp.weigh(list("abcd"), rows)
    assert found.weights == pytest.approx(w)
    assert found.cr == pytest.approx((largest - 4) / 3 / 0.90)


def test_a_fault_trees_importance_by_walking_through_every_outcome():
    p = {"a": 0.1, "b": 0.2, "c": 0.05, "d": 0.3}
    tree = faulttree.from_json(
        {
            "top": "T",
            "gates": {
                "T": {"type": "or", "inputs": ["G", "c"]},
                "G": {"type": "k_of_n", "k": 2, "inputs": ["a", "b", "d"]},
            },
            "events": p,
        }
    )
    total, alone = 0.0, dict.fromkeys(p, 0.0)
    for outcome in itertools.product((0, 1), repeat=4):
        on = dict(zip(p, outcome, strict=True))
        chance = math.prod(p[e] if on[e] else 1 - p[e] for e in p)
        top = on["c"] or on["a"] + on["b"] + on["d"] >= 2
        total += chance * top
        for e in p:
            rest = on["c"] or sum(on[x] for x in "abd") >= 2
            alone[e] += chance / (p[e] if on[e] else 1 - p[e]) * (1 if on[e] else -1) * rest
    found = faulttree.analyse(tree)
    assert float(found.probability) == pytest.approx(total)
    assert {i.event: float(i.birnbaum) for i in found.importance} == pytest.approx(alone)


def test_a_product_of_lognormals_and_its_drivers_in_closed_form():
    sigmas = [math.log(3) / 1.6448536269514722, math.log(6) / 1.6448536269514722]
    steps = [
        step("a", {"dist": "lognormal", "median": "1/1000", "ef": 3}),
        step("b", {"dist": "lognormal", "median": "1/2000", "ef": 6}),
    ]
    found = assess({"scenarios": [{"severity": 4, "steps": steps}]}).spread.scenarios[0]
    curve = stats.norm(math.log(1 / 1000) + math.log(1 / 2000), math.hypot(*sigmas))
    assert float(found.median) == pytest.approx(math.exp(curve.ppf(0.5)), rel=1e-3)
    assert float(found.p95) == pytest.approx(math.exp(curve.ppf(0.95)), rel=1e-3)
    assert {d.step: d.variance_share for d in found.drivers}[1] == pytest.approx(
        sigmas[1] ** 2 / (sigmas[0] ** 2 + sigmas[1] ** 2), abs=0.02
    )
    assert found.shares["low"].share == pytest.approx(
        curve.cdf(math.log(1e-6)), abs=0.005
    )  # the last row at severity 4


def test_a_ratio_and_an_excess_risk_by_hand():
    wide = Amount(Fraction(1, 2), Fraction(1), Fraction(2))
    found = characterise(
        [Route("skin", wide, Amount(*[Fraction(4)] * 3)), Route("oral", Amount(*[Fraction(1)] * 3), wide)]
    )
    assert (found.ratio.low, found.ratio.best, found.ratio.high) == (
        Fraction(1, 8) + Fraction(1, 2),
        Fraction(5, 4),
        Fraction(5, 2),
    )
    risk = excess_lifetime_risk("2", "0.1")
    assert (risk.linear.best, risk.saturating, risk.linear_holds) == (
        Fraction(1, 5),
        pytest.approx(1 - math.exp(-0.2)),
        False,
    )


def test_a_measure_for_a_share_of_the_units_by_hand():
    measure = {
        "id": "m",
        "title": "guard",
        "coverage": "3/4",
        "effects": [{"scenario": "s", "step": "1", "effectiveness": "0.9"}],
    }
    record = {
        "scenarios": [{"id": "s", "severity": 3, "steps": [step("a", "1/10"), step("b", "1/20")]}],
        "residual": {"measures": [measure], "target": "low"},
    }
    row = assess(record).data["residual"]["scenarios"][0]
    left = Fraction(1, 4) * Fraction(1, 200) + Fraction(3, 4) * Fraction(1, 2000)
    assert (Fraction(row["p"]["3"]), Fraction(row["reached"]["p"])) == (left, Fraction(1, 2000))
    assert row["needed"][0]["effectiveness"] is None  # the quarter not reached alone is above the last row
