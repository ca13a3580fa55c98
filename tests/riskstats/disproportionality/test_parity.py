"""The numbers that openEBGM and PhViD computed are met."""

from __future__ import annotations

import numpy as np
import pytest

from riskstats.disproportionality import (
    GammaMixture,
    confidence_propagation,
    count_reports,
    fit_prior,
    from_counts,
    negative_log_likelihood,
    reporting_ratios,
    shrink,
    squash,
    squash_points,
)
from tests.riskstats.disproportionality.reference import FOLDER, PRIOR, needs_reference, numbers, rows, words

pytestmark = needs_reference
LIKELIHOODS = rows("negloglik.csv") if FOLDER.is_dir() else []
TABLES = ("caers_unstrat", "caers_strat")


def points(table, kind):
    if kind == "squashed":
        return numbers(f"{table}_squashed.csv", "N", "E", "weight")
    n, e = numbers("caers_top60_with_zeroes.csv" if "zero" in table else f"{table}_cells.csv", "N", "E")
    return [n, e, np.ones(len(n))]


def stored_prior(table):
    first = next(row for row in rows("hyperparameters.csv") if row["table"] == table)
    return GammaMixture(*(float(first[name]) for name in PRIOR))


@pytest.mark.parametrize("row", LIKELIHOODS, ids=lambda r: f"{r['table']}-{r['kind']}-{r['n_star']}-{r['alpha1']}")
def test_the_likelihood_is_met_to_twelve_digits(row):
    n, e, w = points(row["table"], row["kind"])
    least = int(row["n_star"])
    kept = n >= least
    prior = GammaMixture(*(float(row[name]) for name in PRIOR))
    ours = negative_log_likelihood(prior, n[kept], e[kept], w[kept], least=least)
    assert ours == pytest.approx(float(row["negll"]), rel=1e-12)


@pytest.mark.parametrize("table", TABLES)
def test_shrinkage_is_met_at_the_stored_prior(table):
    at = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    names = [f"q{round(q * 100):02d}" for q in at]
    n, e, q, ebgm, *quantiles = numbers(f"{table}_cells.csv", "N", "E", "qn", "ebgm", *names)
    ours = shrink(n, e, stored_prior(table), quantiles=at)
    np.testing.assert_allclose(ours.q, q, rtol=1e-12)
    np.testing.assert_allclose(ours.ebgm, ebgm, rtol=1e-8)
    np.testing.assert_allclose(ours.quantiles, np.array(quantiles).T, atol=1e-6)  # stored to six decimals


@pytest.mark.parametrize("table", TABLES)
def test_counts_and_expected_counts_are_met(table):
    report, product, event, stratum = words("caers_reports.csv", "id", "var1", "var2", "strat1")
    ours = count_reports(report, product, event, stratum if table == "caers_strat" else None)
    at = {
        (ours.products[p], ours.hazards[h]): i for i, (p, h) in enumerate(zip(ours.product, ours.hazard, strict=True))
    }
    index = np.array([at[pair] for pair in zip(*words(f"{table}_cells.csv", "var1", "var2"), strict=True)])
    n, e, prr = numbers(f"{table}_cells.csv", "N", "E", "PRR")
    assert len(ours) == len(n)
    np.testing.assert_array_equal(ours.n[index], n)
    np.testing.assert_allclose(ours.expected[index], e, rtol=1e-12)
    ratios = reporting_ratios(ours.n, ours.product_total, ours.hazard_total, ours.total)
    np.testing.assert_allclose(ratios.prr[index], prr, atol=0.0051)  # stored to two decimals


def test_zero_cells_are_listed_when_asked_for():
    product, event = words("caers_top60_with_zeroes.csv", "var1", "var2")
    n, e = numbers("caers_top60_with_zeroes.csv", "N", "E")
    reports = [
        c[np.isin(words("caers_reports.csv", "var1")[0], product)]
        for c in words("caers_reports.csv", "id", "var1", "var2")
    ]
    ours = count_reports(*reports, zeroes=True)
    at = {
        (ours.products[p], ours.hazards[h]): i for i, (p, h) in enumerate(zip(ours.product, ours.hazard, strict=True))
    }
    index = np.array([at[pair] for pair in zip(product, event, strict=True)])
    assert len(ours) == len(n)
    np.testing.assert_array_equal(ours.n[index], n)
    np.testing.assert_allclose(ours.expected[index], e, rtol=1e-12)


@pytest.mark.parametrize("table", TABLES)
def test_squashing_is_met(table):
    n, e = numbers(f"{table}_cells.csv", "N", "E")
    ours = squash_points(squash(n, e, n=1, size=50, keep=100), n=2, size=10, keep=50)
    count, expected, weight = numbers(f"{table}_squashed.csv", "N", "E", "weight")
    mine, theirs = np.lexsort((ours.weight, ours.expected, ours.n)), np.lexsort((weight, expected, count))
    np.testing.assert_array_equal(ours.n[mine], count[theirs])
    np.testing.assert_allclose(ours.expected[mine], expected[theirs], rtol=1e-12)
    np.testing.assert_array_equal(ours.weight[mine], weight[theirs])


@pytest.mark.parametrize("table", TABLES)
def test_the_fit_is_at_least_as_likely_as_every_stored_optimum(table):
    n, e, w = points(table, "squashed")
    fit = fit_prior(n, e, w)
    best = min(
        negative_log_likelihood(GammaMixture(*(float(row[name]) for name in PRIOR)), n, e, w)
        for row in rows("hyperparameters.csv")
        if row["table"] == table and 0 < float(row["p"]) < 1
    )
    assert fit.settled
    assert fit.negative_log_likelihood <= best + 1e-5
    again = negative_log_likelihood(fit.prior, n, e, w)
    assert again == pytest.approx(fit.negative_log_likelihood, rel=1e-12)


def test_phvid_scores_are_met():
    drug, event, n = words("phvid_counts.csv", "drug", "event", "n11")
    ours = from_counts(drug, event, n.astype(int))
    at = {pair: i for i, pair in enumerate(zip(drug, event, strict=True))}
    index = np.array([at[pair] for pair in zip(*words("phvid_scores.csv", "drug", "event"), strict=True)])
    names = (
        "expected",
        "prr",
        "ln_prr_lb95",
        "ror",
        "ln_ror_lb95",
        "bcpnn_q025",
        "bcpnn_post_h0",
        "gps_eb05",
        "gps_post_h0",
    )
    stored = dict(zip(names, numbers("phvid_scores.csv", *names), strict=True))
    margins = (ours.n, ours.product_total, ours.hazard_total, ours.total)
    ratios, bcpnn = reporting_ratios(*margins), confidence_propagation(*margins)
    gps = shrink(ours.n, ours.expected, GammaMixture(*(float(c[0]) for c in numbers("phvid_gps_theta.csv", *PRIOR))))
    met = {
        "expected": ours.expected, "prr": ratios.prr, "ln_prr_lb95": np.log(ratios.prr_low), "ror": ratios.ror,
        "ln_ror_lb95": np.log(ratios.ror_low), "bcpnn_q025": bcpnn.low, "bcpnn_post_h0": bcpnn.below,
        "gps_post_h0": gps.below,
    }  # fmt: skip
    for name, values in met.items():
        np.testing.assert_allclose(values[index], stored[name], rtol=1e-10, atol=1e-10, err_msg=name)
    np.testing.assert_allclose(gps.quantile(0.05)[index], stored["gps_eb05"], atol=2e-6)  # found there to about 1e-6


def test_the_two_truncations_have_the_optima_that_were_found_before():
    drug, event, n = words("phvid_counts.csv", "drug", "event", "n11")
    cells = from_counts(drug, event, n.astype(int))
    component = fit_prior(cells.n, cells.expected)
    mixture = fit_prior(cells.n, cells.expected, truncation="mixture")
    assert component.prior.as_array() == pytest.approx([0.432, 0.182, 1.673, 2.145, 0.138], abs=6e-4)
    assert mixture.prior.as_array() == pytest.approx([0.535, 0.202, 1.629, 2.097, 0.114], abs=6e-4)
    assert component.agreeing == mixture.agreeing == 4
