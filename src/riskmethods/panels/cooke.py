"""Cooke's classical model: experts weighed by how well they answered seed questions whose truth is known.

Each expert states the 5th, 50th and 95th percentile of every quantity. On ``N`` seeds, ``s`` is the share of truths in
each of the four bins and ``p = (.05, .45, .45, .05)`` what a calibrated expert would show:
``calibration = P(chi2(3) >= 2 N I(s, p))`` with ``I(s, p) = sum s ln(s / p)``. Information is the mean relative entropy
to a uniform (or log-uniform) background on the intrinsic range, which holds all answers and the truth and overshoots
them by a tenth. ``weight = calibration * information`` where calibration is at least alpha, else 0; alpha is chosen so
that the weighted mixture, scored as an expert itself, has the greatest weight. A truth on a percentile counts as below.

Source: Cooke, "Experts in Uncertainty" (1991); Cooke and Goossens, Reliability Engineering & System Safety 93 (2008).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

QUANTILES = (0.05, 0.5, 0.95)
BINS = np.array([0.05, 0.45, 0.45, 0.05])
OVERSHOOT = 0.1
ENOUGH_SEEDS, LEAST_CALIBRATION = 10, 0.05
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Item:
    """One quantity on its background scale: answers (experts by three), truth or None, intrinsic range."""

    name: str
    answers: Matrix
    truth: float | None
    low: float
    high: float
    logarithmic: bool

    def shown(self, at: float) -> float:
        """From the background scale to the quantity itself."""
        return math.exp(at) if self.logarithmic else at


@dataclass(frozen=True, slots=True)
class Scores:
    """How an expert, or a mixture of experts, did on the seeds."""

    calibration: float
    information: float

    @property
    def combined(self) -> float:
        """Calibration times information: the weight before normalising."""
        return self.calibration * self.information


@dataclass(frozen=True, slots=True)
class Decision:
    """The mixture of experts that the seeds recommend.

    Attributes
    ----------
    weights : mapping of expert to float
        Summing to one.
    alpha : float
        Cut-off on calibration; 0 under equal weights.
    scores : Scores
        The mixture's own, on the seeds.
    experts : mapping of expert to Scores
    quantities : mapping of target question to (5th, 50th, 95th percentile)
    equal_because : str
        ``few_seeds`` (fewer than ten), ``none_calibrated`` (every calibration below 0.05), or empty.
    """

    weights: Mapping[str, float]
    alpha: float
    scores: Scores
    experts: Mapping[str, Scores]
    quantities: Mapping[str, tuple[float, float, float]]
    equal_because: str = ""


def calibration(answers: Matrix, truths: Sequence[float]) -> float:
    """The p-value of the hypothesis that the answers (seeds by three) are calibrated.

    >>> truths = [10] * 1 + [30] * 9 + [60] * 9 + [99] * 1
    >>> calibration(np.array([[10, 50, 90]] * 20), truths)
    1.0
    """
    bins = (np.asarray(answers) < np.asarray(truths, dtype=float)[:, None]).sum(axis=1)
    observed = np.bincount(bins, minlength=4) / len(truths)
    divergence = float(special.rel_entr(observed, BINS).sum())
    return float(special.chdtrc(3, 2 * len(truths) * max(divergence, 0.0)))


def information(answers: Matrix, items: Sequence[Item]) -> float:
    """The mean relative entropy of the answers (items by three) to the background of each item."""
    each = []
    for quantiles, item in zip(answers, items, strict=True):
        widths = np.diff([item.low, *quantiles, item.high])
        each.append(math.log(item.high - item.low) + float((BINS * np.log(BINS / widths)).sum()))
    return math.fsum(each) / len(each)


def intrinsic_range(answers: Matrix, truth: float | None, overshoot: float = OVERSHOOT) -> tuple[float, float]:
    """The least range that holds all answers and the truth, overshot on both sides."""
    known = [float(answers.min()), float(answers.max()), *([] if truth is None else [truth])]
    low, high = min(known), max(known)
    more = overshoot * (high - low)
    return low - more, high + more


def mixture(item: Item, weights: Matrix) -> tuple[float, float, float]:
    """The mixture's three percentiles of an item, on the background scale.

    Each expert's distribution runs straight between percentiles, and so does their weighted sum between all of them.
    """
    at = np.unique(np.concatenate([[item.low, item.high], item.answers[weights > 0].ravel()]))
    steps = (0.0, *QUANTILES, 1.0)
    total = sum(
        w * np.interp(at, [item.low, *q, item.high], steps) for w, q in zip(weights, item.answers, strict=True) if w > 0
    )
    low, middle, high = (float(x) for x in np.interp(QUANTILES, np.asarray(total), at))
    return low, middle, high


def score(answers: Matrix, seeds: Sequence[Item]) -> Scores:
    """Calibration and information of answers (seeds by three)."""
    truths = [seed.truth for seed in seeds if seed.truth is not None]
    return Scores(calibration(answers, truths), information(answers, seeds))


def decide(
    experts: Sequence[str], seeds: Sequence[Item], targets: Sequence[Item], *, enough: int = ENOUGH_SEEDS
) -> Decision:
    """Scores, optimal alpha, weights and the mixture's answers to the target questions.

    Equal weights are used with fewer than ``enough`` seeds, or when no expert's calibration reaches 0.05.
    """
    own = [score(np.array([seed.answers[e] for seed in seeds]), seeds) for e in range(len(experts))]
    because = ""
    if len(seeds) < enough:
        because = "few_seeds"
    elif all(s.calibration < LEAST_CALIBRATION for s in own):
        because = "none_calibrated"
    equal = np.full(len(experts), 1 / len(experts))
    alpha, weights, scores = (0.0, equal, _mixed(seeds, equal)) if because else _optimised(own, seeds)
    return Decision(
        dict(zip(experts, (float(w) for w in weights), strict=True)), alpha, scores, dict(zip(experts, own, strict=True)),
        {item.name: _answer(item, weights) for item in targets}, because,
    )  # fmt: skip


def _optimised(own: Sequence[Scores], seeds: Sequence[Item]) -> tuple[float, Matrix, Scores]:
    """Every calibration is tried as alpha; of equally good ones the lowest, which hears the most experts."""
    best: tuple[float, Matrix, Scores] | None = None
    for alpha in sorted({s.calibration for s in own}):
        raw = np.array([s.combined if s.calibration >= alpha else 0.0 for s in own])
        if raw.sum() <= 0:
            continue
        weights = raw / raw.sum()
        scores = _mixed(seeds, weights)
        if best is None or scores.combined > best[2].combined * (1 + 1e-12):
            best = alpha, weights, scores
    assert best is not None  # someone reaches 0.05, so some weight is above 0
    return best


def _mixed(seeds: Sequence[Item], weights: Matrix) -> Scores:
    return score(np.array([mixture(seed, weights) for seed in seeds]), seeds)


def _answer(item: Item, weights: Matrix) -> tuple[float, float, float]:
    low, middle, high = (item.shown(x) for x in mixture(item, weights))
    return low, middle, high
