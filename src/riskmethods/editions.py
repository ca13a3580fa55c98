"""The scenario methods' editions: one register, each grid a readable table, pinned by its hash.

A grid has one row per probability band, from the most to the least probable, and one letter per severity 1 to 4:
S serious, H high, M medium, L low. The edge rule is one for all: a row holds when the probability is strictly above
its edge, so that exactly 1/1 000 000 falls to the last row, and exactly 1/2, on which the sources contradict
themselves, to the second. Whatever lies on an edge or near one is flagged.

>>> edition("eu-2024-3173").level(Fraction(1, 500), 1)
'low'
>>> edition("gb-22760-2020").level(Fraction(1, 500), 1)
Traceback (most recent call last):
riskmethods.errors.MethodError: method: gb-22760-2020 has no readable grid; load it from the standard's own text first
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from riskmethods.errors import MethodError, raise_at
from riskmethods.numbers import parse

LEVELS = ("low", "medium", "high", "serious")
LEVEL_WORDS = {
    "low": ("低风险", "low"), "medium": ("中等风险", "medium"),
    "high": ("高风险", "high"), "serious": ("严重风险", "serious"),
}  # fmt: skip
EDGE_RULE = "strict: a band holds when the probability is above its edge"
NEAR = Fraction(11, 10)  # our choice: within ten per cent of an edge counts as near it
SEVERITIES = (1, 2, 3, 4)
LONGEST_CHAIN = 40  # where a method has no cap of its own, nobody means more
_LETTERS = {"L": "low", "M": "medium", "H": "high", "S": "serious"}
_RAPEX_EDGES = tuple(Fraction(1, n) for n in (2, 10, 100, 1_000, 10_000, 100_000, 1_000_000))
_RAPEX_WORDS = (
    ("极频繁", "very frequent"), ("频繁", "frequent"), ("常见", "common"), ("偶发", "occasional"),
    ("不太可能", "unlikely"), ("少见", "unusual"), ("罕见", "rare"), ("极罕见", "extremely rare"),
)  # fmt: skip
#               severity 1 2 3 4
_RAPEX_GRID = ("HSSS",  # > 50 %
               "MSSS",  # > 1/10
               "MSSS",  # > 1/100
               "LHSS",  # > 1/1 000
               "LMHS",  # > 1/10 000
               "LLMH",  # > 1/100 000
               "LLLM",  # > 1/1 000 000
               "LLLL")  # the rest  # fmt: skip


@dataclass(frozen=True)
class Edition:
    """One edition of a scenario method.

    Attributes
    ----------
    id : str
        Method id, for example ``"eu-2024-3173"``.
    zh, en, source : str
        Title in both languages; where the table was read.
    status : str
        ``verified`` (read in the source itself), ``secondary`` (read in another's copy), ``unverified`` (from memory),
        ``empty`` (the grid was not readable: every judgement is refused).
    valid_from, valid_to : str
        ISO dates, possibly of a month only; empty when open.
    bands : tuple of Fraction
        The edges, falling; row i holds for P above ``bands[i]``, the last row for the rest.
    words : tuple of (zh, en)
        One word per row.
    grid : tuple of str
        One row per band, one letter per severity.
    most_steps : int or None
        The cap on steps where the method has one.
    usual_steps : (int, int)
        Outside these bounds a chain is warned of, not refused.
    """

    id: str
    zh: str
    en: str
    source: str
    status: str
    valid_from: str = ""
    valid_to: str = ""
    bands: tuple[Fraction, ...] = _RAPEX_EDGES
    words: tuple[tuple[str, str], ...] = _RAPEX_WORDS
    grid: tuple[str, ...] = _RAPEX_GRID
    most_steps: int | None = None
    usual_steps: tuple[int, int] = (3, 5)

    @cached_property
    def sha256(self) -> str:
        """The fingerprint that an assessment pins: id, edges, grid, edge rule and cap, nothing else."""
        pinned = {"id": self.id, "bands": [str(b) for b in self.bands], "grid": list(self.grid), "edge": EDGE_RULE,
                  "most_steps": self.most_steps}  # fmt: skip
        return hashlib.sha256(json.dumps(pinned, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @cached_property
    def _rising(self) -> tuple[Fraction, ...]:
        return tuple(reversed(self.bands))

    @cached_property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """The grid in words: ``levels[band][severity - 1]``."""
        if not self.grid:
            raise_at("method", "empty_slot", f"{self.id}的矩阵尚无可读原文；请先按标准原文录入",
                     f"{self.id} has no readable grid; load it from the standard's own text first")  # fmt: skip
        return tuple(tuple(_LETTERS[letter] for letter in row) for row in self.grid)

    def band(self, probability: Fraction) -> int:
        """The row of a probability, 0 for the most probable.

        >>> [edition("eu-2024-3173").band(Fraction(1, n)) for n in (1, 2, 999_999, 1_000_000)]
        [0, 1, 6, 7]
        """
        return len(self.bands) - bisect_left(self._rising, probability)

    def level(self, probability: Fraction, severity: int) -> str:
        """The level of one scenario."""
        return self.levels[self.band(probability)][severity - 1]

    def edges(self, band: int) -> tuple[Fraction | None, Fraction | None]:
        """A row's lower and upper edge; None where it is open."""
        lower = self.bands[band] if band < len(self.bands) else None
        return lower, (self.bands[band - 1] if band else None)

    def band_words(self, band: int, lang: str = "en") -> str:
        """A row as people write it.

        >>> edition("eu-2024-3173").band_words(3), edition("eu-2024-3173").band_words(7, "zh")
        ('> 1/1,000 (occasional)', '≤ 1/1,000,000（极罕见）')
        """
        sign, edge = ("≤", self.bands[-1]) if band == len(self.bands) else (">", self.bands[band])
        zh, en = self.words[band]
        shown = f"{sign} {edge.numerator}/{edge.denominator:,}"
        return f"{shown}（{zh}）" if lang == "zh" else f"{shown} ({en})"

    def highest_p(self, target: str, severity: int) -> Fraction | None:
        """The greatest probability whose level does not exceed ``target``; None when even the last row exceeds it.

        >>> edition("eu-2024-3173").highest_p("medium", 3)
        Fraction(1, 10000)
        """
        allowed = LEVELS.index(target)
        fitting = [row for row, cells in enumerate(self.levels) if LEVELS.index(cells[severity - 1]) <= allowed]
        if not fitting:
            return None
        return self.edges(min(fitting))[1] or Fraction(1)

    def in_force(self, day: str) -> bool:
        """Whether the edition was in force on an ISO day."""
        return (not self.valid_from or self.valid_from <= day) and (not self.valid_to or day <= self.valid_to)

    def as_json(self) -> dict[str, Any]:
        """The edition as data: what :func:`from_json` reads and what a page draws the grid from."""
        return {
            "id": self.id, "title": {"zh": self.zh, "en": self.en}, "source": self.source, "status": self.status,
            "valid_from": self.valid_from, "valid_to": self.valid_to, "bands": [str(b) for b in self.bands],
            "words": [{"zh": zh, "en": en} for zh, en in self.words], "grid": list(self.grid), "edge_rule": EDGE_RULE,
            "most_steps": self.most_steps, "usual_steps": list(self.usual_steps), "sha256": self.sha256,
        }  # fmt: skip


_REGISTER = {
    one.id: one
    for one in (
        Edition("eu-2024-3173", "欧盟委员会授权条例 (EU) 2024/3173 附件二", "EU Delegated Regulation (EU) 2024/3173, Annex II",
                "the regulation's text, Annex II 3.4.4 and 3.6.2", "verified", "2024-12-13", most_steps=5),
        Edition("eu-2019-417", "欧盟委员会实施决定 (EU) 2019/417 附录6", "EU Implementing Decision (EU) 2019/417, Appendix 6",
                "from memory, equal to the verified grid of 2024/3173", "unverified", "2019-03-15", "2024-12-12"),
        Edition("eu-2010-15", "欧盟委员会决定 2010/15/EU 附录5", "EU Decision 2010/15/EU, Appendix 5",
                "from memory, equal to the verified grid of 2024/3173", "unverified", "2009-12-16", "2019-03-14"),
        Edition("uk-prism-2", "英国产品安全风险评估方法 PRISM 第2版", "UK PRISM, version 2 (2024)",
                "the authority's interim toolkit workbook, sheet of scores", "secondary", "2024-10"),
        Edition("gb-22760-2020", "GB/T 22760-2020 消费品安全风险评估通则", "GB/T 22760-2020 consumer product risk assessment",
                "not readable; a slot of eight rows and four columns to be filled from the standard's text", "empty",
                grid=(), words=()),
    )
}  # fmt: skip
DEFAULT = "eu-2024-3173"


def scenario_methods() -> tuple[Edition, ...]:
    """Every registered edition, the default first."""
    return tuple(_REGISTER.values())


def edition(method: str, *, place: str = "method") -> Edition:
    """The registered edition of a method.

    Raises
    ------
    MethodError
        Rule ``unknown_method``.
    """
    if method not in _REGISTER:
        known = "、".join(_REGISTER)
        raise_at(place, "unknown_method", f"没有方法“{method}”；可用：{known}",
                 f"no method {method!r}; there are {', '.join(_REGISTER)}")  # fmt: skip
    return _REGISTER[method]


def filled(method: str, grid: tuple[str, ...], *, source: str) -> Edition:
    """A registered slot with a grid supplied by whoever holds the standard's text; checked for shape and order.

    >>> filled("gb-22760-2020", ("SSSS",) * 8, source="made up for this example").status
    'unverified'
    """
    slot = edition(method)
    words = slot.words or _RAPEX_WORDS[: len(slot.bands) + 1]
    return checked(replace(slot, grid=grid, words=words, source=source, status="unverified"))


def checked(one: Edition) -> Edition:
    """The edition itself when its table is sound.

    Raises
    ------
    MethodError
        Rule ``bad_grid``: edges not falling within (0, 1), wrong shape, an unknown letter, or a level that falls
        when probability or severity rises.
    """
    if list(one.bands) != sorted(set(one.bands), reverse=True) or not all(0 < b < 1 for b in one.bands):
        raise_at("edition.bands", "bad_grid", "区间边界须在0和1之间，由大到小", "edges lie within 0 and 1 and fall")
    if len(one.grid) != len(one.bands) + 1 or len(one.words) != len(one.grid):
        raise_at(
            "edition.grid", "bad_grid", "矩阵行数须比边界多一，每行一个词", "one row more than edges, one word a row"
        )
    for row, letters in enumerate(one.grid):
        place = f"edition.grid[{row}]"
        if len(letters) != len(SEVERITIES) or not set(letters) <= set(_LETTERS):
            raise_at(place, "bad_grid", "每行须为四个字母（S、H、M、L）", "a row is four letters of S, H, M, L")
        ranks = ["LMHS".index(letter) for letter in letters]
        above = ["LMHS".index(letter) for letter in one.grid[row - 1]] if row else [3] * 4
        if ranks != sorted(ranks) or any(a < b for a, b in zip(above, ranks, strict=True)):
            raise_at(place, "bad_grid", "概率或严重程度升高时等级不得下降",
                     "a level may not fall when probability or severity rises")  # fmt: skip
    return one


def from_json(record: Mapping[str, Any]) -> Edition:
    """An edition from data, as headquarters would load a new one; checked.

    >>> from_json(edition("eu-2024-3173").as_json()) == edition("eu-2024-3173")
    True
    """
    try:
        return checked(Edition(
            id=str(record["id"]), zh=record["title"]["zh"], en=record["title"]["en"], source=record["source"],
            status=record["status"], valid_from=record.get("valid_from", ""), valid_to=record.get("valid_to", ""),
            bands=tuple(parse(b, place=f"edition.bands[{n}]") for n, b in enumerate(record["bands"])),
            words=tuple((w["zh"], w["en"]) for w in record["words"]), grid=tuple(record["grid"]),
            most_steps=record.get("most_steps"), usual_steps=tuple(record.get("usual_steps", (3, 5))),
        ))  # fmt: skip
    except (KeyError, TypeError) as missing:
        raise MethodError("edition", "bad_grid", f"缺少{missing}", f"{missing} is missing or malformed") from None
