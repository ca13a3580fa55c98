"""Fault trees: exact top event with shared events, minimal cut sets, importance, and a step for a scenario."""

from riskmethods.faulttree.analysis import Analysis, Importance, analyse, step, top_event
from riskmethods.faulttree.sampling import Sampled, sample
from riskmethods.faulttree.tree import Event, Gate, Tree, from_json

__all__ = [
    "Analysis",
    "Event",
    "Gate",
    "Importance",
    "Sampled",
    "Tree",
    "analyse",
    "from_json",
    "sample",
    "step",
    "top_event",
]
