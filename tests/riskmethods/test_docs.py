"""The documentation's examples are true."""

import doctest
from pathlib import Path

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"


def test_every_example_in_the_methods_document_runs():
    failed, tried = doctest.testfile(str(METHODS), module_relative=False, encoding="utf-8")
    assert tried > 20
    assert failed == 0
