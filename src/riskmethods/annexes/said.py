"""What an annex is given and what it says: inputs as typed, rows in both languages, a table, a quantity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from riskmethods import numbers
from riskmethods.errors import MethodError, raise_at
from riskmethods.inputs import count, exact, listed, share, text, within
from riskmethods.uncertain import Uncertain, from_json


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what was found: what it is, in both languages, and its value in words or digits."""

    zh: str
    en: str
    value: str
    value_en: str = ""

    def as_json(self) -> dict[str, str]:
        """As a page shows it; ``value_en`` only where the value is in words."""
        return {
            "zh": self.zh,
            "en": self.en,
            "value": self.value,
            **({"value_en": self.value_en} if self.value_en else {}),
        }


@dataclass(frozen=True, slots=True)
class Table:
    """A table of what was found: a head in both languages, cells that are digits, codes or typed texts."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_json(self) -> dict[str, Any]:
        return {"zh": list(self.zh), "en": list(self.en), "rows": [list(row) for row in self.rows]}


@dataclass(frozen=True)
class Found:
    """What a calculation says.

    Attributes
    ----------
    rows : tuple of Row
    table : Table or None
    notes : tuple of Row
        What must be said beside it; their values are empty.
    quantity : dict or None
        A scenario step's quantity, where the method yields a probability.
    """

    rows: tuple[Row, ...]
    table: Table | None = None
    notes: tuple[Row, ...] = ()
    quantity: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """As it stands in a result; what is empty is left out."""
        whole = {"rows": [r.as_json() for r in self.rows], "table": self.table.as_json() if self.table else None,
                 "notes": [{"zh": n.zh, "en": n.en} for n in self.notes], "quantity": self.quantity}  # fmt: skip
        return {k: v for k, v in whole.items() if v not in (None, [])}


@dataclass(frozen=True)
class Given:
    """An annex's inputs with their place; what was left empty counts as not given."""

    values: Mapping[str, Any]
    place: str
    known: frozenset[str] = field(default=frozenset())

    def at(self, key: str) -> str:
        """The place of a key."""
        return within(self.place, key)

    def has(self, key: str) -> bool:
        """Whether something was given."""
        return self.values.get(key) not in (None, "", [])

    def _needed(self, key: str) -> Any:
        if not self.has(key):
            raise_at(self.at(key), "missing", "须填写", "is to be filled in")
        return self.values[key]

    def whole(self, key: str, *, least: int = 0, most: int | None = None, default: int | None = None) -> int:
        """A whole number, also as digits in a text."""
        if default is not None and not self.has(key):
            return default
        value = self._needed(key)
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 40:
            value = int(value)
        bound = {} if most is None else {"most": most}
        return count(value, self.at(key), least=least, **bound)

    def number(self, key: str, default: object = None, *, above: Fraction | None = Fraction(0)) -> Fraction:
        """A number above 0 unless said otherwise."""
        value = default if default is not None and not self.has(key) else self._needed(key)
        return exact(value, self.at(key), above=above)

    def part(self, key: str, default: object = None) -> Fraction:
        """A share from 0 to 1, also in per cent."""
        value = default if default is not None and not self.has(key) else self._needed(key)
        return numbers.parse(value, place=self.at(key), zero=True)

    def between(self, key: str) -> float:
        """A share strictly between 0 and 1."""
        value = self._needed(key)
        return share(float(numbers.parse(value, place=self.at(key))) if "/" in str(value) else value, self.at(key))

    def chance(self, key: str) -> Uncertain:
        """A probability: a number, ``1/50 – 1/10`` as an interval, or a quantity of a step."""
        value = self._needed(key)
        if isinstance(value, str) and any(dash in value for dash in ("–", "~", "至")):
            low, _, high = value.replace("~", "–").replace("至", "–").partition("–")
            value = {"low": low.strip(), "high": high.strip()}
        return from_json(value, place=self.at(key))

    def words(self, key: str, *, needed: bool = True) -> str:
        """A text."""
        return text(self._needed(key) if needed else self.values.get(key, "") or "", self.at(key), needed=needed)

    def names(self, key: str, *, least: int = 1, most: int = 1_000) -> list[str]:
        """A list of texts, also as one text parted by commas."""
        value = self._needed(key)
        if isinstance(value, str):
            value = [part.strip() for part in value.replace("，", ",").replace("、", ",").split(",") if part.strip()]
        return [
            text(v, f"{self.at(key)}[{n}]") for n, v in enumerate(listed(value, self.at(key), least=least, most=most))
        ]

    def rows(self, key: str, columns: Sequence[str], *, least: int = 1, most: int = 5_000) -> list[Given]:
        """A list of objects, each with its place; rows left wholly empty are none."""
        value = listed(self.values.get(key) or [], self.at(key), least=0, most=most)
        found = []
        for n, row in enumerate(value):
            if not isinstance(row, Mapping):
                raise_at(f"{self.at(key)}[{n}]", "not_an_object", "须是对象", "an object is needed")
            one = Given(row, f"{self.at(key)}[{n}]")
            one.refuse_unknown(columns)
            if any(one.has(column) for column in columns):
                found.append(one)
        if len(found) < least:
            raise_at(
                self.at(key),
                "empty",
                f"至少{least}行，现有{len(found)}行",
                f"at least {least} rows are needed, {len(found)} given",
            )
        return found

    def refuse_unknown(self, keys: Sequence[str]) -> None:
        """Refuse a key that has no place here."""
        for key in self.values:
            if key not in keys:
                raise_at(
                    self.at(str(key)),
                    "unknown_key",
                    f"此处没有这一项：{', '.join(keys)}",
                    f"has no place here: {', '.join(keys)}",
                )


def shown(value: float | Fraction) -> str:
    """A number of three significant digits.

    >>> shown(0.000123456), shown(Fraction(1, 3)), shown(float("inf"))
    ('0.000123', '0.333', '∞')
    """
    return "∞" if math.isinf(value) else f"{float(value):.3g}"


def percent(value: float | Fraction) -> str:
    """A share in per cent.

    >>> percent(0.0489)
    '4.89 %'
    """
    return f"{float(value) * 100:.3g} %"


def both(low: float | Fraction, high: float | Fraction, *, as_percent: bool = False) -> str:
    """An interval."""
    one = percent if as_percent else shown
    return f"{one(low)} – {one(high)}"


def renamed(error: MethodError, given: Given, names: Mapping[str, str]) -> MethodError:
    """A library's fault at the key under which the annex holds what was at fault."""
    if given.place and error.place.startswith(given.place):
        return error
    head = error.place.split(".")[0].split("[")[0]
    place = names.get(error.place) or names.get(head) or error.place
    return MethodError(given.at(place), error.rule, error.zh, error.en)
