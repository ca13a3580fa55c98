"""Deciding: from scored cells to a ranked, collapsed, replayable list within the analysts' budget."""

from riskstats.decide.combining import Combination, combine
from riskstats.decide.deciding import Rules, decide, replay
from riskstats.decide.evidence import Evidence, SourceEvidence
from riskstats.decide.flags import ENGINE, Decision, Flag, SourceFinding
from riskstats.decide.scoring import Outlook, RecentExcess, Scorer
from riskstats.decide.spread import Extent, SpreadTest, classify, spread_tests

__all__ = [
    "ENGINE",
    "Combination",
    "Decision",
    "Evidence",
    "Extent",
    "Flag",
    "Outlook",
    "RecentExcess",
    "Rules",
    "Scorer",
    "SourceEvidence",
    "SourceFinding",
    "SpreadTest",
    "classify",
    "combine",
    "decide",
    "replay",
    "spread_tests",
]
