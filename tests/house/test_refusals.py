"""Every refusal says why and what to do, in words that have their English: read off the sources, none left out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "riskwatch"
PYTHON = sorted(p for p in SRC.rglob("*.py") if "migrations" not in p.parts and p.name != "refusals.py")
# name of what refuses -> where its reason stands among the arguments
REFUSE = {"Refusal": 0, "refuse_unless": 1, "problem": 3}
TRANSLATED = {"_", "_now", "gettext", "ngettext", "gettext_lazy"}


def calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    named = [(getattr(n.func, "id", getattr(n.func, "attr", "")), n) for n in ast.walk(tree) if isinstance(n, ast.Call)]
    return [(name, call) for name, call in named if name in REFUSE]


def untranslated(node: ast.AST) -> list[str]:
    """Chinese in an expression that no translation is looked up for."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATED:
        return []
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and any("一" <= c <= "鿿" for c in node.value) else []
    return [words for child in ast.iter_child_nodes(node) for words in untranslated(child)]


def faults(text: str) -> list[tuple[int, str]]:
    """Line and fault of each refusal that says too little."""
    found = []
    for name, call in calls(ast.parse(text)):
        said = {k.arg: k.value for k in call.keywords}
        reason = call.args[REFUSE[name]] if len(call.args) > REFUSE[name] else said.get("reason")
        remedy = said.get("remedy")
        if reason is None or (isinstance(reason, ast.Constant) and not reason.value):
            found.append((call.lineno, "no reason"))
        if remedy is None or (isinstance(remedy, ast.Constant) and not remedy.value):
            found.append((call.lineno, "no remedy"))
        bare = [w for part in (reason, remedy, said.get("fields")) if part is not None for w in untranslated(part)]
        found += [(call.lineno, f"no English for {words}") for words in bare]
    return found


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(SRC)))
def test_every_refusal_has_a_reason_and_a_remedy(path):
    assert faults(path.read_text(encoding="utf-8")) == []


def test_the_walk_finds_what_it_looks_for():
    """A planted refusal of each bad kind is caught, so the walk above is no empty promise."""
    assert faults('raise Refusal(_("no"))') == [(1, "no remedy")]
    assert faults('refuse_unless(x, _("no"), remedy="")') == [(1, "no remedy")]
    assert faults('raise Refusal("", remedy=_("do"))') == [(1, "no reason")]
    assert faults('refuse_unless(x, "不行", remedy=_("do"))') == [(1, "no English for 不行")]
    assert faults('raise Refusal(_("no"), remedy=_("do"), fields={"a": "不行"})') == [(1, "no English for 不行")]
    assert faults('raise Refusal(_("no"), remedy=_("do"))') == []
    found = [call for path in PYTHON for call in calls(ast.parse(path.read_text(encoding="utf-8")))]
    assert len(found) > 250


def test_a_refusal_cannot_be_made_without_a_remedy():
    from riskwatch.refusals import Refusal, refuse_unless

    with pytest.raises(TypeError):
        Refusal("no")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        refuse_unless(False, "no")  # type: ignore[call-arg]
