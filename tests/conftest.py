"""One private, throw-away database cluster for a whole test run, shared by its workers."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=60)
settings.load_profile("house")
_STARTED: list[Path] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the cluster before Django reads its settings."""


def _start() -> None:
    if os.environ.get("RISKWATCH_TEST_HOME") or "DATABASE_URL" in os.environ:
        os.environ.setdefault("RISKWATCH_HOME", os.environ.get("RISKWATCH_TEST_HOME", tempfile.mkdtemp(prefix="rw-")))
        return
    home = Path(tempfile.mkdtemp(prefix="rw-"))
    home.chmod(0o755)
    os.environ["RISKWATCH_HOME"] = os.environ["RISKWATCH_TEST_HOME"] = str(home)
    from riskwatch.config import embedded

    embedded.start(home, fast=True)
    _STARTED.append(home)


_start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop and remove the cluster that this process started."""
    from riskwatch.config import embedded

    for home in _STARTED:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)
