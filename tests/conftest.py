"""The code tables and the standing cast that every test finds."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=60)
settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The code tables and the standing cast are there before any test, once a session."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        from riskwatch.catalogue import loading as catalogue
        from riskwatch.doors.jobs.simulator import cast
        from riskwatch.parties import loading as parties

        call_command("createcachetable")
        parties.load()
        catalogue.load()
        cast.make()


@pytest.fixture
def cast(db):
    """Headquarters, Shanghai, Pujiang, Shenzhen, bodies, a panel, a centre, an operator, a rival."""
    from riskwatch.doors.jobs.simulator import cast as standing

    return standing.make()


@pytest.fixture
def at():
    """A Tuesday morning in Shanghai."""
    from datetime import datetime

    from decree188.calendar import SHANGHAI

    return datetime(2026, 3, 10, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def told():
    """Seeded events."""
    from riskwatch.doors.jobs.simulator.events import events

    return list(events(7, 20))
