"""A scenario's level: the exact product of its steps, its band, its cell; and the product's level, its highest.

Where several severities are believed, the gravest decides; they are never averaged. How the weight between them spreads
over the levels is told by :mod:`riskmethods.propagation`.

>>> from riskmethods.editions import edition
>>> eu = edition("eu-2024-3173")
>>> chair = judge(eu, Fraction(1, 500), 1)
>>> chair.level, chair.band, [flag.code for flag in chair.flags]
('low', 3, [])
>>> judge(eu, Fraction(1, 6000), 3).level
'high'
>>> [flag.code for flag in judge(eu, Fraction(1, 2), 1).flags]
['on_edge', 'sources_differ']
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from riskmethods.editions import LEVEL_WORDS, LEVELS, NEAR, SEVERITIES, Edition
from riskmethods.errors import raise_at
from riskmethods.vocabulary import codes

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a judgement that the reader must know."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One scenario's outcome.

    Attributes
    ----------
    probability : Fraction
        The product of the steps.
    severity : int
        1 to 4.
    band : int
        Row of the grid, 0 the most probable.
    level : str
    edge : str
        ``""``, ``"on"`` or ``"near"``: whether the probability lies on an edge, or within ten per cent of one.
    other_level : str
        The level just across that edge; equal to ``level`` when the edge does not matter.
    flags : tuple of Flag
    """

    probability: Fraction
    severity: int
    band: int
    level: str
    edge: str
    other_level: str
    flags: tuple[Flag, ...]


def judge(edition: Edition, probability: Fraction, severity: int) -> Judged:
    """Judge one scenario.

    Parameters
    ----------
    edition : Edition
        The method's grid and edges.
    probability : Fraction
        The product of the steps, in (0, 1].
    severity : int
        1 to 4.

    Raises
    ------
    MethodError
        ``empty_slot`` when the edition has no readable grid; ``severity`` outside 1 to 4; ``probability`` outside (0, 1].

    Notes
    -----
    Source: Delegated Regulation (EU) 2024/3173, Annex II 3.4 to 3.6.
    """
    if not 0 < probability <= 1:
        raise_at("p", "probability", "概率须大于0且不大于1", f"{probability} is not above 0 and at most 1")
    if severity not in SEVERITIES:
        raise_at("severity", "severity", "严重程度为1到4", f"severity is 1 to 4, not {severity!r}")
    band = edition.band(probability)
    level = edition.levels[band][severity - 1]
    edge, beside = _edge(edition, probability, band)
    other = level if beside is None else edition.levels[beside][severity - 1]
    return Judged(probability, severity, band, level, edge, other, tuple(_flags(edge, other, level, probability)))


def _edge(edition: Edition, p: Fraction, band: int) -> tuple[str, int | None]:
    """Whether p lies on or near an edge, and the row across it; the nearer edge counts."""
    lower, upper = edition.edges(band)
    if upper is not None and p == upper:
        return "on", band - 1
    up = upper / p if upper else None
    down = p / lower if lower else None
    if up is not None and up <= NEAR and (down is None or up <= down):
        return "near", band - 1
    if down is not None and down <= NEAR:
        return "near", band + 1
    return "", None


def _flags(edge: str, other: str, level: str, p: Fraction) -> Iterable[Flag]:
    if edge:
        where = ("恰在区间边界上", "lies exactly on an edge") if edge == "on" else ("接近区间边界", "lies near an edge")
        then = ("；边界另一侧等级相同", "; the level across it is the same")
        if other != level:
            then = (f"；边界另一侧为{LEVEL_WORDS[other][0]}", f"; across it the level is {other}")
        yield Flag(f"{edge}_edge", where[0] + then[0], where[1] + then[1])
    if p == HALF:
        yield Flag("sources_differ", "对恰为1/2的概率，原文表格与词语说明不一致；按严格大于处理",
                   "for exactly 1/2 the source's grid and words differ; strictly above is applied")  # fmt: skip


def highest(levels: Sequence[str]) -> str:
    """The product's level: the highest of its scenarios'; probabilities are never added.

    >>> highest(["low", "high", "medium"])
    'high'
    """
    if not levels:
        raise_at("scenarios", "no_scenario", "至少需要一个伤害情景", "at least one scenario is needed")
    return max(levels, key=LEVELS.index)


def by_interest(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The highest level of each protected interest on its own, in the interests' order; nothing is averaged.

    >>> by_interest([("environment", "low"), ("health", "medium"), ("environment", "high")])
    {'health': 'medium', 'environment': 'high'}
    """
    gathered: dict[str, list[str]] = {}
    for interest, level in pairs:
        gathered.setdefault(interest, []).append(level)
    return {code: highest(gathered[code]) for code in codes("interests") if code in gathered}
