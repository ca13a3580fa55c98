"""What rooms downstream forbid before an act on a case: each lays its refusals here when Django starts."""

from __future__ import annotations

from collections.abc import Callable

from riskwatch.case.models import Folder, Sheet

Guard = Callable[[Folder, Sheet], None]
_ENCLOSING: dict[str, Guard] = {}


def before_enclosing(name: str, guard: Guard) -> None:
    """Enter a refusal that is asked of every piece before it is put into a case; entering it again changes nothing."""
    _ENCLOSING[name] = guard


def ask_before_enclosing(folder: Folder, sheet: Sheet) -> None:
    """Raise the first refusal, if any."""
    for guard in _ENCLOSING.values():
        guard(folder, sheet)
