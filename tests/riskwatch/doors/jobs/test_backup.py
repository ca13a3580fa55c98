"""A backup is its owner's alone, whatever lay in its place before."""

import os

import pytest

from riskwatch.config import embedded
from riskwatch.doors.jobs import backup

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_lies_in_the_place_of_the_parcel_gives_it_neither_mode_nor_target(tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    (settings.HOME / "secret-key").write_text("k")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "b.tar.gz.part").symlink_to(elsewhere)
    backup.back_up(tmp_path / "b.tar.gz", programs=embedded.find_binaries())
    assert elsewhere.read_text() == "precious"
    assert os.stat(tmp_path / "b.tar.gz").st_mode & 0o777 == 0o600
    (tmp_path / "b.tar.gz.part").touch(0o666)
    backup.back_up(tmp_path / "b.tar.gz", programs=embedded.find_binaries())
    assert os.stat(tmp_path / "b.tar.gz").st_mode & 0o777 == 0o600
