"""Blocks cover every series once, and machine code is tied to all sources."""

import numpy as np
import pytest

from riskstats import kernels
from riskstats.surveillance import tails


@pytest.mark.parametrize("total", [0, 1, 63, 64, 65, 5000, 100_001])
def test_blocks_cover_every_series_once(total):
    seen = np.zeros(total, dtype=int)

    def task(start, stop):
        seen[start:stop] += 1

    kernels.share(task, total)
    assert (seen == 1).all()


def test_an_error_in_a_block_is_raised():
    def task(start, stop):
        if start > 0:
            raise ValueError("block")

    with pytest.raises(ValueError, match="block"):
        kernels.share(task, 1000)


def test_machine_code_is_kept_under_a_digest_of_every_source():
    assert tails.mass(2.0, 1.0, 1.0) == pytest.approx(np.exp(-1) / 2)
    stamp = tails.mass._cache._cache_file._source_stamp
    assert kernels._sources() in stamp
