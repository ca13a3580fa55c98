"""Multiple testing: flat, on trees, on lattices."""

from riskstats.multiplicity.flat import benjamini_hochberg, benjamini_yekutieli, simes, storey
from riskstats.multiplicity.hierarchical import FULL_TREE, Tested, lattice_fdr, layers, tree_fdr

__all__ = [
    "FULL_TREE",
    "Tested",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "lattice_fdr",
    "layers",
    "simes",
    "storey",
    "tree_fdr",
]
