"""``riskwatch up``: everything that ``make run`` does, with progress; a second start skips what is done."""

from __future__ import annotations

import http.client
import io
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
from django.core.management.base import BaseCommand, CommandError, SystemCheckError
from django.db import OperationalError, ProgrammingError, connection

from riskwatch.config import embedded
from riskwatch.doors.jobs import running
from riskwatch.doors.jobs.checks import demo_accounts, make_extensions, refuse_demo_accounts


class Command(BaseCommand):
    help = "Set everything up, start web and worker, print the address and the demo's logins."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare", action="store_true", help="set up only, start nothing")
        demo = parser.add_mutually_exclusive_group()
        demo.add_argument("--no-demo", dest="demo", action="store_false", default=None)
        demo.add_argument(
            "--demo", dest="demo", action="store_true",
            help="load the demo, whose passwords are printed; by default only into the embedded database without TLS",
        )  # fmt: skip

    def handle(self, *args: Any, port: int, prepare: bool, demo: bool | None, **options: Any) -> None:
        with running.hold(settings.HOME / "up.lock") as turn:
            if turn.other and not prepare:
                self.stdout.write(turn.other)
                return
            ours = settings.EMBEDDED and not embedded.running(embedded.cluster(settings.HOME))
            try:
                self._prepare(demo=settings.EMBEDDED and not settings.TLS if demo is None else demo)
                if not prepare:
                    self._serve(self._port(port), turn)
            finally:
                if ours and not prepare:
                    embedded.stop(settings.HOME)

    def _prepare(self, *, demo: bool) -> None:
        if settings.EMBEDDED:
            self._step("数据库 database", lambda: embedded.start(settings.HOME))
        self._step("检查 checks", self._checks)
        self._step("表结构 migrations", lambda: call_command("migrate", verbosity=0))
        self._step("缓存表 cache", lambda: call_command("createcachetable", verbosity=0))
        self._step("代码表 code tables", self._tables)
        if demo:
            self._step("演示数据 demo", self._demo)
        refuse_demo_accounts()
        self._step("静态文件 static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))

    def _port(self, wanted: int) -> int:
        free = _free(wanted)
        if free != wanted:
            self.stdout.write(f"  {wanted} is taken by another program, using {free}")
        return free

    def _step(self, words: str, do: Callable[[], Any]) -> None:
        begun = time.monotonic()
        self.stdout.write(f"  {words} ...", ending="")
        self.stdout.flush()
        try:
            said = do()
        except (embedded.NoDatabase, OperationalError, SystemCheckError) as error:
            raise CommandError(str(error).strip()) from error
        note = f" {said}" if isinstance(said, str) else ""
        self.stdout.write(f" {time.monotonic() - begun:.1f} s{note}")

    def _checks(self) -> None:
        try:
            make_extensions()
        except ProgrammingError:  # not allowed to, or not there: the check below says what is missing
            connection.close()
        call_command("check", databases=["default"], tags=["database"], stdout=io.StringIO())

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

    def _serve(self, port: int, turn: running.Turn) -> None:
        connection.close()
        stopping: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda got, _frame: stopping.append(got))
        python = [sys.executable, "-m"]
        web = [*python, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2",
               "--blocking-threads", "2", "--no-ws", "--log-level", "warning", "riskwatch.config.wsgi:application"]  # fmt: skip
        worker = [*python, "riskwatch", "procrastinate", "worker", "--concurrency", "1"]
        # Sessions of their own: Ctrl-C reaches this process alone, which then ends them in order. The worker begins once
        # the web server answers, so that people do not wait for it to load.
        children = {"web": subprocess.Popen(web, start_new_session=True)}
        self.stdout.write("  网页服务 web server, 后台任务 worker ...")
        self.stdout.flush()
        begun, welcomed = time.monotonic(), False
        while not stopping and all(c.poll() is None for c in children.values()):
            if not welcomed and _answers(port):
                welcomed = True
                self.stdout.write(f"  网页服务 web server answers after {time.monotonic() - begun:.1f} s")
                turn.serves(f"http://127.0.0.1:{port}/")
                self._welcome(port)
                children["worker"] = subprocess.Popen(worker, start_new_session=True)
            time.sleep(0.2)
        died = {name: c.returncode for name, c in children.items() if c.poll() is not None}
        for child in children.values():
            child.terminate()
        for child in children.values():
            _end(child)
        if died and not stopping:
            raise CommandError(f"stopped, because a process ended by itself (exit code): {died}")
        self.stdout.write("stopped; everything is kept")

    def _welcome(self, port: int) -> None:
        if demo_accounts():
            from riskwatch.doors.jobs.simulator.demo import logins

            self.stdout.write("\n" + logins())
        self.stdout.write(f"\nRiskwatch: http://127.0.0.1:{port}/   (Ctrl-C stops it)\n")
        self.stdout.flush()


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _answers(port: int) -> bool:
    """Whether the web server has begun to answer, whatever it says."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", "/")
        link.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
    return True


def _free(port: int) -> int:
    for wanted in range(port, port + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return wanted
    raise CommandError(f"ports {port} to {port + 49} are all taken; choose another with --port")
