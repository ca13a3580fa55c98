"""The home folder is its owner's alone."""

import os

from riskwatch.config import home


def mode(path):
    return path.stat().st_mode & 0o777


def test_a_wide_open_home_is_closed_with_all_that_lies_in_it(tmp_path):
    here = tmp_path / "home"
    here.mkdir(0o755)
    here.chmod(0o755)
    (here / "mail").mkdir(0o755)
    home.own(here)
    assert mode(here) == (0o711 if os.geteuid() == 0 else 0o700)
    assert [mode(here / n) for n in ("files", "seals", "mail")] == [0o700] * 3


def test_a_home_closed_further_stays_so(tmp_path):
    here = tmp_path / "home"
    here.mkdir(0o700)
    home.own(here)
    assert mode(here) == 0o700
