"""The ``riskwatch`` command: every act of the machine, and Django's own."""

import os
import sys


def main() -> None:
    """Run a command; without one, list them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskwatch.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["riskwatch", *sys.argv[1:]])


if __name__ == "__main__":
    main()
