"""The lattice of products, hazards, origins, ports and makers: iceberg counts by week, source by source."""

from riskstats.lattice.counting import Floors, Lattice
from riskstats.lattice.schema import Dimension, Plan, RollUp, Schema
from riskstats.lattice.store import Added, Chunk, EventStore
from riskstats.lattice.tracking import CellCounts

__all__ = ["Added", "CellCounts", "Chunk", "Dimension", "EventStore", "Floors", "Lattice", "Plan", "RollUp", "Schema"]
