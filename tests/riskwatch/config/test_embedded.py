"""The embedded server: made, crashed, started again, stopped; closed folders; a database that cannot hear Chinese."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from riskwatch.config import embedded


@pytest.fixture
def home():
    """A home folder whose server is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="rw-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        embedded.stop(Path(folder))


def postmaster(here: embedded.Cluster) -> int:
    return int((here.data / "postmaster.pid").read_text().split()[0])


def test_a_crashed_server_comes_back_with_its_rows(home):
    here = embedded.start(home)
    with psycopg.connect(here.url()) as link:
        link.execute("CREATE TABLE kept AS SELECT 1 AS n")
    os.kill(postmaster(here), signal.SIGKILL)
    embedded.start(home)
    with psycopg.connect(here.url()) as link:
        assert link.execute("SELECT n FROM kept").fetchone() == (1,)


def test_a_lock_that_names_another_program_does_not_stop_the_start(home):
    here = embedded.start(home, fast=True)
    lock = (here.data / "postmaster.pid").read_text()
    embedded.stop(home)
    sleeper = subprocess.Popen(["sleep", "60"], **embedded._as_owner())
    try:
        (here.data / "postmaster.pid").write_text(lock.replace(lock.split("\n")[0], str(sleeper.pid), 1))
        embedded.start(home, fast=True, patience=15)
    finally:
        sleeper.kill()
        sleeper.wait()
    assert embedded.running(here)


def test_the_application_is_no_superuser_and_the_portals_role_sees_nothing(home):
    here = embedded.start(home, fast=True)
    with psycopg.connect(here.url()) as link:
        assert link.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        link.execute("CREATE TABLE secret AS SELECT 1 AS n")
    with (
        psycopg.connect(here.url(user="riskwatch_portal")) as link,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        link.execute("SELECT n FROM secret")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as somebody else")
def test_another_account_is_turned_away_even_where_the_socket_is_open_to_it(home):
    here = embedded.start(home, fast=True)
    here.socket.chmod(0o755)
    for role in ("keeper", "riskwatch"):
        tried = subprocess.run(
            [str(here.binaries / "psql"), here.url(database="postgres", user=role), "-c", "SELECT 1"],
            **embedded._as_owner(), capture_output=True, text=True, check=False, cwd="/", env={"HOME": "/"},
        )  # fmt: skip
        assert tried.returncode != 0
        assert "authentication failed" in tried.stderr


def test_the_servers_log_keeps_no_row(home):
    here = embedded.start(home, fast=True)
    with psycopg.connect(here.url(), autocommit=True) as link:
        link.execute("CREATE TABLE people (name text NOT NULL, number int PRIMARY KEY)")
        link.execute("INSERT INTO people VALUES ('某人', 1)")
        for wrong in ("INSERT INTO people VALUES ('王举报', 1)", "INSERT INTO people VALUES (NULL, 77123)"):
            with pytest.raises(psycopg.Error):
                link.execute(wrong)
    said = (here.data / "server.log").read_text()
    assert "duplicate key" in said
    assert "王举报" not in said
    assert "77123" not in said


def test_a_started_server_is_left_as_it_is_and_a_stopped_one_stays_stopped(home):
    here = embedded.start(home, fast=True)
    before = postmaster(here)
    embedded.start(home, fast=True)
    assert postmaster(here) == before
    embedded.stop(home)
    embedded.stop(home)
    assert not embedded.running(here)


def test_a_database_that_drops_chinese_is_refused():
    with pytest.raises(embedded.NoDatabase, match=r"C\.UTF-8"):
        embedded._refuse_deaf(([],))


def test_a_folder_that_somebody_else_put_in_the_way_is_refused(home, tmp_path):
    here = embedded.cluster(home)
    here.socket.parent.mkdir(parents=True, exist_ok=True)
    here.socket.symlink_to(tmp_path)
    with pytest.raises(embedded.NoDatabase, match="somebody else"):
        embedded.start(home, fast=True)
    here.socket.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root meets a home that its server may not enter")
def test_a_closed_home_stays_closed_and_its_data_stands_apart(home, monkeypatch):
    with tempfile.TemporaryDirectory(prefix="rw-apart-") as apart:
        Path(apart).chmod(0o755)
        monkeypatch.setattr(embedded, "KEPT_APART", Path(apart))
        home.chmod(0o700)
        here = embedded.start(home, fast=True)
        assert here.data.is_relative_to(apart)
        assert home.stat().st_mode & 0o777 == 0o700
        home.chmod(0o755)
        assert embedded.cluster(home).data == here.data  # opened later, the same data is found
        embedded.stop(home)


def live_as_nobody(home: Path) -> None:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    here = embedded.start(home, fast=True)
    assert here.socket.is_relative_to(home)
    embedded.stop(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user is what the other tests are then")
def test_an_ordinary_user_needs_nothing_more(home):
    os.chown(home, 65534, 65534)
    child = multiprocessing.get_context("fork").Process(target=live_as_nobody, args=(home,))
    child.start()
    child.join()
    assert child.exitcode == 0
