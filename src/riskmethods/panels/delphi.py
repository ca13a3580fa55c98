"""When a Delphi may stop: a limit of rounds, a median that stands still, a spread that shrinks; and Kendall's W.

Sources: Linstone and Turoff, "The Delphi Method" (1975); von der Gracht, Technological Forecasting & Social Change 79
(2012) on stop rules; Kendall and Babington Smith, Annals of Mathematical Statistics 10 (1939), ties after Kendall,
"Rank Correlation Methods" (1948).

>>> decide([[0.001, 0.01, 0.1], [0.004, 0.01, 0.03]]).reasons
('median_stable', 'spread_shrunk')
>>> found = concordance([[1, 2, 3, 4], [1, 2, 3, 4], [2, 1, 3, 4]])
>>> round(found.w, 4), found.judges, found.items
(0.9111, 3, 4)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from riskmethods.errors import raise_at
from riskmethods.inputs import count, listed, positive, real

ROUND_LIMIT = 3
STILL = 0.1  # of log10: the median moved by less than a quarter of itself
MOST_JUDGES, MOST_ITEMS = 200, 500


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to stop, why, and the medians and interquartile ranges (of log10) round by round.

    ``reasons`` may hold ``round_limit``, ``median_stable``, ``spread_shrunk``; the panel stops at the limit, or when the
    median stands still and the spread has not grown.
    """

    stop: bool
    reasons: tuple[str, ...]
    medians: tuple[float, ...]
    spreads: tuple[float, ...]


def decide(rounds: Sequence[Sequence[float]], *, limit: int = ROUND_LIMIT, still: float = STILL) -> Decision:
    """Whether the panel may stop after the rounds so far.

    Parameters
    ----------
    rounds : sequence of sequences
        Best values of each round, probabilities above 0.
    limit : int
        Most rounds.
    still : float
        A median that moves by less than this, in log10, stands still.

    Raises
    ------
    MethodError
        Rule ``empty`` without rounds or answers; ``out_of_range`` for a value not above 0.
    """
    logs = [
        np.log10(
            [positive(p, f"rounds[{r}][{n}]") for n, p in enumerate(listed(one, f"rounds[{r}]", most=MOST_JUDGES))]
        )
        for r, one in enumerate(listed(rounds, "rounds", most=100))
    ]
    medians = [float(np.median(values)) for values in logs]
    spreads = [float(np.subtract(*np.percentile(values, [75, 25]))) for values in logs]
    reasons = []
    if len(logs) >= count(limit, "limit", least=1):
        reasons.append("round_limit")
    stable = len(logs) > 1 and abs(medians[-1] - medians[-2]) < positive(still, "still")
    if stable:
        reasons.append("median_stable")
    if len(logs) > 1 and spreads[-1] < spreads[-2]:
        reasons.append("spread_shrunk")
    settled = stable and spreads[-1] <= spreads[-2]
    return Decision("round_limit" in reasons or settled, tuple(reasons), tuple(10**m for m in medians), tuple(spreads))


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W, 0 (no agreement) to 1 (the same order), corrected for ties, with its chi-square p-value."""

    w: float
    chi2: float
    p_value: float
    judges: int
    items: int
    tied: bool


def concordance(scores: Sequence[Sequence[object]]) -> Concordance:
    """Agreement of several judges on an order: ``W = 12 S / (m^2 (n^3 - n) - m sum(t^3 - t))``.

    Parameters
    ----------
    scores : m by n
        One row per judge: ranks, or scores to be ranked; equal ones share their mean rank.

    Raises
    ------
    MethodError
        Rules ``empty`` (fewer than two judges or items), ``shape``, ``not_a_number``, ``no_variation`` (every judge
        ranks everything alike).
    """
    rows = [
        listed(row, f"scores[{j}]", least=2, most=MOST_ITEMS)
        for j, row in enumerate(listed(scores, "scores", least=2, most=MOST_JUDGES))
    ]
    for j, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise_at(
                f"scores[{j}]", "shape", "项目数不一", f"{len(row)} items, where the first judge has {len(rows[0])}"
            )
    given = np.array([[real(v, f"scores[{j}][{i}]") for i, v in enumerate(row)] for j, row in enumerate(rows)])
    ranks = stats.rankdata(given, axis=1)
    m, n = ranks.shape
    ties = sum(float((c**3 - c).sum()) for row in ranks for c in [np.unique(row, return_counts=True)[1].astype(float)])
    room = m**2 * (n**3 - n) - m * ties
    if room <= 0:
        raise_at(
            "scores",
            "no_variation",
            "所有专家对所有项目评分相同，无从排序",
            "every judge ranks everything alike: there is no order",
        )
    totals = ranks.sum(axis=0)
    w = 12 * float(((totals - totals.mean()) ** 2).sum()) / room
    chi2 = m * (n - 1) * w
    return Concordance(w, chi2, float(special.chdtrc(n - 1, chi2)), m, n, ties > 0)
