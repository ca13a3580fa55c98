"""How compiled routines are declared: one place for the compiler's options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def _compile(function: F, *, parallel: bool) -> F:
    compiled: Any
    try:
        compiled = numba.njit(cache=True, nogil=True, error_model="numpy", parallel=parallel)(function)
    except RuntimeError:  # nowhere to keep machine code: compile at each start
        compiled = numba.njit(nogil=True, error_model="numpy", parallel=parallel)(function)
    return cast(F, compiled)


def kernel(function: F) -> F:
    """Compile one routine to machine code, kept beside the source; it runs beside other threads."""
    return _compile(function, parallel=False)


def parallel_kernel(function: F) -> F:
    """Compile a loop whose ``numba.prange`` is shared among the cores."""
    return _compile(function, parallel=True)
