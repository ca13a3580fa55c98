"""The same kernels on Spark, for archives and lattices that one machine does not hold."""

from riskstats.distributed.counting import SparkLattice
from riskstats.distributed.scoring import SparkScorer
from riskstats.distributed.session import session

__all__ = ["SparkLattice", "SparkScorer", "session"]
