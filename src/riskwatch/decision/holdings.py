"""Decisions and emergency reviews in archive packages, and their destruction."""

from riskwatch.case.holdings import Room

HOLDING = Room("decision", kinds=("decision", "emergency_review"))
