"""The 42 published scenarios for judging detectors: counts with trend and season, and outbreaks laid over them.

Baselines are negative binomial with mean exp(theta + beta t + sum over j <= m of gamma1 cos(2 pi j t / 52) + gamma2 sin(2 pi
j t / 52)) and variance phi times the mean, 624 weeks long: seven settings, each with and without trend, each with no, one
or two yearly waves. An outbreak of size k has a Poisson number of cases with mean k standard deviations of the baseline at
its first week, spread over the following weeks by a log-normal distribution (mean 0, standard deviation 0.5 of the log).

Source: Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013), Statistics in Medicine 32, 1206-1222, section 3
and table 1. The sizes of past outbreaks (k drawn from 2 … 10) are our choice where the paper is silent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskstats.surveillance.errors import SurveillanceError

WEEKS = 624
HISTORY = (312, 575)
"""First and one past the last week (columns from 0) that past outbreaks start in."""
CURRENT = (575, 624)
"""First and one past the last week that is tested: 49 weeks."""
_SETTINGS = (  # theta, beta, gamma1, gamma2, phi
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)


@dataclass(frozen=True)
class Scenario:
    """One scenario: number (1 … 42) and parameters as in the source."""

    number: int
    theta: float
    beta: float
    gamma1: float
    gamma2: float
    phi: float
    waves: int

    def mean(self) -> NDArray[np.float64]:
        """Expected baseline count of each of the 624 weeks."""
        t = np.arange(1, WEEKS + 1)
        eta = np.full(WEEKS, self.theta) + self.beta * t
        for j in range(1, self.waves + 1):
            turn = 2 * np.pi * j * t / 52
            eta = eta + self.gamma1 * np.cos(turn) + self.gamma2 * np.sin(turn)
        return np.asarray(np.exp(eta))


def scenarios() -> tuple[Scenario, ...]:
    """All 42, settings in the source's order; within a setting without trend first, then by number of waves.

    Examples
    --------
    >>> every = scenarios()
    >>> len(every), every[0].mean()[0].round(3), every[41].phi
    (42, np.float64(1.105), 1.2)
    """
    made: list[Scenario] = []
    for theta, beta, gamma1, gamma2, phi in _SETTINGS:
        for slope in (0.0, beta):
            for waves in range(3):
                made.append(Scenario(len(made) + 1, theta, slope, gamma1, gamma2, phi, waves))
    return tuple(made)


@dataclass(frozen=True, eq=False)
class Simulated:
    """Simulated series of one scenario.

    Attributes
    ----------
    counts : ndarray of int32, shape (replicates, 624)
        Baseline and outbreaks together.
    outbreak : ndarray of int32, shape (replicates, 624)
        Cases of the current outbreak alone.
    """

    counts: NDArray[np.int32]
    outbreak: NDArray[np.int32]


def _add(cases: NDArray[np.int32], row: int, start: int, size: int, draw: np.random.Generator) -> None:
    weeks = start + np.floor(draw.lognormal(0.0, 0.5, size)).astype(np.int64)
    np.add.at(cases[row], weeks[weeks < WEEKS], 1)


def simulate(scenario: Scenario, replicates: int, seed: int, *, size: float | None = None, past: int = 4) -> Simulated:
    """Draw series of one scenario.

    Parameters
    ----------
    scenario : Scenario
    replicates : int
    seed : int
        The same seed gives the same series, with or without a current outbreak over the same baseline.
    size : float, optional
        Size k of the one outbreak that starts in the current weeks; none by default.
    past : int
        Number of past outbreaks in the history, each of a size drawn from 2 … 10.

    Examples
    --------
    >>> made = simulate(scenarios()[6], 3, seed=1, size=10.0)
    >>> made.counts.shape, bool((made.outbreak[:, :575] == 0).all()), bool((made.outbreak.sum(axis=1) > 0).all())
    ((3, 624), True, True)
    """
    if replicates < 1 or past < 0 or (size is not None and not 0.0 < size < np.inf):
        raise SurveillanceError("bad_option", "模拟参数不合法", "replicates, past or size do not fit")
    draw = np.random.default_rng([seed, scenario.number])
    mean = scenario.mean()
    shape = (replicates, WEEKS)
    if scenario.phi > 1.0:
        rate = mean / (scenario.phi - 1.0)
        counts = draw.negative_binomial(np.broadcast_to(rate, shape), 1.0 / scenario.phi).astype(np.int32)
    else:
        counts = draw.poisson(np.broadcast_to(mean, shape)).astype(np.int32)
    sd = np.sqrt(mean * scenario.phi)
    outbreak = np.zeros(shape, dtype=np.int32)
    for row in range(replicates):
        for start in draw.integers(*HISTORY, size=past):
            _add(counts, row, int(start), int(draw.poisson(draw.integers(2, 11) * sd[start])), draw)
    if size is not None:
        for row in range(replicates):
            start = int(draw.integers(*CURRENT))
            cases = 0
            while cases == 0:
                cases = int(draw.poisson(size * sd[start]))
            _add(outbreak, row, start, cases, draw)
    return Simulated(counts + outbreak, outbreak)
