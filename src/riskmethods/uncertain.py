"""A step's probability as people know it: a point, an interval, or a distribution, all within (0, 1].

Every kind answers the same questions: ``bounds`` (what it cannot leave), ``mean``, ``sample(u)`` (its inverse
distribution function) and ``truncated`` (the share of the stated curve that lay above one and was cut off).

>>> tree = from_json({"dist": "lognormal", "median": "1/1000", "ef": 3})
>>> quantile(tree, 0.95)
0.003
>>> to_json(from_json("2 %"))
{'p': '2 %'}
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from riskmethods.editions import DEFAULT, edition
from riskmethods.errors import MethodError
from riskmethods.numbers import parse

Draws: TypeAlias = NDArray[np.float64]

# An error factor is the 95th percentile over the median, and this is the normal's 95th percentile.
Z95 = float(special.ndtri(0.95))
_SMALLEST = 1e-300  # a draw that underflows to zero would have no logarithm


@dataclass(frozen=True, slots=True)
class Point:
    """One exact probability; ``entered`` keeps the text it was written as."""

    p: Fraction
    entered: str = field(default="", compare=False)

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        return self.p, self.p

    @property
    def mean(self) -> float:
        return float(self.p)

    @property
    def truncated(self) -> float:
        return 0.0

    def sample(self, u: Draws) -> Draws:
        """The same number for every ``u``."""
        return np.full(np.shape(u), float(self.p))


@dataclass(frozen=True, slots=True)
class Interval:
    """Somewhere between ``low`` and ``high``, and nothing more is claimed.

    Bounds need no distribution. Drawing from it does: draws are log-uniform, and whoever draws must say so. ``word`` keeps
    the method's word that it was stated by.
    """

    low: Fraction
    high: Fraction
    word: str = field(default="", compare=False)

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        return self.low, self.high

    @property
    def mean(self) -> float:
        return _log_uniform_mean(self.low, self.high)

    @property
    def truncated(self) -> float:
        return 0.0

    def sample(self, u: Draws) -> Draws:
        """Log-uniform between the bounds."""
        return _log_uniform(self.low, self.high, u)


@dataclass(frozen=True, slots=True)
class LogUniform:
    """Every order of magnitude between ``low`` and ``high`` is equally credible."""

    low: Fraction
    high: Fraction

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        return self.low, self.high

    @property
    def mean(self) -> float:
        return _log_uniform_mean(self.low, self.high)

    @property
    def truncated(self) -> float:
        return 0.0

    def sample(self, u: Draws) -> Draws:
        """``low * (high/low)**u``."""
        return _log_uniform(self.low, self.high, u)


@dataclass(frozen=True, slots=True)
class Beta:
    """The beta distribution with shape numbers ``a`` and ``b``: what test counts teach."""

    a: float
    b: float

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        return Fraction(0), Fraction(1)

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def truncated(self) -> float:
        return 0.0

    def sample(self, u: Draws) -> Draws:
        """The inverse of the regularised incomplete beta function."""
        drawn: Draws = np.maximum(special.betaincinv(self.a, self.b, u), _SMALLEST)
        return drawn


@dataclass(frozen=True, slots=True)
class Pert:
    """Smallest, most likely and largest value, joined by a beta curve of weight four on the most likely.

    Source: the PERT programme's three-point estimate; mean ``(low + 4 mode + high) / 6``.
    """

    low: Fraction
    mode: Fraction
    high: Fraction

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        return self.low, self.high

    @property
    def mean(self) -> float:
        return float((self.low + 4 * self.mode + self.high) / 6)

    @property
    def truncated(self) -> float:
        return 0.0

    def sample(self, u: Draws) -> Draws:
        """A beta quantile stretched over the range."""
        low, span = float(self.low), float(self.high - self.low)
        a = 1 + 4 * float((self.mode - self.low) / (self.high - self.low))
        drawn: Draws = np.maximum(low + span * special.betaincinv(a, 6 - a, u), _SMALLEST)
        return drawn


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A median and an error factor ``ef = p95 / p50``; what lies above one is cut off and reported.

    ``median`` is that of the curve as stated, before the cut.
    """

    median: Fraction
    ef: float

    @property
    def mu(self) -> float:
        """Mean of ln P before the cut."""
        return math.log(self.median)

    @property
    def sigma(self) -> float:
        """Standard deviation of ln P before the cut."""
        return math.log(self.ef) / Z95

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        return Fraction(0), Fraction(1)

    @property
    def mean(self) -> float:
        upper = float(special.log_ndtr(-self.mu / self.sigma - self.sigma)) - math.log1p(-self.truncated)
        return math.exp(min(0.0, self.mu + self.sigma**2 / 2 + upper))

    @property
    def truncated(self) -> float:
        return float(special.ndtr(self.mu / self.sigma))

    def sample(self, u: Draws) -> Draws:
        """A normal quantile of ``u`` times the share below one, exponentiated."""
        kept = 1.0 - self.truncated
        score = special.ndtri(np.asarray(u) * kept)
        drawn: Draws = np.clip(np.exp(self.mu + self.sigma * score), _SMALLEST, 1.0)
        return drawn


Uncertain: TypeAlias = Point | Interval | LogUniform | Beta | Pert | Lognormal


def quantile(quantity: Uncertain, q: float) -> float:
    """The value that the quantity stays below with probability ``q``.

    >>> round(quantile(Beta(1, 1), 0.25), 6)
    0.25
    """
    if not 0 < q < 1:
        raise MethodError("q", "quantile", "分位点须在 0 与 1 之间", f"a quantile lies between 0 and 1, not at {q}")
    return float(f"{float(quantity.sample(np.array([q]))[0]):.12g}")


def _log_uniform(low: Fraction, high: Fraction, u: Draws) -> Draws:
    return np.minimum(float(low) * np.exp(math.log(high / low) * np.asarray(u, dtype=float)), float(high))


def _log_uniform_mean(low: Fraction, high: Fraction) -> float:
    return float(low) if low == high else float(high - low) / math.log(high / low)


# ---- reading and writing -------------------------------------------------------------------------------------


def from_json(given: Any, *, place: str = "quantity") -> Uncertain:
    """A quantity from its JSON form.

    Parameters
    ----------
    given
        ``"1/50"`` or ``{"p": "1/50"}`` · ``{"low": .., "high": ..}`` ·
        ``{"dist": "loguniform", "low": .., "high": ..}`` · ``{"dist": "beta", "a": .., "b": ..}`` ·
        ``{"dist": "pert", "min": .., "mode": .., "max": ..}`` · ``{"dist": "lognormal", "median": .., "ef": ..}``
        · ``{"word": "occasional"}`` or ``{"word": "偶发"}``, the methods' words for their bands
    place
        Where it stands in the document, for the error.

    Raises
    ------
    MethodError
        An unknown kind, a missing or unknown key, or a number outside (0, 1].

    >>> from_json({"low": "1/100", "high": "5 %"})
    Interval(low=Fraction(1, 100), high=Fraction(1, 20), word='')
    >>> to_json(from_json({"word": "偶发"})), from_json({"word": "occasional"}).bounds
    ({'word': '偶发'}, (Fraction(1, 1000), Fraction(1, 100)))
    >>> from_json({"p": 0}, place="scenarios[0].steps[1]")
    Traceback (most recent call last):
    riskmethods.errors.MethodError: scenarios[0].steps[1].p: '0' is not above 0 and at most 1
    """
    if not isinstance(given, Mapping):
        return _point(given, place)
    plain = next((kind for kind, keys in _PLAIN.items() if keys & given.keys()), "point")
    kind = given.get("dist", plain)
    curves = [k for k in _READ if k not in ("point", *_PLAIN)]
    if "dist" in given and kind not in curves:
        known = ", ".join(curves)
        raise MethodError(
            f"{place}.dist", "unknown_code", f"未知的分布 {kind!r}", f"{kind!r} is no known distribution: {known}"
        )
    keys, read = _READ[kind]
    _exact_keys(given, keys, place)
    return read(given, place)  # type: ignore[no-any-return]


def to_json(quantity: Uncertain) -> dict[str, Any]:
    """The JSON form that :func:`from_json` reads back to an equal quantity.

    >>> to_json(Pert(Fraction(1, 100), Fraction(1, 50), Fraction(1, 10)))
    {'dist': 'pert', 'min': '1/100', 'mode': '1/50', 'max': '1/10'}
    """
    match quantity:
        case Point():
            return {"p": quantity.entered or str(quantity.p)}
        case Interval(word=str(word)) if word:
            return {"word": word}
        case Interval():
            return {"low": str(quantity.low), "high": str(quantity.high)}
        case LogUniform():
            return {"dist": "loguniform", "low": str(quantity.low), "high": str(quantity.high)}
        case Beta():
            return {"dist": "beta", "a": quantity.a, "b": quantity.b}
        case Pert():
            low, mode, high = (str(x) for x in (quantity.low, quantity.mode, quantity.high))
            return {"dist": "pert", "min": low, "mode": mode, "max": high}
        case Lognormal():
            return {"dist": "lognormal", "median": str(quantity.median), "ef": quantity.ef}


def _point(given: Any, place: str) -> Point:
    return Point(parse(given, place=place), given.strip() if isinstance(given, str) else str(given))


def _pair(given: Mapping[str, Any], place: str) -> tuple[Fraction, Fraction]:
    low, high = (parse(given[key], place=f"{place}.{key}") for key in ("low", "high"))
    if low > high:
        raise MethodError(
            place, "order", f"下限 {low} 高于上限 {high}", f"the lower bound {low} is above the upper {high}"
        )
    return low, high


def _worded(given: Mapping[str, Any], place: str) -> Interval:
    """The band that a word stands for; the rarest has no lower end, and a number must be given instead."""
    one, word = edition(DEFAULT), given["word"]
    row = next((n for n, words in enumerate(one.words) if word in words), None)
    if row is None:
        known = ", ".join(en for _, en in one.words)
        raise MethodError(
            f"{place}.word", "unknown_code", f"没有概率词“{word}”", f"no word {word!r}; there are {known}"
        )
    low, high = one.edges(row)
    if low is None:
        zh, en = f"“{word}”没有下限，请填数值", f"{word!r} has no lower end: give a number"
        raise MethodError(f"{place}.word", "open_ended", zh, en)
    return Interval(low, high or Fraction(1), word)


def _log_uniform_from(given: Mapping[str, Any], place: str) -> LogUniform:
    low, high = _pair(given, place)
    if low == high:
        raise MethodError(place, "order", "上下限相同，请填单一数值", "the bounds are equal: give one number instead")
    return LogUniform(low, high)


def _pert_from(given: Mapping[str, Any], place: str) -> Pert:
    low, mode, high = (parse(given[key], place=f"{place}.{key}", zero=key == "min") for key in ("min", "mode", "max"))
    if not low <= mode <= high or low == high:
        en = f"min {low}, mode {mode}, max {high} must rise, and min must differ from max"
        raise MethodError(place, "order", f"最小 {low}、最可能 {mode}、最大 {high} 须依次递增", en)
    return Pert(low, mode, high)


def _lognormal_from(given: Mapping[str, Any], place: str) -> Lognormal:
    ef = _positive(given["ef"], f"{place}.ef")
    if ef <= 1:
        en = f"the error factor (95th percentile over median) is above 1, not {ef:g}"
        raise MethodError(f"{place}.ef", "error_factor", f"误差因子须大于 1，不能是 {ef:g}", en)
    return Lognormal(parse(given["median"], place=f"{place}.median"), ef)


def _positive(given: Any, place: str) -> float:
    try:
        value = float(given) if not isinstance(given, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise MethodError(place, "not_a_number", f"{given!r} 不是正数", f"{given!r} is not a positive number")
    return value


def _exact_keys(given: Mapping[str, Any], keys: tuple[str, ...], place: str) -> None:
    for key in keys:
        if key not in given:
            raise MethodError(f"{place}.{key}", "missing", f"缺少 {key}", "is missing")
    for key in given:
        if key not in keys and key != "dist":
            raise MethodError(
                f"{place}.{key}", "unknown_key", f"此处没有 {key} 这一项", f"has no place here: {', '.join(keys)}"
            )


_PLAIN = {"interval": {"low", "high"}, "word": {"word"}}
_READ: dict[str, tuple[tuple[str, ...], Any]] = {
    "point": (("p",), lambda g, place: _point(g["p"], f"{place}.p")),
    "interval": (("low", "high"), lambda g, place: Interval(*_pair(g, place))),
    "word": (("word",), _worded),
    "loguniform": (("low", "high"), _log_uniform_from),
    "beta": (("a", "b"), lambda g, place: Beta(_positive(g["a"], f"{place}.a"), _positive(g["b"], f"{place}.b"))),
    "pert": (("min", "mode", "max"), _pert_from),
    "lognormal": (("median", "ef"), _lognormal_from),
}
