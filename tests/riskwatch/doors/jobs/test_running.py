"""A second start leaves the first alone and says where it is."""

import os

from riskwatch.doors.jobs import running


def test_a_second_start_is_told_where_the_first_answers(tmp_path):
    with running.hold(tmp_path / "up.lock") as first:
        assert not first.other
        with running.hold(tmp_path / "up.lock") as second:
            assert "already starting" in second.other
        first.serves("http://127.0.0.1:8003/")
        with running.hold(tmp_path / "up.lock") as second:
            assert second.other == f"already running at http://127.0.0.1:8003/ (process {os.getpid()})"


def test_what_a_dead_process_left_does_not_stop_the_next(tmp_path):
    (tmp_path / "up.lock").write_text('{"pid": 1, "address": "http://127.0.0.1:8000/"}')
    with running.hold(tmp_path / "up.lock") as turn:
        assert not turn.other
    with running.hold(tmp_path / "up.lock") as turn:
        assert not turn.other
