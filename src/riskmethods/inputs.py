"""What the methods' documents may hold: counts, exact numbers, texts, lists; each refused with its place and rule.

>>> exact("0.1"), count(3), text(" brake hose ")
(Fraction(1, 10), 3, 'brake hose')
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from riskmethods.errors import raise_at
from riskmethods.numbers import parse

LONGEST_TEXT = 2_000
LARGEST, LEAST = Fraction(10**100), Fraction(1, 10**100)  # beyond these nothing is measured, and floats run out
LARGEST_COUNT = 10**15  # above what is ever counted, below where floats lose the last unit
_LONGEST_NUMBER = 60
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?(/\d+)?")


def exact(given: object, place: str = "number", *, above: Fraction | None = Fraction(0)) -> Fraction:
    """A finite number kept exactly; a float is taken as the shortest decimal that prints it.

    Parameters
    ----------
    given
        ``"1/3"``, ``"0.25"``, ``"2e-3"``, or a number.
    above
        The value must lie strictly above this; ``None`` takes every finite number.

    Raises
    ------
    MethodError
        Rule ``not_a_number`` (text, NaN, infinite) or ``out_of_range``.

    >>> exact(float("nan"), "exposure")
    Traceback (most recent call last):
    riskmethods.errors.MethodError: exposure: nan is no finite number
    """
    value = _fraction(given, place)
    if value and not LEAST <= abs(value) <= LARGEST:
        raise_at(place, "out_of_range", "数量级超出1e-100到1e100", "its size is outside 1e-100 to 1e100")
    if above is not None and value <= above:
        raise_at(place, "out_of_range", f"须大于{above}，不能是{given}", f"must be above {above}, not {given}")
    return value


def _fraction(given: object, place: str) -> Fraction:
    if isinstance(given, Fraction):
        return given
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        raise_at(place, "not_a_number", f"“{given}”不是数", f"{given!r} is no number")
    if isinstance(given, float | Decimal) and not math.isfinite(given):
        raise_at(place, "not_a_number", f"{given}不是有限的数", f"{given} is no finite number")
    written = str(given).strip()
    if len(written) > _LONGEST_NUMBER or not _NUMBER.fullmatch(written):
        raise_at(
            place, "not_a_number", f"“{written[:_LONGEST_NUMBER]}”不是数", f"{written[:_LONGEST_NUMBER]!r} is no number"
        )
    above, _, below = written.partition("/")
    if below and not int(below):
        raise_at(place, "not_a_number", f"“{written}”的分母为0", f"{written!r} has denominator 0")
    return Fraction(above) / int(below or 1)


def zero_or_more(given: object, place: str = "number") -> Fraction:
    """A finite number of at least 0, kept exactly."""
    value = exact(given, place, above=None)
    if value < 0:
        raise_at(place, "out_of_range", f"不能小于0：{given}", f"must not be below 0: {given}")
    return value


def real(given: object, place: str = "number") -> float:
    """A finite number as a float."""
    return float(exact(given, place, above=None))


def positive(given: object, place: str = "number") -> float:
    """A finite number above 0, as a float."""
    return float(exact(given, place))


def chance(given: object, place: str = "p") -> Fraction:
    """An exact probability above 0 and at most 1 whose logarithm a float can hold.

    >>> chance("1e-200", "answers[0].best")
    Traceback (most recent call last):
    riskmethods.errors.MethodError: answers[0].best: '1e-200' is not above 0 and at most 1
    """
    return exact(parse(given, place=place), place)


def count(given: object, place: str = "count", *, least: int = 0, most: int = LARGEST_COUNT) -> int:
    """A whole number from ``least`` to ``most``; booleans and rounded floats are none.

    >>> count(2.5, "modes[0].severity", least=1, most=10)
    Traceback (most recent call last):
    riskmethods.errors.MethodError: modes[0].severity: 2.5 is no whole number
    """
    if hasattr(given, "__index__") and not isinstance(given, bool):
        value = int(given.__index__())
    else:
        raise_at(place, "not_a_count", f"“{given}”不是整数", f"{given!r} is no whole number")
    if not least <= value <= most:
        raise_at(
            place, "out_of_range", f"须在{least}到{most}之间，不能是{value}", f"must be {least} to {most}, not {value}"
        )
    return value


def share(given: object, place: str = "share") -> float:
    """A confidence or coverage strictly between 0 and 1, as a float; ``"95 %"`` is taken too."""
    if isinstance(given, str) and given.strip().endswith("%"):
        given = _fraction(given.strip()[:-1].strip(), place) / 100
    value = real(given, place)
    if not 0 < value < 1:
        raise_at(place, "out_of_range", f"须在0与1之间，不能是{given}", f"must lie between 0 and 1, not {given}")
    return value


def text(given: object, place: str = "text", *, needed: bool = True, most: int = LONGEST_TEXT) -> str:
    """A text without surrounding space."""
    if not isinstance(given, str):
        raise_at(place, "not_a_text", "须是文字", "a text is needed")
    if needed and not given.strip():
        raise_at(place, "empty", "不能为空", "must not be empty")
    if len(given) > most:
        raise_at(place, "too_large", f"不得超过{most}字", f"at most {most} characters")
    return given.strip()


def one_of(given: object, known: Sequence[str], place: str = "code") -> str:
    """A code out of a list.

    >>> one_of("xor", ("and", "or"), "gates.G1.type")
    Traceback (most recent call last):
    riskmethods.errors.MethodError: gates.G1.type: 'xor' is none of and, or
    """
    if not isinstance(given, str) or given not in known:
        listed = ", ".join(known)
        raise_at(place, "unknown_code", f"“{given}”不在其中：{listed}", f"{given!r} is none of {listed}")
    return given


def listed(given: object, place: str = "list", *, least: int = 1, most: int = 1_000) -> list[Any]:
    """A list of ``least`` to ``most`` items; an empty one where something is needed is refused."""
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Sequence):
        raise_at(place, "not_a_list", "须是列表", "a list is needed")
    if len(given) < least:
        raise_at(place, "empty", f"至少{least}项，现有{len(given)}项", f"at least {least} needed, {len(given)} given")
    if len(given) > most:
        raise_at(place, "too_large", f"至多{most}项，现有{len(given)}项", f"at most {most} taken, {len(given)} given")
    return list(given)


def fields(given: object, place: str, *, needed: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, Any]:
    """An object with exactly these keys.

    >>> fields({"top": "T", "gats": {}}, "tree", needed=("top",), optional=("gates",))
    Traceback (most recent call last):
    riskmethods.errors.MethodError: tree.gats: has no place here: top, gates
    """
    if not isinstance(given, Mapping):
        raise_at(place, "not_an_object", "须是对象", "an object is needed")
    for key in needed:
        if key not in given:
            raise_at(within(place, key), "missing", "缺少此项", "is missing")
    for key in given:
        if key not in needed and key not in optional:
            known = ", ".join((*needed, *optional))
            raise_at(within(place, str(key)), "unknown_key", f"此处没有这一项：{known}", f"has no place here: {known}")
    return given


def within(place: str, key: str) -> str:
    """The place of a key inside a place; the document itself has the empty place."""
    return ".".join(part for part in (place, key) if part)


def distinct(names: Sequence[str], place: str) -> None:
    """Refuse a name that stands twice."""
    seen: set[str] = set()
    for n, name in enumerate(names):
        if name in seen:
            raise_at(f"{place}[{n}]", "duplicate", f"“{name}”重复", f"{name!r} stands twice")
        seen.add(name)
