"""What archive needs of the rooms before it: how their records are packed and destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from riskwatch.case.holdings import Holding


@lru_cache(maxsize=1)
def holdings() -> tuple[Holding, ...]:
    """The holdings that the settings name, in the order of the river."""
    return tuple(import_string(path) for path in settings.HOLDINGS)


@lru_cache(maxsize=1)
def by_kind() -> Mapping[str, Holding]:
    """The holding of each kind of sheet."""
    return {kind: one for one in holdings() for kind in one.kinds}
