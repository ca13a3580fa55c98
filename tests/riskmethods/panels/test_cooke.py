"""Cooke's model against a case computed by hand, and its properties."""

from __future__ import annotations

import math

import numpy as np
import pytest

from riskmethods.errors import MethodError
from riskmethods.panels.calibrated import from_json
from riskmethods.panels.cooke import calibration, information, intrinsic_range, mixture

TRUTHS = [20] * 3 + [45] * 2 + [55] * 2 + [80] * 3
A, B = [10, 50, 90], [40, 50, 60]


def survival_of_chi2_3(x):
    """The chi-square survival function of three degrees of freedom in closed form."""
    return math.erfc(math.sqrt(x / 2)) + math.sqrt(2 * x / math.pi) * math.exp(-x / 2)


def document(truths=TRUTHS, targets=(), **answers):
    answers = answers or {"A": A, "B": B}
    return {
        "seeds": [{"name": f"s{n}", "truth": t, "answers": answers} for n, t in enumerate(truths)],
        "targets": list(targets),
    }


def test_the_case_computed_by_hand():
    # A's bins hold 0, 5, 5, 0 of ten truths: I = ln(.5/.45) = 0.1053605; B's hold 3, 2, 2, 3: I = .6 ln 6 + .4 ln(.2/.45) = 0.7506836.
    # Both share the intrinsic range [10 - 8, 90 + 8] = [2, 98], so that
    # A's information is ln 96 + .1 ln(.05/8) + .9 ln(.45/40) = 0.0181823 and B's ln 96 + .1 ln(.05/38) + .9 ln(.45/10) = 1.1100329.
    found = from_json(document()).decide()
    a, b = found.experts["A"], found.experts["B"]
    assert a.calibration == pytest.approx(survival_of_chi2_3(20 * 0.1053605), abs=1e-6)
    assert b.calibration == pytest.approx(survival_of_chi2_3(20 * 0.7506836), abs=1e-6)
    assert a.information == pytest.approx(0.0181823, abs=1e-6)
    assert b.information == pytest.approx(1.1100329, abs=1e-6)
    raw_a, raw_b = 0.0181823 * survival_of_chi2_3(2.10721), 1.1100329 * survival_of_chi2_3(15.013672)
    assert found.weights["A"] == pytest.approx(raw_a / (raw_a + raw_b), abs=1e-4)
    assert found.alpha == b.calibration
    assert found.equal_because == ""
    # The mixture's percentiles by bisection of the weighted sum of the two broken lines; it keeps A's bins.
    w = raw_a / (raw_a + raw_b)

    def cdf(x):
        steps = (0, 0.05, 0.5, 0.95, 1)
        return w * np.interp(x, [2, *A, 98], steps) + (1 - w) * np.interp(x, [2, *B, 98], steps)

    quantiles = []
    for q in (0.05, 0.5, 0.95):
        low, high = 2.0, 98.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if cdf(middle) < q else (low, middle)
        quantiles.append(low)
    widths = np.diff([2, *quantiles, 98])
    by_hand = math.log(96) + sum(p * math.log(p / x) for p, x in zip((0.05, 0.45, 0.45, 0.05), widths, strict=True))
    assert found.scores.information == pytest.approx(by_hand, rel=1e-3)
    assert found.scores.calibration == pytest.approx(a.calibration)
    assert found.scores.combined > max(a.combined, b.combined)


def test_a_truth_on_a_percentile_counts_as_below():
    on = calibration(np.array([[10, 50, 90]] * 4), [10, 50, 90, 91])
    assert on == pytest.approx(
        survival_of_chi2_3(8 * math.fsum(0.25 * math.log(0.25 / p) for p in (0.05, 0.45, 0.45, 0.05)))
    )


def test_few_seeds_or_no_calibrated_expert_mean_equal_weights():
    few = from_json(document(TRUTHS[:9])).decide()
    assert (few.equal_because, few.alpha, few.weights) == ("few_seeds", 0.0, {"A": 0.5, "B": 0.5})
    wild = from_json(document([1_000] * 12)).decide()
    assert (wild.equal_because, wild.weights) == ("none_calibrated", {"A": 0.5, "B": 0.5})
    assert all(s.calibration < 0.05 for s in wild.experts.values())


def test_the_chosen_alpha_is_the_best_of_all():
    seeds = document(TRUTHS, C=[5, 30, 95], **{"A": A, "B": B})
    found = from_json(seeds).decide()
    assert found.scores.combined >= max(s.combined for s in found.experts.values()) - 1e-12
    assert sum(found.weights.values()) == pytest.approx(1)


def test_the_log_background_only_changes_the_scale():
    plain = from_json(document(targets=[{"name": "x", "answers": {"A": [-4, -3, -2], "B": [-4, -3, -1]}}])).decide()
    tens = {"A": ["1e-4", "1e-3", "1e-2"], "B": ["1e-4", "1e-3", "1e-1"]}
    logged = from_json(document(targets=[{"name": "x", "scale": "log", "answers": tens}])).decide()
    assert [math.log10(q) for q in logged.quantities["x"]] == pytest.approx(plain.quantities["x"])
    assert list(logged.quantities["x"]) == sorted(logged.quantities["x"])


def test_a_sure_expert_says_more_and_a_lone_one_is_the_mixture():
    panel = from_json(document(targets=[{"name": "x", "answers": {"A": A, "B": B}}]))
    item = panel.targets[0].item(["A", "B"])
    assert (item.low, item.high) == intrinsic_range(np.array([A, B]), None) == (2, 98)
    assert information(np.array([B]), [item]) > information(np.array([A]), [item]) > 0
    assert mixture(item, np.array([1.0, 0.0])) == pytest.approx(A)


def test_leaving_out_seeds_and_experts_is_reported():
    panel = from_json(document(targets=[{"name": "x", "answers": {"A": A, "B": B}}]))
    seeds = panel.without_seed()
    assert set(seeds) == {f"s{n}" for n in range(10)}
    assert all(d.equal_because == "" for d in seeds.values())
    experts = panel.without_expert()
    assert experts["B"].weights == {"A": 1.0}
    assert experts["B"].quantities["x"] == pytest.approx(A)
    with pytest.raises(MethodError):
        from_json(document(A=A)).without_expert()


@pytest.mark.parametrize(
    ("changed", "place", "rule"),
    [
        ({"seeds": []}, "seeds", "empty"),
        ({"seeds": [{"name": "s", "truth": 1, "answers": {}}]}, "seeds[0].answers", "empty"),
        ({"seeds": [{"name": "s", "truth": 1, "answers": []}]}, "seeds[0].answers", "not_an_object"),
        ({"seeds": [{"name": "s", "answers": {"A": A}}]}, "seeds[0].truth", "missing"),
        ({"seeds": [{"name": "s", "truth": float("nan"), "answers": {"A": A}}]}, "seeds[0].truth", "not_a_number"),
        ({"seeds": [{"name": "s", "truth": 1, "answers": {"A": [1, 1, 2]}}]}, "seeds[0].answers.A", "order"),
        ({"seeds": [{"name": "s", "truth": 1, "answers": {"A": [1, 2]}}]}, "seeds[0].answers.A", "empty"),
        (
            {"seeds": [{"name": "s", "truth": 1, "scale": "log", "answers": {"A": [0, 1, 2]}}]},
            "seeds[0].answers.A[0]",
            "out_of_range",
        ),
        ({"targets": [{"name": "x", "answers": {"A": A}}]}, "targets[0].answers.B", "missing"),
        ({"targets": [{"name": "x", "answers": {"A": A, "B": B, "C": B}}]}, "targets[0].answers.C", "unknown_key"),
    ],
)
def test_a_faulty_panel_is_refused(changed, place, rule):
    with pytest.raises(MethodError) as refused:
        from_json(document() | changed)
    assert (refused.value.place, refused.value.rule) == (place, rule)
