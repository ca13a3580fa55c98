"""What a method refuses: the place in the document, the rule broken, and why, in Chinese and English.

>>> raise_at("scenarios[0].steps[1].p", "probability", "概率须大于0", "a probability is above 0")
Traceback (most recent call last):
riskmethods.errors.MethodError: scenarios[0].steps[1].p: a probability is above 0
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn


class MethodError(ValueError):
    """An input that a method does not take.

    Parameters
    ----------
    place : str
        Where, as a path into the document: ``"scenarios[2].steps[0].quantity.p"``; empty for the document itself.
    rule : str
        The rule broken, a stable word for machines: ``"probability"``, ``"too_many_steps"``, ``"unknown_code"`` …
    zh, en : str
        Why, for people. ``str()`` is ``"place: en"``.
    """

    def __init__(self, place: str, rule: str, zh: str, en: str) -> None:
        super().__init__(f"{place}: {en}" if place else en)
        self.place, self.rule, self.zh, self.en = place, rule, zh, en

    def __reduce__(self) -> tuple[type[MethodError], tuple[Any, ...]]:
        return type(self), (self.place, self.rule, self.zh, self.en)

    def within(self, place: str) -> MethodError:
        """The same fault, seen from the outer place that holds this one.

        >>> str(MethodError("p", "probability", "", "not a number").within("steps[0]"))
        'steps[0].p: not a number'
        """
        joined = ".".join(part for part in (place, self.place) if part).replace(".[", "[")
        return MethodError(joined, self.rule, self.zh, self.en)

    def as_json(self) -> dict[str, str]:
        """The fault as a page or an API shows it."""
        return {"place": self.place, "rule": self.rule, "zh": self.zh, "en": self.en}


class Refused(MethodError):
    """A document with faults: the first is its own place and rule, ``faults`` are all of them.

    >>> str(Refused([MethodError("a", "x", "", "first"), MethodError("b", "y", "", "second")]))
    'a: first (and 1 more)'
    """

    def __init__(self, faults: Sequence[MethodError]) -> None:
        first, more = faults[0], len(faults) - 1
        zh, en = (f"（另有{more}处）", f" (and {more} more)") if more else ("", "")
        super().__init__(first.place, first.rule, first.zh + zh, first.en + en)
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type[MethodError], tuple[Any, ...]]:
        return type(self), (self.faults,)


def raise_at(place: str, rule: str, zh: str, en: str) -> NoReturn:
    """Refuse: raise a :class:`MethodError`."""
    raise MethodError(place, rule, zh, en)
