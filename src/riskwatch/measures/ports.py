"""What measures need from outside: inspection control, which puts a change of regime into force at the ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


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
