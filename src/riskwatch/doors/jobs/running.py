"""One ``riskwatch up`` at a time in a home folder: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Turn:
    """Whose turn it is: ours, or (``other`` says so in words) another process's."""

    lock: int
    other: str = ""

    def serves(self, address: str) -> None:
        """Write where we answer, for whoever starts next."""
        _write(self.lock, {"pid": os.getpid(), "address": address})


@contextmanager
def hold(path: Path) -> Iterator[Turn]:
    """Take the lock of a home folder, if nobody holds it, for as long as the block runs."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield Turn(lock, _words(path))
            return
        _write(lock, {"pid": os.getpid()})
        yield Turn(lock)
    finally:
        os.close(lock)


def _write(lock: int, body: dict[str, object]) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps(body).encode(), 0)


def _words(path: Path) -> str:
    try:
        said = json.loads(path.read_text() or "{}")
    except ValueError:
        said = {}
    process = f" (process {said['pid']})" if "pid" in said else ""
    if "address" in said:
        return f"already running at {said['address']}{process}"
    return f"already starting{process}; its address is printed there"
