"""What the regulation leaves to people, and from when it binds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from decree188.places import Place, place
from decree188.registry import rule


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a place is no rule here."""

    zh: str
    en: str


left_to_people: Mapping[Place, Reason] = {
    place("1.1"): Reason("立法目的，供解释其他条款时参考", "the purpose guides how other places are read"),
    place("31.1"): Reason("解释权由人行使；平台只让总署维护可变规则", "interpreting is people's; the platform lets headquarters edit policy"),
}


@rule(article=32)
def in_force(day: date) -> bool:
    """Whether the regulation binds an act of that day; what the act is about may be older."""
    return day >= date(2017, 4, 1)
