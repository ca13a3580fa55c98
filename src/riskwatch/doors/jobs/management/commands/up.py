"""``riskwatch up``: everything that ``make run`` does, with progress; a second start skips what is done."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from riskwatch.config import embedded


class Command(BaseCommand):
    help = "Set everything up, start web and worker, print the address and the demo's logins."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare", action="store_true", help="set up only, start nothing")
        parser.add_argument("--no-demo", action="store_true")

    def handle(self, *args: Any, port: int, prepare: bool, no_demo: bool, **options: Any) -> None:
        if settings.EMBEDDED:
            self._step("数据库 database", lambda: embedded.start(settings.HOME))
        self._step("表结构 migrations", lambda: call_command("migrate", verbosity=0))
        self._step("缓存表 cache", lambda: call_command("createcachetable"))
        self._step("代码表 code tables", self._tables)
        if not no_demo:
            self._step("演示数据 demo", self._demo)
        self._step("静态文件 static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
        if not prepare:
            self._serve(_free(port), demo=not no_demo)

    def _step(self, words: str, do: Callable[[], Any]) -> None:
        begun = time.monotonic()
        self.stdout.write(f"  {words} ...", ending="")
        self.stdout.flush()
        said = do()
        note = f" {said}" if isinstance(said, str) else ""
        self.stdout.write(f" {time.monotonic() - begun:.1f} s{note}")

    def _tables(self) -> str:
        from riskwatch.catalogue import loading as catalogue
        from riskwatch.catalogue.models import Commodity
        from riskwatch.doors.jobs.services import make_services
        from riskwatch.parties import loading as parties
        from riskwatch.parties.models import Organisation

        if Commodity.objects.exists() and Organisation.objects.filter(level="headquarters").exists():
            return "已有 kept"
        offices = parties.load()
        counts = catalogue.load()
        make_services()
        return f"offices {offices}, " + ", ".join(f"{k} {v}" for k, v in counts.items())

    def _demo(self) -> str:
        from riskwatch.doors.jobs.simulator import demo

        return demo.load()

    def _serve(self, port: int, *, demo: bool) -> None:
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        python = sys.executable
        web = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2",
               "--blocking-threads", "1", "--no-ws", "riskwatch.config.wsgi:application"]  # fmt: skip
        worker = [python, "-m", "riskwatch", "procrastinate", "worker", "--concurrency", "1"]
        children = [subprocess.Popen(c, env=environment) for c in (web, worker)]
        self.stdout.write(f"\nRiskwatch: http://127.0.0.1:{port}/\n")
        if demo:
            from riskwatch.doors.jobs.simulator.demo import logins

            self.stdout.write(logins())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: _stop(children))
        while all(c.poll() is None for c in children):
            time.sleep(0.5)
        for child in children:
            child.terminate()
        for child in children:
            child.wait(15)
        if settings.EMBEDDED:
            embedded.stop(settings.HOME)


def _stop(children: list[Any]) -> None:
    for child in children:
        child.terminate()


def _free(port: int) -> int:
    for wanted in range(port, port + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", wanted)):
                return wanted
    return port
