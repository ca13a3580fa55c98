"""Scan statistics: one test over all branches of code trees, or over all circles and periods."""

from riskstats.scan.space_time import Cluster, SpaceTimeScan, distances, space_time_scan
from riskstats.scan.tree import Hit, TreeScan, tree_scan

__all__ = ["Cluster", "Hit", "SpaceTimeScan", "TreeScan", "distances", "space_time_scan", "tree_scan"]
