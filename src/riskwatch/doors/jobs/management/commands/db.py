"""``riskwatch db``: start, stop, back up, restore, and drill a restore."""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from riskwatch.config import embedded


class Command(BaseCommand):
    help = "Start or stop the embedded database; backup FILE, restore FILE, drill FILE."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=["start", "stop", "status", "backup", "restore", "drill"])
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, do: str, file: Path | None, **options: Any) -> None:
        if do in ("start", "stop", "status"):
            if not settings.EMBEDDED:
                raise CommandError("DATABASE_URL is set; that server is not ours to start or stop")
            getattr(self, f"_{do}")()
            return
        if file is None:
            raise CommandError(f"{do} needs a file")
        {"backup": self._backup, "restore": self._restore, "drill": self._drill}[do](file)

    def _start(self) -> None:
        embedded.start(settings.HOME)

    def _stop(self) -> None:
        embedded.stop(settings.HOME)

    def _status(self) -> None:
        self.stdout.write("running" if embedded.running(embedded.cluster(settings.HOME)) else "stopped")

    def _program(self, name: str) -> str:
        return str(embedded.find_binaries() / name)

    def _arguments(self, database: str = "") -> list[str]:
        d = settings.DATABASES["default"]
        found = ["-h", str(d["HOST"]), "-U", str(d["USER"]), "-d", database or str(d["NAME"])]
        return found + (["-p", str(d["PORT"])] if d["PORT"] else [])

    def _dump(self, target: Path) -> None:
        done = subprocess.run(
            [self._program("pg_dump"), "-Fc", "-f", str(target), *self._arguments()],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError(f"pg_dump failed: {done.stderr[-400:]}")

    def _backup(self, file: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            dump = Path(folder) / "database.dump"
            self._dump(dump)
            manifest = {"database": sha256(dump.read_bytes()).hexdigest(), "rows": self._counts()}
            (Path(folder) / "manifest.json").write_text(json.dumps(manifest, indent=1))
            with tarfile.open(file, "w:gz") as parcel:
                for name in ("database.dump", "manifest.json"):
                    parcel.add(Path(folder) / name, name)
                for name in ("files", "seals", "identity-key", "secret-key"):
                    if (settings.HOME / name).exists():
                        parcel.add(settings.HOME / name, name)
        file.chmod(0o600)
        self.stdout.write(
            f"backed up to {file} ({file.stat().st_size} bytes); it holds the keys: keep it as safe as the server"
        )

    def _counts(self, database: str = "") -> dict[str, int]:
        d = settings.DATABASES["default"]
        with psycopg.connect(host=str(d["HOST"]), user=str(d["USER"]), password=str(d["PASSWORD"]), dbname=database or str(d["NAME"]),
                             port=str(d["PORT"]) or None) as link:  # fmt: skip
            names = [
                r[0] for r in link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            ]
            counts: dict[str, int] = {}
            for name in names:
                row = link.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
                counts[name] = row[0] if row else 0
            return counts

    def _unpack(self, file: Path, folder: str) -> dict[str, Any]:
        with tarfile.open(file) as parcel:
            parcel.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((Path(folder) / "manifest.json").read_text())
        if sha256((Path(folder) / "database.dump").read_bytes()).hexdigest() != manifest["database"]:
            raise CommandError("the dump does not agree with its manifest")
        return manifest

    def _load(self, dump: Path, database: str) -> None:
        done = subprocess.run([self._program("pg_restore"), "--no-owner", "--clean", "--if-exists", *self._arguments(database), str(dump)],
                              capture_output=True, text=True, check=False)  # fmt: skip
        if done.returncode and "errors ignored" not in done.stderr:
            raise CommandError(f"pg_restore failed: {done.stderr[-400:]}")

    def _restore(self, file: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self._unpack(file, folder)
            self._load(Path(folder) / "database.dump", "")
            for name in ("files", "seals"):
                if (Path(folder) / name).exists():
                    subprocess.run(["cp", "-a", f"{folder}/{name}", str(settings.HOME)], check=True)
        self.stdout.write("restored; now run: riskwatch journal verify")

    def _drill(self, file: Path) -> None:
        scratch = "riskwatch_drill"
        d = settings.DATABASES["default"]
        with tempfile.TemporaryDirectory() as folder:
            manifest = self._unpack(file, folder)
            with psycopg.connect(host=str(d["HOST"]), user=str(d["USER"]), password=str(d["PASSWORD"]), dbname=str(d["NAME"]),
                                 port=str(d["PORT"]) or None, autocommit=True) as link:  # fmt: skip
                link.execute(f"DROP DATABASE IF EXISTS {scratch}")
                link.execute(f"CREATE DATABASE {scratch}")
            self._load(Path(folder) / "database.dump", scratch)
            counts = self._counts(scratch)
            wrong = {k: (n, counts.get(k)) for k, n in manifest["rows"].items() if counts.get(k) != n}
            with psycopg.connect(host=str(d["HOST"]), user=str(d["USER"]), password=str(d["PASSWORD"]), dbname=str(d["NAME"]),
                                 port=str(d["PORT"]) or None, autocommit=True) as link:  # fmt: skip
                link.execute(f"DROP DATABASE {scratch}")
        if wrong:
            raise CommandError(f"row counts differ after the drill: {wrong}")
        self.stdout.write(f"the drill holds: {len(counts)} tables, {sum(counts.values())} rows")
