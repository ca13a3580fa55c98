"""The lattice of products, hazards, origins, ports and makers: iceberg counts by week, source by source."""

from riskstats.lattice.counting import CellCounts, Floors, Lattice
from riskstats.lattice.schema import Dimension, Plan, RollUp, Schema
from riskstats.lattice.store import Added, Chunk, EventStore

__all__ = ["Added", "CellCounts", "Chunk", "Dimension", "EventStore", "Floors", "Lattice", "Plan", "RollUp", "Schema"]
