"""The command line."""

import json

import pytest

from riskmethods import assess
from riskmethods.__main__ import main
from riskmethods.schemas import published
from tests.riskmethods.documents import hammer


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "hammer.json"
    path.write_text(json.dumps(hammer()))
    return str(path)


def test_a_file_is_assessed(file, capsysbinary):
    assert main([file]) == 0
    assert capsysbinary.readouterr().out.decode() == assess(hammer()).text("zh")


def test_the_result_as_json(file, capsysbinary):
    assert main([file, "--json"]) == 0
    assert capsysbinary.readouterr().out == assess(hammer()).as_json() + b"\n"


def test_every_fault_goes_to_the_error_stream(tmp_path, capsys):
    path = tmp_path / "bad.json"
    path.write_text('{"author": 5, "seed": "x", "scenarios": []}')
    assert main([str(path), "--lang", "en"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "author: a text is needed [not_a_text]",
        "seed: a whole number from 0 to 4294967295 [whole_number]",
    ]


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert main([str(tmp_path / "none.json")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_the_schema_is_printed(capsysbinary):
    assert main(["--schema"]) == 0
    assert capsysbinary.readouterr().out.decode() == published()
