"""Measures with their versions, addressees, batches, filings and instructions in archive packages, and their destruction."""

from riskwatch.case.holdings import Room
from riskwatch.case.steps import MEASURES

HOLDING = Room("measures", kinds=(*MEASURES, "filing"), keep={"instruction": ("key", "action", "receipt")})
