"""``riskwatch first-admins``: the three administrators of a new house, with one-time passwords that are printed once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from riskwatch.parties.actions import first_administrators
from riskwatch.refusals import Refusal

ROLES = (("system", "system_admin"), ("security", "security_admin"), ("audit", "audit_admin"))


class Command(BaseCommand):
    help = "Make the first system, security and audit administrators: three persons. Refused once there is one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, role in ROLES:
            parser.add_argument(
                f"--{name}", required=True, metavar="USER:NAME", help=f"user name and name of the {role}"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        names = {}
        for name, role in ROLES:
            username, colon, words = options[name].partition(":")
            if not (username and colon and words):
                raise CommandError(f"--{name} should read USER:NAME, for example --{name} wang.min:王敏")
            names[role] = (username, words)
        try:
            told = first_administrators(names, at=timezone.now())
        except Refusal as refused:
            raise CommandError(f"{refused.reason}（{refused.remedy}）") from None
        self.stdout.write("一次性密码，只显示这一次；登录后须先设置自己的密码 one-time passwords, shown once:")
        for username, password in told.items():
            self.stdout.write(f"  {username}  {password}")
