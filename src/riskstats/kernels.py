"""How compiled kernels are declared, and how a loop over series is shared among the cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import NullCache

_LEAST, _MOST = 64, 16_384  # series in a block


@cache
def _sources() -> str:
    """A digest of every source file of this package."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _kept(compiled: Any) -> Any:
    """Keep machine code on disk, to be used again only while *no* source of the package has changed.

    Numba itself looks at the kernel's own file alone, although the machine code contains the kernels it calls.
    """
    try:
        compiled.enable_caching()
        index = compiled._cache._cache_file
        index._source_stamp = (index._source_stamp, _sources())
    except (RuntimeError, AttributeError):  # nowhere to keep it (a locked-down account), or another Numba
        compiled._cache = NullCache()
    return compiled


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile one routine; the machine code is kept beside the source and reused.

    Kernels run without the interpreter's lock, so that :func:`share` can run them side by side. A division by zero gives
    an infinity or NaN, as in NumPy.
    """
    compiled: Callable[..., Any] = _kept(numba.njit(error_model="numpy", nogil=True)(function))
    return compiled


def parallel_kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile one routine as :func:`kernel` does, with its ``numba.prange`` loops shared among the cores."""
    compiled: Callable[..., Any] = _kept(numba.njit(error_model="numpy", nogil=True, parallel=True)(function))
    return compiled


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share(task: Callable[[int, int], Any], total: int) -> None:
    """Run ``task(start, stop)`` over blocks of ``range(total)`` on all cores; an error in a block is raised.

    Ordinary threads: safe to call from several threads of a server at once.

    Examples
    --------
    >>> found = []
    >>> share(lambda start, stop: found.extend(range(start, stop)), 5)
    >>> found
    [0, 1, 2, 3, 4]
    """
    threads = cores()
    block = min(max(-(-total // (8 * threads)), _LEAST), _MOST)
    starts = range(0, total, block)
    if len(starts) <= 1 or threads == 1:
        for start in starts:
            task(start, min(start + block, total))
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(task, start, min(start + block, total)) for start in starts]:
            done.result()
