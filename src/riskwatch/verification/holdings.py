"""Verifications in archive packages, and their destruction."""

from riskwatch.case.holdings import Room

HOLDING = Room("verification", kinds=("verification",))
