"""Backing up, restoring and rehearsing a restore: database, files, seals and keys in one checked parcel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from riskwatch.doors.jobs.checks import EXTENSIONS

KEYS = ("identity-key", "secret-key")
KEPT = ("files", "seals", *KEYS)
SCRATCH = "riskwatch_drill"


class Unfit(Exception):
    """The parcel or the database does not allow it; the message says what to do."""


def link(database: str = "") -> dict[str, str]:
    """How to reach a database of our server, in the words of libpq."""
    d: dict[str, Any] = settings.DATABASES["default"]
    said = {"host": d["HOST"], "port": d["PORT"], "user": d["USER"], "password": d["PASSWORD"],
            "dbname": database or d["NAME"], "sslmode": d.get("OPTIONS", {}).get("sslmode", "")}  # fmt: skip
    return {k: str(v) for k, v in said.items() if v}


def back_up(file: Path, *, programs: Path) -> int:
    """Write the parcel and return how many rows it holds.

    The rows are counted in the snapshot that is dumped, so that people may go on working meanwhile. The parcel
    holds the keys: only its owner may read it.
    """
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "database.dump"
        with _connect() as reader:
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            row = reader.execute("SELECT pg_export_snapshot()").fetchone()
            assert row is not None
            _program(programs, "pg_dump", "-Fc", "--snapshot", row[0], "-f", str(dump), database=link()["dbname"])
            rows = _rows(reader)
        parts = {"database.dump": dump} | {
            str(p.relative_to(settings.HOME)): p for name in KEPT for p in _files_under(settings.HOME / name)
        }
        manifest = Path(folder) / "manifest.json"
        manifest.write_text(json.dumps({"rows": rows, "hashes": {n: _hash(p) for n, p in parts.items()}}, indent=1))
        unfinished = file.with_name(file.name + ".part")
        unfinished.unlink(missing_ok=True)  # one that lies there has somebody else's mode, or leads elsewhere
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w:gz") as parcel:
            for name, path in {"manifest.json": manifest, **parts}.items():
                parcel.add(path, name)
        unfinished.replace(file)
    return sum(rows.values())


def restore(file: Path, *, programs: Path) -> list[str]:
    """Put the parcel in the place of what is there; return what the person should know.

    The database is replaced in one transaction: it holds the old rows or the new ones, never half. Keys that
    differ are kept beside the restored ones.
    """
    with _unpacked(file) as (folder, _manifest):
        _load(folder / "database.dump", link()["dbname"], programs=programs, replace=True)
        notes = []
        for name in ("files", "seals"):
            if (folder / name).exists():
                shutil.copytree(folder / name, settings.HOME / name, dirs_exist_ok=True)
        for name in KEYS:
            here, there = settings.HOME / name, folder / name
            if not there.exists():
                notes.append(f"the parcel holds no {name}: give the one that was set in the environment")
            elif not here.exists() or here.read_bytes() != there.read_bytes():
                if here.exists():
                    here.replace(here.with_name(name + ".before-restore"))
                    notes.append(f"the former {name} is kept as {name}.before-restore")
                shutil.copy2(there, here)
        return notes


def drill(file: Path, *, programs: Path) -> str:
    """Restore into a scratch database, compare every table's rows, verify the journal there; say what held."""
    with _unpacked(file) as (folder, manifest), _scratch():
        _load(folder / "database.dump", SCRATCH, programs=programs, replace=False)
        with _connect(SCRATCH) as reader:
            rows = _rows(reader)
        wrong = {t: (n, rows.get(t)) for t, n in manifest["rows"].items() if rows.get(t) != n}
        if wrong:
            raise Unfit(f"row counts (parcel, restored) differ: {wrong}")
        journal = subprocess.run(
            [sys.executable, "-m", "riskwatch", "journal", "verify"],
            env=os.environ | {"DATABASE_URL": _url(SCRATCH), "RISKWATCH_HOME": str(folder),
                              "DJANGO_SETTINGS_MODULE": "riskwatch.config.settings",
                              "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if journal.returncode:
            raise Unfit(f"the restored journal does not hold: {journal.stderr.strip()[-400:]}")
        files = len(manifest["hashes"]) - 1
        return f"{len(rows)} tables, {sum(rows.values())} rows, {files} files; journal {journal.stdout.strip()}"


@contextmanager
def _unpacked(file: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The parcel's contents, each checked against the manifest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with tarfile.open(file) as parcel:
                parcel.extractall(folder, filter="data")
            manifest = json.loads((folder / "manifest.json").read_text())
        except (OSError, tarfile.TarError, EOFError, ValueError) as error:
            raise Unfit(f"{file} is not a whole backup: {error}") from error
        for part, digest in manifest["hashes"].items():
            if not (folder / part).is_file() or _hash(folder / part) != digest:
                raise Unfit(f"{part} in {file} does not agree with the manifest: take another backup")
        yield folder, manifest


@contextmanager
def _scratch() -> Iterator[None]:
    """A database for the drill with the language settings of the real one, gone afterwards."""
    name = sql.Identifier(SCRATCH)
    with _connect(autocommit=True) as keeper:
        row = keeper.execute(
            "SELECT datcollate, datctype FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        assert row is not None
        keeper.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        keeper.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE {} LC_CTYPE {}").format(
            name, sql.Literal(row[0]), sql.Literal(row[1])))  # fmt: skip
        try:
            yield
        finally:
            keeper.execute(sql.SQL("DROP DATABASE {}").format(name))


def _load(dump: Path, database: str, *, programs: Path, replace: bool) -> None:
    """Run the dump as one transaction; extensions belong to the server and are made, not restored."""
    listed = _program(programs, "pg_restore", "-l", str(dump))
    wanted = dump.with_suffix(".list")
    wanted.write_text("\n".join(line for line in listed.splitlines() if " EXTENSION " not in line))
    script = dump.with_suffix(".sql")
    _program(programs, "pg_restore", "--no-owner", "-L", str(wanted), "-f", str(script), str(dump))
    first = "SET lock_timeout = '10s';\n" + ("DROP OWNED BY CURRENT_USER CASCADE;\n" if replace else "")
    first += "".join(f"CREATE EXTENSION IF NOT EXISTS {name};\n" for name in EXTENSIONS)
    opening = dump.with_suffix(".first.sql")
    opening.write_text(first)
    with _connect(database) as reader:
        if reader.info.server_version < 170000:
            _without_newer_settings(script)
    _program(programs, "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", str(opening),
             "-f", str(script), database=database)  # fmt: skip


def _without_newer_settings(script: Path) -> None:
    """A newer pg_restore sets what an older server does not know."""
    shorter = script.with_suffix(".older")
    with script.open("rb") as lines, shorter.open("wb") as out:
        out.writelines(line for line in lines if line != b"SET transaction_timeout = 0;\n")
    shorter.replace(script)


def _program(programs: Path, name: str, *args: str, database: str = "") -> str:
    words = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
             "sslmode": "PGSSLMODE"}  # fmt: skip
    reach = {words[k]: v for k, v in link(database).items()}
    done = subprocess.run(
        [str(programs / name), *args], env=os.environ | reach, capture_output=True, text=True, check=False
    )
    if done.returncode:
        advice = "; stop web and worker first" if "lock timeout" in done.stderr else ""
        raise Unfit(f"{name} failed{advice}: {done.stderr.strip()[-600:]}")
    return done.stdout


def _connect(database: str = "", *, autocommit: bool = False) -> psycopg.Connection[Any]:
    return psycopg.connect(make_conninfo("", **link(database)), autocommit=autocommit)


def _rows(reader: psycopg.Connection[Any]) -> dict[str, int]:
    names = [r[0] for r in reader.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    found: dict[str, int] = {}
    for name in names:
        row = reader.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        found[name] = row[0] if row else 0
    return found


def _files_under(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def _url(database: str) -> str:
    reach = link(database)
    secret = f":{quote(reach['password'], safe='')}" if "password" in reach else ""
    port = f":{reach['port']}" if "port" in reach else ""
    ssl = f"&sslmode={reach['sslmode']}" if "sslmode" in reach else ""
    return f"postgresql://{quote(reach['user'], safe='')}{secret}@{port}/{database}?host={quote(reach.get('host', ''))}{ssl}"
