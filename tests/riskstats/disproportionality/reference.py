"""The stored reference tables beside the repository; a test that needs them skips where they are absent."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "signal_reference" / "disproportionality"
needs_reference = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no reference tables at {FOLDER}")
PRIOR = ("alpha1", "beta1", "alpha2", "beta2", "p")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(name: str, *columns: str) -> list[np.ndarray]:
    table = rows(name)
    return [np.array([row[c] for row in table]) for c in columns]


def numbers(name: str, *columns: str) -> list[np.ndarray]:
    return [c.astype(float) for c in words(name, *columns)]
