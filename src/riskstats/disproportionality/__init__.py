"""Disproportionality: is a hazard named with a product more often than their margins lead one to expect?"""

from riskstats.disproportionality.fitting import STARTS, FittedPrior, fit_prior
from riskstats.disproportionality.information import (
    Information,
    Propagated,
    confidence_propagation,
    information_component,
)
from riskstats.disproportionality.prior import GammaMixture, Likelihood, Truncation, negative_log_likelihood
from riskstats.disproportionality.ratios import ReportingRatios, reporting_ratios
from riskstats.disproportionality.shrinkage import Shrunk, shrink
from riskstats.disproportionality.squashing import Points, squash, squash_points
from riskstats.disproportionality.tables import Cells, count_reports, from_counts

__all__ = [
    "STARTS",
    "Cells",
    "FittedPrior",
    "GammaMixture",
    "Information",
    "Likelihood",
    "Points",
    "Propagated",
    "ReportingRatios",
    "Shrunk",
    "Truncation",
    "confidence_propagation",
    "count_reports",
    "fit_prior",
    "from_counts",
    "information_component",
    "negative_log_likelihood",
    "reporting_ratios",
    "shrink",
    "squash",
    "squash_points",
]
