"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskwatch.config.settings")
os.umask(0o077)  # what is written here is its owner's alone
application = get_wsgi_application()

from riskwatch.doors.jobs.checks import refuse_demo_accounts  # noqa: E402  (needs the applications)

refuse_demo_accounts()
