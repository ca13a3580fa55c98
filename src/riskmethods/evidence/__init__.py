"""What counts teach: rates, shares, priors, and whether observation contradicts a scenario."""

from riskmethods.evidence.conflict import Conflict, conflict, conflict_with_rate
from riskmethods.evidence.priors import beta_prior, discounted, discounted_rate, gamma_prior
from riskmethods.evidence.proportions import Share, clopper_pearson, defect_share, rule_of_three, zero_event_bound
from riskmethods.evidence.rates import Lifetime, Rate, Reporting, incident_rate, lifetime, probability_in

__all__ = [
    "Conflict", "Lifetime", "Rate", "Reporting", "Share", "beta_prior", "clopper_pearson", "conflict",
    "conflict_with_rate", "defect_share", "discounted", "discounted_rate", "gamma_prior", "incident_rate", "lifetime",
    "probability_in", "rule_of_three", "zero_event_bound",
]  # fmt: skip
