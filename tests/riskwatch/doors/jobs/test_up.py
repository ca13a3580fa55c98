"""Setting up: the demo goes where it belongs, a busy port is said, a running house is left alone."""

import io
import socket

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from riskwatch.config import embedded
from riskwatch.doors.jobs import checks, running
from riskwatch.doors.jobs.management.commands import up

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(settings, tmp_path, monkeypatch):
    """Runs ``up`` with every step told instead of done; returns what it would have done."""
    settings.HOME = tmp_path
    steps = []
    monkeypatch.setattr(up.Command, "_step", lambda self, words, do: steps.append(words.split()[-1]))
    monkeypatch.setattr(up.Command, "_serve", lambda self, port, turn: steps.append(f"serve {port}"))
    monkeypatch.setattr(embedded, "running", lambda here: True)
    monkeypatch.setattr(embedded, "stop", lambda home: steps.append("stop"))
    monkeypatch.setattr(up, "refuse_demo_accounts", lambda: None)

    def run(*args):
        out = io.StringIO()
        call_command("up", *args, stdout=out)
        return steps, out.getvalue()

    return run


@pytest.mark.parametrize(
    ("inside", "tls", "args", "loaded"),
    [(True, False, (), True), (True, True, (), False), (False, False, (), False), (True, False, ("--no-demo",), False),
     (False, True, ("--demo",), True)],
)  # fmt: skip
def test_the_demo_is_loaded_only_at_home_or_when_asked_for(said, settings, inside, tls, args, loaded):
    settings.EMBEDDED, settings.TLS = inside, tls
    steps, _out = said("--prepare", *args)
    assert ("demo" in steps) is loaded


def test_a_database_that_ran_before_is_left_running(said, monkeypatch):
    assert "stop" not in said()[0]
    monkeypatch.setattr(embedded, "running", lambda here: False)
    assert said()[0][-1] == "stop"


def test_a_second_start_says_where_the_first_is_and_touches_nothing(said, tmp_path):
    with running.hold(tmp_path / "up.lock") as first:
        first.serves("http://127.0.0.1:8000/")
        steps, out = said()
    assert not steps
    assert "already running at http://127.0.0.1:8000/" in out


def test_a_taken_port_is_said(said):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        steps, out = said("--port", str(port))
    assert f"{port} is taken" in out
    assert any(s.startswith("serve ") and s != f"serve {port}" for s in steps)


def test_an_open_house_does_not_start_with_the_demos_passwords(cast, settings):
    checks.refuse_demo_accounts()
    settings.TLS = True
    with pytest.raises(ImproperlyConfigured, match="demo accounts"):
        checks.refuse_demo_accounts()
    for username in checks.demo_accounts():
        cast[username].set_password("Another-pass-991")
        cast[username].save()
    checks.refuse_demo_accounts()
