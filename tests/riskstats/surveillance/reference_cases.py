"""The stored reference cases (R 4.2.2, package surveillance 1.20.3), read where the folder is at hand."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "signal_reference" / "surveillance"
ABSENT = f"reference cases are not at hand: {FOLDER} is absent"


@dataclass(frozen=True)
class Series:
    """One input series: counts, population and, where known, calendar dates."""

    counts: np.ndarray
    population: np.ndarray
    dates: list[str] | None


def cases(method: str) -> list[dict[str, Any]]:
    """Every stored case of one method; empty where the folder is absent."""
    if not FOLDER.exists():
        return []
    return [case for case in json.loads((FOLDER / "cases.json").read_text()) if case["method"] == method]


@cache
def series(path: str) -> Series:
    """The input of a case."""
    rows = list(csv.DictReader((FOLDER / path).open()))
    dates = [row["epoch"] for row in rows] if "-" in rows[0]["epoch"] else None
    counts = np.array([int(row["observed"]) for row in rows])
    return Series(counts, np.array([float(row["population_frac"]) for row in rows]), dates)


def stored(path: str) -> dict[str, np.ndarray]:
    """The output of a case by column; empty cells are NaN."""
    rows = list(csv.DictReader((FOLDER / path).open()))
    return {
        name: np.array([float(row[name]) if row[name] not in ("", "NA") else np.nan for row in rows])
        for name in rows[0]
    }


def weeks(out: dict[str, np.ndarray]) -> np.ndarray:
    """Tested columns, counted from 0."""
    return out["t"].astype(int) - 1
