"""Which past weeks the Bayes and RKI methods compare with: the same weeks of earlier years, and the latest weeks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskstats.surveillance.errors import SurveillanceError


def offsets(years: int, half_window: int, this_year: bool, year_length: int) -> NDArray[np.int64]:
    """How many weeks before the tested one each reference week lies.

    Examples
    --------
    >>> offsets(1, 1, True, 52)
    array([53, 52, 51,  1])
    """
    if years < 0 or half_window < 0 or year_length < 1 or (years > 0 and 2 * half_window >= year_length):
        raise SurveillanceError("bad_option", "参考周参数不合法", "years, window or year length do not fit")
    back = [k * year_length + j for k in range(years, 0, -1) for j in range(half_window, -half_window - 1, -1)]
    back += range(half_window, 0, -1) if this_year else []
    if not back:
        raise SurveillanceError("bad_option", "没有参考周", "no reference week is chosen")
    return np.array(back, dtype=np.int64)
