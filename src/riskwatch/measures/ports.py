"""What measures need from outside: inspection control at the ports, and whoever keeps something true to a measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from riskwatch.case.models import Sheet
    from riskwatch.parties.models import Person


class PartnerTrouble(Exception):
    """The partner did not answer, or answered nonsense; trying again later is right."""


class PartnerRefusal(Exception):
    """The partner understood and said no; trying again changes nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An inspection result that came back: which instruction it answers, lots inspected and failed."""

    key: str
    lots: int
    failed: int


class InspectionControl(Protocol):
    """Sends instructions and reads results; the same key sent twice has one effect."""

    def send(self, key: str, body: Mapping[str, Any]) -> str:
        """Hand an instruction over; returns the partner's receipt. Raises `PartnerTrouble` or `PartnerRefusal`."""
        ...

    def known(self, key: str) -> str | None:
        """The receipt of an instruction that the partner has, or None: for reconciling after a lost answer."""
        ...

    def results(self) -> list[Finding]:
        """Results since the beginning; the same one may come twice."""
        ...


@lru_cache(maxsize=1)
def inspection_control() -> InspectionControl:
    """The control that the settings name."""
    control: InspectionControl = import_string(settings.INSPECTION_CONTROL)
    return control


class Change(StrEnum):
    """What happened to a measure."""

    ISSUED = "issued"
    CONTENT = "content"
    ENDED = "ended"


class Follower(Protocol):
    """Keeps something outside this room true to a measure, in the transaction of what changes it."""

    def follow(self, measure: Sheet, change: Change, *, by: Person, at: datetime) -> None:
        """Take note of a change."""
        ...


@lru_cache(maxsize=1)
def _followers() -> tuple[Follower, ...]:
    return tuple(import_string(name) for name in settings.MEASURE_FOLLOWERS)


def tell_followers(measure: Sheet, change: Change, *, by: Person, at: datetime) -> None:
    """Tell every follower that the settings name."""
    for follower in _followers():
        follower.follow(measure, change, by=by, at=at)
