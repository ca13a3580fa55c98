"""A throw-away service for a benchmark: its own cluster with durability on, tables, code tables and cast."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="rw-bench-"))
HOME.chmod(0o755)
os.environ["RISKWATCH_HOME"] = str(HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskwatch.config.settings")


def prepare():
    """A database with tables and cast."""
    import django

    from riskwatch.config import embedded

    embedded.start(HOME)
    django.setup()
    from django.core.management import call_command

    from riskwatch.catalogue import loading as catalogue
    from riskwatch.doors.jobs.simulator import cast
    from riskwatch.parties import loading as parties

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    parties.load()
    catalogue.load()
    return cast.make()


def clear():
    """Stop the cluster and remove its folder."""
    from riskwatch.config import embedded

    embedded.stop(HOME)
    shutil.rmtree(HOME, ignore_errors=True)
