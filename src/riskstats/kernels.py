"""How compiled kernels are declared: one place for the compiler's options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def _compile(function: F, *, parallel: bool) -> F:
    options = {"error_model": "numpy", "parallel": parallel}
    compiled: F
    try:
        compiled = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # nowhere to keep machine code (a locked-down account): compile at each start
        compiled = numba.njit(**options)(function)
    return compiled


def kernel(function: F) -> F:
    """Compile one scalar routine; the machine code is kept beside the source and reused."""
    return _compile(function, parallel=False)


def parallel_kernel(function: F) -> F:
    """Compile a loop over series; ``numba.prange`` shares it among the cores."""
    return _compile(function, parallel=True)
