"""Commissions, reports and centres' proposals in archive packages, and their destruction."""

from riskwatch.case.holdings import Room

HOLDING = Room(
    "assessment", kinds=("assessment", "proposal", "reassessment_due"), keep={"reassessmentdue": ("once_key",)}
)
