"""Every refusal of this room says what to do instead and which rule stands behind it."""

import ast
from pathlib import Path

import pytest

import riskwatch.parties

ROOM = Path(riskwatch.parties.__file__).parent
FILES = ("actions", "desk", "guards", "mandates", "organisations", "signups")


def refusals(name):
    for node in ast.walk(ast.parse((ROOM / f"{name}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Refusal", "refuse_unless"):
            yield node.lineno, {k.arg for k in node.keywords}


@pytest.mark.parametrize("name", FILES)
def test_a_refusal_names_remedy_rule_and_code(name):
    found = list(refusals(name))
    assert found
    for line, given in found:
        assert {"remedy", "rule", "code"} <= given, f"{name}.py:{line} says only {sorted(given)}"
