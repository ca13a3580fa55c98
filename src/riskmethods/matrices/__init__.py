"""Risk matrices of other methods, as data with source and status; unreadable ones refuse to answer."""

from riskmethods.matrices.grids import Grid, checked, filled, from_json
from riskmethods.matrices.scores import Score, fine_kinney, kinney_class, required_sil
from riskmethods.matrices.tables import GRIDS, frequency, grid

__all__ = [
    "GRIDS", "Grid", "Score", "checked", "filled", "fine_kinney", "frequency", "from_json", "grid", "kinney_class",
    "required_sil",
]  # fmt: skip
