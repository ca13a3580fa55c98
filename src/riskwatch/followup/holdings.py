"""Duties, objections, applications and traceability statements in archive packages, and their destruction."""

from riskwatch.case.holdings import Room

HOLDING = Room("followup", kinds=("duty", "objection", "lift_application", "traceability"))
