"""The ``riskwatch`` command: every act of the machine, and Django's own."""

import os
import sys

WELCOME = """riskwatch: quality-safety risk early warning for import and export industrial products

  riskwatch up                     set everything up and start it (--prepare: set up only; --demo, --no-demo; --port N)
  riskwatch collect FILE …         read files of risk information; reading one twice adds nothing
  riskwatch first-admins           the first three administrators of a new house, each with a one-time password
  riskwatch tick                   one round of the clock: lapses, reminders, seals
  riskwatch journal verify         check the whole journal, or an archive package; --seals FOLDER compares with kept seals
  riskwatch watch                  count the last full week and raise its signals (--week 2026-W07; --watch NAME; --list)
  riskwatch replay SIGNAL          compute a signal again from its kept inputs; says whether the numbers are the same
  riskwatch assess FILE.json       assess scenarios from a file, without a case (--lang zh|en, --json)
  riskwatch rescore --method ID    what another method edition or policy would change (--grid FILE, --policy N)
  riskwatch db start|stop|status   the embedded database
  riskwatch db backup|drill|restore FILE
  riskwatch lawmap                 place of the law → rule → screen
  riskwatch messages               gather the screens' words for translation, compile the translations
  riskwatch help                   every command; riskwatch help COMMAND for one
"""


def main() -> None:
    """Run a command; without one, say what there is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskwatch.config.settings")
    os.umask(0o077)  # what is written here is its owner's alone
    if len(sys.argv) == 1:
        print(WELCOME)  # noqa: T201
        return
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        # Commands are modules, so first-admins is called first_admins inside.
        first = sys.argv[1] if sys.argv[1].startswith("-") else sys.argv[1].replace("-", "_")
        execute_from_command_line(["riskwatch", first, *sys.argv[2:]])
    except ImproperlyConfigured as error:
        sys.exit(f"riskwatch cannot start: {error}")


if __name__ == "__main__":
    main()
