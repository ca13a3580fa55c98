"""Every place with what stands for it: rules by name, or the reason why it is left to people."""

from __future__ import annotations

from dataclasses import dataclass

from decree188.general import left_to_people
from decree188.measure_rules import MEASURE_RULES
from decree188.places import PLACES, Place
from decree188.registry import rules_at


@dataclass(frozen=True, slots=True)
class LawMapRow:
    """One place of the map."""

    place: Place
    rules: tuple[str, ...]
    left_to_people: str


def rows(language: str = "en") -> tuple[LawMapRow, ...]:
    """The map's 59 rows, in the regulation's order."""
    return tuple(_row(p, language) for p in PLACES)


def _row(at: Place, language: str) -> LawMapRow:
    names = [r.name for r in rules_at(at)] + [f"measure_rules.{m.kind}" for m in MEASURE_RULES.values() if m.place == at]
    reason = left_to_people.get(at)
    return LawMapRow(at, tuple(names), "" if reason is None else (reason.en if language.startswith("en") else reason.zh))
