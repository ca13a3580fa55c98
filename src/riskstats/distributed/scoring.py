"""Scores by blocks of cells on Spark: a scorer looks at one cell at a time, so blocks change no figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from riskstats.decide.scoring import Scorer
from riskstats.inputs import Floats, refuse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class SparkScorer:
    """A scorer that another one does the work of, block by block on the workers.

    Attributes
    ----------
    session : SparkSession
    scorer : Scorer
        Called on each block: (counts, exposure) of shape (cells, weeks); it must be picklable.
    block : int
        Cells in a block.
    """

    session: SparkSession
    scorer: Scorer
    block: int = 8192

    def __call__(self, counts: NDArray[np.integer], exposure: Floats | None) -> Floats:
        """P-values of all cells, in their order.

        Raises
        ------
        InputError
            Rule ``block`` below 1; what the scorer itself refuses comes back as Spark's error with its words in it.
        """
        if self.block < 1:
            refuse("block", "block", "每块至少一个单元格", f"{self.block}: a block has one cell or more")
        scorer, starts = self.scorer, range(0, len(counts), self.block)
        blocks = [
            (i, counts[i : i + self.block], None if exposure is None else exposure[i : i + self.block]) for i in starts
        ]
        if not blocks:
            return np.zeros(0)
        context = self.session.sparkContext
        parted = context.parallelize(blocks, min(len(blocks), 4 * context.defaultParallelism))
        found = dict(parted.map(lambda part: (part[0], np.asarray(scorer(part[1], part[2])))).collect())
        return np.concatenate([found[i] for i in starts])
