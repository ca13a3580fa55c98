"""What is flagged: a record that says what, why, on which inputs, by which engine; and the list it came from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from riskstats.decide.spread import Extent, SpreadTest

ENGINE = "riskstats.decide/1"  # raise it whenever the same inputs may give other numbers


@dataclass(frozen=True)
class SourceFinding:
    """One source's view of a flagged cell: recent cases, expectation, dispersion, p-value, lower bound of the excess."""

    source: str
    cases: int
    expected: float
    dispersion: float
    p: float
    excess: float


@dataclass(frozen=True)
class Flag:
    """One flagged cell.

    Attributes
    ----------
    week : int
    cell : dict
        Dimension name to node name; dimensions left out mean "any".
    rollup : tuple of int
    extent : str
        ``systemic``, ``regional`` or ``isolated``.
    spread : tuple of SpreadTest
        The tests behind it.
    p : float
        Combined over sources.
    gate : float
        P-value of "no excess here or beneath", tested parent first.
    threshold : float
        The level it was tested at.
    rank : float
        Lower bound of the excess x severity x exposure.
    severity, exposure : float
    findings : tuple of SourceFinding
    explains : tuple of dict
        Other rejected cells whose excess this one accounts for.
    inputs : str
        The evidence's sha256.
    parameters : dict
    engine : str
    """

    week: int
    cell: dict[str, str]
    rollup: tuple[int, ...]
    extent: Extent
    spread: tuple[SpreadTest, ...]
    p: float
    gate: float
    threshold: float
    rank: float
    severity: float
    exposure: float
    findings: tuple[SourceFinding, ...]
    explains: tuple[dict[str, str], ...]
    inputs: str
    parameters: dict[str, Any]
    engine: str = ENGINE

    def to_json(self) -> str:
        """The record as one line of JSON, keys sorted; numbers keep every digit."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Decision:
    """A week's decision.

    Attributes
    ----------
    flags : tuple of Flag
        Within the analysts' budget, the highest rank first.
    held : tuple of Flag
        Beyond the budget: found, recorded, not handed out.
    tested, rejected : int
        Cells tested, and rejected before they were collapsed.
    """

    flags: tuple[Flag, ...]
    held: tuple[Flag, ...]
    tested: int
    rejected: int
