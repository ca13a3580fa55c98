"""The matrices that we could read, and the slots of those that we could not.

>>> grid("r-map").judge(frequency(3, units=200_000, years=2), "III")
'B3'
>>> grid("mil-std-882e").row("0.001"), grid("mil-std-882e").cell("remote", "catastrophic")
('occasional', 'serious')
>>> grid("accc-nomograph").cell("remote", "1")
Traceback (most recent call last):
riskmethods.errors.MethodError: accc-nomograph: accc-nomograph has no readable cells; load them from the source first
"""

from __future__ import annotations

from fractions import Fraction

from riskmethods.errors import raise_at
from riskmethods.inputs import exact, zero_or_more
from riskmethods.matrices.grids import Grid, checked

_LETTERS = {"H": "high", "S": "serious", "M": "medium", "L": "low", "N": "negligible", "-": ""}


def _cells(*rows: str) -> tuple[tuple[str, ...], ...]:
    """Rows of cells written apart; single letters are spelt out."""
    return tuple(tuple(_LETTERS.get(cell, cell) for cell in row.split()) for row in rows)


def _tens(*powers: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(1, 10**power) for power in powers)


_MIL_ROWS = ("frequent", "probable", "occasional", "remote", "improbable")
_MIL_COLUMNS = ("catastrophic", "critical", "marginal", "negligible")
_MIL_SCALE = ("low", "medium", "serious", "high")
_MIL_WORDS = "probability over the life of an item"

_ALL = (
    Grid("iso-tr-14121-2", "ISO 12100 / ISO/TR 14121-2 风险矩阵（源自 ANSI B11.TR3）",
         "ISO 12100 / ISO/TR 14121-2 risk matrix (from ANSI B11.TR3)", "ISO/TR 14121-2, table, from memory", "unverified",
         ("very likely", "likely", "unlikely", "remote"), ("catastrophic", "serious", "moderate", "minor"),
         ("negligible", "low", "medium", "high"),
         _cells("H H H M",    # very likely
                "H H M L",    # likely
                "M M L N",    # unlikely
                "L L N N")),  # remote
    Grid("mil-std-882e", "MIL-STD-882E 风险矩阵", "MIL-STD-882E risk assessment matrix",
         "MIL-STD-882E (2012) tables II and III, from memory; open copies of the cells disagree", "unverified",
         _MIL_ROWS, _MIL_COLUMNS, _MIL_SCALE,
         _cells("H H S M",   # frequent
                "H H S M",   # probable
                "H S M L",   # occasional
                "S M M L",   # remote
                "M M M L"),  # improbable
         _tens(1, 2, 3, 6), True, _MIL_WORDS),
    Grid("ansi-z590-3", "ANSI/ASSP Z590.3 风险矩阵", "ANSI/ASSP Z590.3 risk assessment matrix",
         "Popov, Lyon and Hollcroft, Risk Assessment, table adapted from Z590.3-2011(R2016)", "secondary",
         _MIL_ROWS, _MIL_COLUMNS, _MIL_SCALE,
         _cells("H H S M", "H H S M", "H S M L", "S M M L",
                "M L L L")),  # improbable: here the two differ
    Grid("r-map", "R-Map 风险图（日本科技连）", "R-Map (JUSE), household products", "R-Map method papers, from memory", "unverified",
         ("> 1e-4", "1e-4 to 1e-5", "1e-5 to 1e-6", "1e-6 to 1e-7", "1e-7 to 1e-8", "<= 1e-8"), ("IV", "III", "II", "I"),
         ("C", "B1", "B2", "B3", "A1", "A2", "A3"),
         _cells("A3 A2 A1 B3",   # above 1e-4
                "A2 A1 B3 B2",
                "A1 B3 B2 B1",
                "B3 B2 B1 C",
                "B2 B1 C  C",
                "C  C  C  C"),   # up to 1e-8
         _tens(4, 5, 6, 7, 8), False, "accidents per unit-year"),
    Grid("iec-62061", "IEC 62061 附录A 安全完整性等级分配", "IEC 62061 Annex A, SIL assignment", "IEC 62061 Annex A, from memory", "unverified",
         ("14-15", "11-13", "8-10", "5-7", "3-4"), ("4", "3", "2", "1"), ("none", "OM", "SIL1", "SIL2", "SIL3"),
         _cells("SIL3 SIL3 SIL2 SIL1",   # class 14 to 15
                "SIL3 SIL2 SIL1 OM",     # 11 to 13
                "SIL2 SIL1 OM   none",   # 8 to 10
                "SIL2 OM   none none",   # 5 to 7
                "SIL2 none none none"),  # 3 to 4
         tuple(Fraction(low) for low in (14, 11, 8, 5)), True, "class: frequency + probability + avoidance"),
    Grid("cpsc-priority", "美国 CPSC 危害优先级", "US CPSC hazard priority", "CPSC recall handbook: class A read in a copy, B and C from memory", "unverified",
         ("very likely", "likely", "possible"), ("death or grievous", "serious", "moderate"), ("C", "B", "A"),
         _cells("A A B",    # very likely
                "A B -",    # likely: of moderate injury the handbook does not speak
                "B C C")),  # possible
    Grid("gb-22760-2020", "GB/T 22760-2020 消费品安全风险评估通则", "GB/T 22760-2020", "not readable; eight rows, four columns", "empty",
         ("1", "2", "3", "4", "5", "6", "7", "8"), ("very serious", "serious", "general", "minor"),
         (), ()),
    Grid("accc-nomograph", "ACCC 列线图", "ACCC nomograph", "a drawing whose axes are not published as numbers", "empty",
         ("almost inevitable", "5", "4", "3", "2", "remote"), ("4", "3", "2", "1"), (), ()),
)  # fmt: skip

GRIDS = {one.id: checked(one) for one in _ALL}


def grid(method: str, *, place: str = "method") -> Grid:
    """A registered matrix.

    Raises
    ------
    MethodError
        Rule ``unknown_method``.
    """
    if method not in GRIDS:
        raise_at(place, "unknown_method", f"没有矩阵“{method}”", f"no matrix {method!r}; there are {', '.join(GRIDS)}")
    return GRIDS[method]


def frequency(accidents: object, *, units: object, years: object) -> Fraction:
    """Accidents per unit-year, the rows' axis of R-Map: accidents over units shipped times years in use.

    >>> frequency(3, units=200_000, years=2)
    Fraction(3, 400000)
    """
    return zero_or_more(accidents, "accidents") / (exact(units, "units") * exact(years, "years"))
