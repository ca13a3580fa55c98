"""Probabilities kept exactly as entered: fractions, decimals, percentages in; fractions, decimals and words out.

>>> parse("1/50"), parse("2 %"), parse(0.02)
(Fraction(1, 50), Fraction(1, 50), Fraction(1, 50))
>>> decimal(Fraction(1, 6000)), percent(Fraction(1, 50)), one_in(Fraction(1, 6000))
('0.000166667', '2 %', '1 in 6,000')
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from riskmethods.errors import raise_at

ONE = Fraction(1)
FINEST = 10**100
SMALLEST = Fraction(1, FINEST)  # nothing that anyone means is rarer, and its logarithm must exist
_LONGEST = 60  # a longer text is no probability that a person entered, and an exponent could fill the memory
_GROUP = re.compile(r"(?<=\d)[ ,'](?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3}))?([%‰]?)")
_RATIO = re.compile(r"(\d+)/(\d+)")
_SHARE = {"": 1, "%": 100, "‰": 1000}
_SIX = Context(prec=6)
_PLAIN = 12  # decimal places up to which a percentage is written out

Entered = str | int | float | Decimal | Fraction


def parse(entered: object, *, place: str = "p", zero: bool = False) -> Fraction:
    """An exact probability above 0 and at most 1.

    Parameters
    ----------
    entered
        ``"1/50"``, ``"0.02"``, ``"2 %"``, ``"2e-2"``, or a number. A float is taken as the shortest decimal that
        prints it, so that 0.1 is exactly 1/10.
    place
        Where it stands, for the message.
    zero
        Also accept 0: an effectiveness or a share may be nothing, a step's probability may not.

    Returns
    -------
    Fraction

    Raises
    ------
    MethodError
        Rule ``not_a_number`` (text, NaN, infinite, empty, more than 100 digits) or ``probability`` (0 or below, above 1).

    >>> parse("0")
    Traceback (most recent call last):
    riskmethods.errors.MethodError: p: '0' is not above 0 and at most 1
    """
    value = entered if isinstance(entered, Fraction) else _exact(_text(entered, place), place)
    if value > 1 or (value < SMALLEST and not (value == 0 and zero)):
        bounds = ("在0到1之间", "from 0 to 1") if zero else ("大于0且不大于1", "above 0 and at most 1")
        raise_at(place, "probability", f"“{entered}”不是{bounds[0]}的数", f"{str(entered)!r} is not {bounds[1]}")
    if value.denominator > FINEST:
        raise_at(place, "not_a_number", "位数过多", "it has too many digits")
    return value


def _text(entered: object, place: str) -> str:
    if isinstance(entered, str):
        return entered
    if isinstance(entered, bool) or not isinstance(entered, int | float | Decimal):
        raise_at(place, "not_a_number", f"“{entered}”不是概率；写成1/50、0.02或2%",
                 f"{entered!r} is no probability; write 1/50, 0.02 or 2 %")  # fmt: skip
    if isinstance(entered, float | Decimal) and not math.isfinite(entered):
        raise_at(place, "not_a_number", "概率须是有限的数", f"{entered} is no finite number")
    return str(entered).lower()


@lru_cache(maxsize=4096)
def _exact(text: str, place: str) -> Fraction:
    cleaned = unicodedata.normalize("NFKC", text).replace("％", "%").strip()
    cleaned = re.sub(r"\s*([/%‰])\s*", r"\1", _GROUP.sub("", cleaned))
    sign = -1 if cleaned.startswith("-") else 1
    cleaned = cleaned[1:] if cleaned[:1] in ("-", "+") else cleaned
    ratio, number = _RATIO.fullmatch(cleaned), _DECIMAL.fullmatch(cleaned)
    if len(text) > _LONGEST or not (ratio or number):
        raise_at(place, "not_a_number", f"“{text[:_LONGEST]}”不是概率；写成1/50、0.02或2%",
                 f"{text[:_LONGEST]!r} is no probability; write 1/50, 0.02 or 2 %")  # fmt: skip
    if ratio:
        if int(ratio[2]) == 0:
            raise_at(place, "not_a_number", f"“{text}”的分母为0", f"{text!r} has denominator 0")
        return sign * Fraction(int(ratio[1]), int(ratio[2]))
    assert number is not None
    return sign * Fraction(number[1]) * Fraction(10) ** int(number[2] or 0) / _SHARE[number[3]]


def decimal(value: Fraction) -> str:
    """A probability in six significant digits, alike on every machine.

    >>> decimal(Fraction(1, 3)), decimal(Fraction(1, 30_000_000)), decimal(ONE)
    ('0.333333', '3.33333E-8', '1')
    """
    with localcontext(_SIX):
        return str(Decimal(value.numerator) / Decimal(value.denominator))


def percent(value: Fraction) -> str:
    """A probability in per cent, six significant digits."""
    with localcontext(_SIX):
        shown = Decimal(value.numerator * 100) / Decimal(value.denominator)
        return f"{shown:f} %" if shown.adjusted() > -_PLAIN else f"{shown} %"


def one_in(value: Fraction) -> str:
    """A probability as "1 in n", n rounded to three digits above a thousand unless it is exact.

    >>> one_in(Fraction(3, 10_000)), one_in(Fraction(1, 2))
    ('about 1 in 3,330', '1 in 2')
    """
    if value.numerator == 1:
        return f"1 in {value.denominator:,}"
    return f"about 1 in {_rounded(1 / value)}"


def one_in_zh(value: Fraction) -> str:
    """The same in Chinese: ``"6,000分之1"``.

    >>> one_in_zh(Fraction(1, 6000))
    '6,000分之1'
    """
    if value.numerator == 1:
        return f"{value.denominator:,}分之1"
    return f"约{_rounded(1 / value)}分之1"


def _rounded(n: Fraction) -> str:
    """Three significant digits, with thousands marked."""
    if n >= 1000:
        digits = len(str(int(n))) - 3
        return f"{round(n, -digits).__int__():,}"
    with localcontext(Context(prec=3)):
        return f"{Decimal(n.numerator) / Decimal(n.denominator):f}"
