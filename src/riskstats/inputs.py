"""What the statistics refuse: the place in the input, the rule broken, and why, in Chinese and English.

>>> counts([3, -1], place="n")
Traceback (most recent call last):
riskstats.inputs.InputError: n[1]: -1 is no count: whole numbers from 0 up are
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_EXACT = 2.0**53


class InputError(ValueError):
    """An input that a statistic does not take.

    Parameters
    ----------
    place : str
        Where: ``"expected[17]"``, ``"parent of '8516'"``.
    rule : str
        The rule broken, a stable word for machines: ``"count"``, ``"positive"``, ``"cycle"`` …
    zh, en : str
        Why, for people. ``str()`` is ``"place: en"``.
    """

    def __init__(self, place: str, rule: str, zh: str, en: str) -> None:
        super().__init__(f"{place}: {en}" if place else en)
        self.place, self.rule, self.zh, self.en = place, rule, zh, en

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str, str]]:
        return type(self), (self.place, self.rule, self.zh, self.en)


def refuse(place: str, rule: str, zh: str, en: str) -> NoReturn:
    """Raise an :class:`InputError`."""
    raise InputError(place, rule, zh, en)


def _at(place: str, bad: NDArray[np.bool_]) -> str:
    where = np.argwhere(np.atleast_1d(bad))[0]
    return f"{place}[{', '.join(str(i) for i in where)}]" if np.ndim(bad) else place


def _numbers(values: ArrayLike, place: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.dtype.kind not in "iufb":
        refuse(place, "not_a_number", "须为数字", f"numbers are needed, not {array.dtype}")
    return array


def counts(values: ArrayLike, *, place: str) -> Ints:
    """Whole numbers from 0 up, as int64.

    Raises
    ------
    InputError
        Rule ``count``: negative, fractional, NaN, infinite or beyond 2**53.
    """
    array = _numbers(values, place)
    as_float = array.astype(np.float64)
    with np.errstate(invalid="ignore"):
        bad = ~((as_float >= 0) & (as_float <= _EXACT) & (as_float == np.floor(as_float)))
    if bad.any():
        value = array[bad].flat[0] if array.ndim else array
        refuse(
            _at(place, bad),
            "count",
            f"{value}不是计数；须为不小于0的整数",
            f"{value} is no count: whole numbers from 0 up are",
        )
    return array.astype(np.int64)


def positive(values: ArrayLike, *, place: str, zero: bool = False) -> Floats:
    """Finite numbers above 0 (from 0 up with ``zero``), as float64.

    Raises
    ------
    InputError
        Rule ``positive`` (``not_negative`` with ``zero``): anything else, NaN and infinity included.

    >>> positive(0.0, place="expected")
    Traceback (most recent call last):
    riskstats.inputs.InputError: expected: 0.0 is not a finite number above 0
    """
    array = _numbers(values, place).astype(np.float64)
    bad = ~(np.isfinite(array) & ((array >= 0) if zero else (array > 0)))
    if bad.any():
        value = array[bad].flat[0] if array.ndim else array
        if zero:
            refuse(
                _at(place, bad),
                "not_negative",
                f"{value}须为不小于0的有限数",
                f"{value} is not a finite number from 0 up",
            )
        refuse(_at(place, bad), "positive", f"{value}须为大于0的有限数", f"{value} is not a finite number above 0")
    return array


def probabilities(values: ArrayLike, *, place: str) -> Floats:
    """Numbers from 0 to 1, as float64.

    Raises
    ------
    InputError
        Rule ``probability``.
    """
    array = _numbers(values, place).astype(np.float64)
    with np.errstate(invalid="ignore"):
        bad = ~((array >= 0) & (array <= 1))
    if bad.any():
        value = array[bad].flat[0] if array.ndim else array
        refuse(_at(place, bad), "probability", f"{value}不在0到1之间", f"{value} is not from 0 to 1")
    return array


def share(value: float, *, place: str) -> float:
    """One number strictly between 0 and 1: a level, a quantile's probability.

    Raises
    ------
    InputError
        Rule ``share``.
    """
    if not isinstance(value, int | float | np.floating) or not 0 < value < 1:
        refuse(place, "share", f"{value}须在0与1之间", f"{value!r} is not strictly between 0 and 1")
    return float(value)


def same_length(place: str, *arrays: NDArray[Any]) -> int:
    """The common length of one-dimensional arrays.

    Raises
    ------
    InputError
        Rule ``shape``.
    """
    if any(a.ndim != 1 for a in arrays) or len({len(a) for a in arrays}) > 1:
        shapes = ", ".join(str(a.shape) for a in arrays)
        refuse(place, "shape", f"长度不一：{shapes}", f"one-dimensional arrays of one length are needed, not {shapes}")
    return len(arrays[0])
