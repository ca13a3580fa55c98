"""Which version of the regulation is the legal basis of an act on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


class NotYetInForce(ValueError):
    """An act dated before the regulation began."""


@dataclass(frozen=True, slots=True)
class BasisVersion:
    """One dated version of the legal basis, and what the authority was called then."""

    id: str
    valid_from: date
    title_zh: str
    title_en: str
    authority_zh: str
    authority_en: str


VERSIONS: tuple[BasisVersion, ...] = (
    BasisVersion(
        "decree188-2017", date(2017, 4, 1), "质检总局令第188号", "AQSIQ Order 188 of 2017",
        "国家质量监督检验检疫总局", "General Administration of Quality Supervision, Inspection and Quarantine",
    ),
    BasisVersion(
        "decree188-2018", date(2018, 4, 28), "第188号令（经海关总署令第238号修正）",
        "Order 188 as amended by GACC Order 238 of 2018", "海关总署", "General Administration of Customs",
    ),
)


def basis_on(day: date, versions: tuple[BasisVersion, ...] = VERSIONS) -> BasisVersion:
    """The version in force on a day.

    Raises
    ------
    NotYetInForce
        The day lies before the first version.

    >>> basis_on(date(2026, 1, 1)).id
    'decree188-2018'
    """
    valid = [v for v in versions if v.valid_from <= day]
    if not valid:
        raise NotYetInForce(f"no version of the regulation was in force on {day}")
    return max(valid, key=lambda v: v.valid_from)
