"""Commands say what is wrong and what to do, and fail when they did nothing."""

import io
import sys
import types

import pytest
from django.core.management import CommandError, call_command

from riskwatch.collection.models import SourceFile
from riskwatch.connectors.intake import template

WEEKS = b"""<?xml version="1.0"?><Safety-Gate><weeklyReports><week>1</week></weeklyReports></Safety-Gate>"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(template())
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "words"),
    [(("--office", "9999"), "no office or centre of code '9999'"), (("--by", "nobody"), "no active account 'nobody'"),
     (("--source", "nonsense"), "there are: cpsc")],
)  # fmt: skip
def test_collecting_names_the_wrong_word(cast, file, wrong, words):
    with pytest.raises(CommandError, match=words):
        call_command("collect", str(file), *wrong)
    assert not SourceFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "body", "words"),
    [("weeks.xml", WEEKS, "没有一条通报"), ("x.csv", b"a,b\n1,2\n", "--source"), ("none.csv", None, "No such file")],
)  # fmt: skip
def test_a_file_that_brings_nothing_fails_with_its_reason(cast, tmp_path, name, body, words):
    if body:
        (tmp_path / name).write_bytes(body)
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("collect", str(tmp_path / name), stderr=told)
    assert words in told.getvalue()
    assert "在下面选定" not in told.getvalue()
    assert not SourceFile.objects.exists()


@pytest.mark.parametrize(
    ("said", "handed"),
    [(("f.json",), ["f.json", "--lang", "zh"]), (("f.json", "--lang", "en", "--json"), ["f.json", "--lang", "en", "--json"])],
)  # fmt: skip
def test_assess_hands_its_words_to_the_methods_and_returns_their_exit_code(monkeypatch, said, handed):
    got = []
    stub = types.ModuleType("riskmethods.__main__")
    stub.main = lambda argv: got.append(argv) or 3
    monkeypatch.setitem(sys.modules, "riskmethods.__main__", stub)
    with pytest.raises(SystemExit) as ended:
        call_command("assess", *said)
    assert (got, ended.value.code) == ([handed], 3)
