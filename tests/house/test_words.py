"""Codes have words: every act that is journalled, every rule of the law, every unit of a time limit."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from decree188.registry import RULES
from decree188.related import DEADLINES
from decree188.titles import TITLES, title
from riskwatch.case.templatetags.case import act_words
from riskwatch.case.words import ACTS, UNITS

SRC = Path(__file__).parents[2] / "src" / "riskwatch"
WRITERS = {"record", "write", "_write", "record_on_folder", "record_in_office", "_record"}


def journalled():
    """Every act that some module journals by a name of its own: the whole name, or the last word of a built one."""
    for path in SRC.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name not in WRITERS:
                continue
            for argument in call.args[:3]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and _is_act(argument.value):
                    yield argument.value
                if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[-1], ast.Constant):
                    tail = str(argument.values[-1].value)
                    if tail.startswith(".") and _is_act("kind" + tail):
                        yield "notice" + tail


def _is_act(text: str) -> bool:
    kind, dot, name = text.partition(".")
    return bool(dot) and f"{kind}{name}".replace("_", "").isalpha() and text.islower()


def test_every_act_that_is_journalled_has_words():
    found = set(journalled())
    assert {"policy.set", "post.grant", "notice.serve"} <= found
    for act in found:
        assert act.partition(".")[2] not in act_words(act), f"give {act} its words in case/words.py"


def test_an_act_without_words_would_be_noticed():
    assert "unheard_of" in act_words("folder.unheard_of")
    assert "folder.unheard_of" not in ACTS


def test_every_rule_has_a_title_in_both_languages():
    assert set(TITLES) == set(RULES)
    assert all(title(name, "en").isascii() and not title(name).isascii() for name in RULES)


@pytest.mark.parametrize("unit", sorted({d.unit for d in DEADLINES.values()}))
def test_every_unit_of_a_time_limit_has_words(unit):
    assert not str(UNITS[unit]).isascii()
