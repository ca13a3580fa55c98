"""From samples to everyone: expected cases, prevalence at the border, national estimates."""

from riskmethods.population.border import (
    Prevalence,
    Stratum,
    acceptance_probability,
    detection,
    horvitz_thompson,
    lot_defectives,
    prevalence,
    sample_size,
)
from riskmethods.population.cases import Range, Reach, expected_cases
from riskmethods.population.national import Estimate, judged, national_estimate

__all__ = [
    "Estimate", "Prevalence", "Range", "Reach", "Stratum", "acceptance_probability", "detection", "expected_cases",
    "horvitz_thompson", "judged", "lot_defectives", "national_estimate", "prevalence", "sample_size",
]  # fmt: skip
