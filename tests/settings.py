"""The product's settings over one private, throw-away cluster for a whole run; its workers share it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from riskwatch.config import embedded


def _start() -> None:
    if os.environ.get("RISKWATCH_TEST_HOME"):
        return
    home = Path(tempfile.mkdtemp(prefix="rw-"))
    home.chmod(0o755)
    os.environ["RISKWATCH_HOME"] = os.environ["RISKWATCH_TEST_HOME"] = str(home)
    if "DATABASE_URL" not in os.environ:
        embedded.start(home, fast=True)
    owner = os.getpid()

    def end() -> None:
        if os.getpid() == owner:
            embedded.stop(home)
            shutil.rmtree(home, ignore_errors=True)

    atexit.register(end)


_start()

from riskwatch.config.settings import *  # noqa: E402, F403
from riskwatch.config.settings import DATABASES, STORAGES  # noqa: E402

DATABASES["default"]["OPTIONS"] = {}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
