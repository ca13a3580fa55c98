"""No update is lost: whatever changes a record, an organisation, an account or a rule locks it first, or makes something new."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

SRC = Path(__file__).parents[2] / "src" / "riskwatch"
# What takes a lock by itself, or is done by the database in one statement under its own condition.
LOCKS = {"select_for_update", "_lock_ids"}
# These lock the journal, a series of numbers or the like, and say nothing of the row that is changed.
OTHERS = {"record", "record_on_folder", "record_in_office", "write", "_record", "_write", "tell", "tell_person", "record_number", "next_number",
          "store", "make_paper", "begin", "put", "attach", "reserve_numbers", "filter", "get", "update", "create", "exists"}  # fmt: skip
CHANGES = {"update", "save", "delete", "update_or_create", "bulk_update", "set"}
# Actions that change rows without a lock, and why none is needed.
NEEDLESS = {
    "assessment.actions.state": "one's own statement, which nobody else writes",
    "collection.bulk._finish": "the counts of a file, which one statement reads and writes",
    "parties.loading.load": "the table of offices, loaded by a command",
    "parties.keys.end_keys": "one statement ends every key",
    "documents.actions.make_paper": "a paper of a record that its action locked",
    "measures.drafting.draft": "a measure that was made a line before",
}


@cache
def functions():
    """Every function of the rooms by name: module and syntax."""
    found = {}
    for path in sorted(SRC.rglob("*.py")):
        if {"migrations", "simulator"} & set(path.parts):
            continue
        module = ".".join(path.relative_to(SRC).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append((module, node))
    return found


def called(node):
    return {getattr(c.func, "attr", getattr(c.func, "id", "")) for c in ast.walk(node) if isinstance(c, ast.Call)}


def locks(node, depth=4):
    """Whether a function locks, by itself or through one that it calls."""
    names = called(node)
    if LOCKS & names:
        return True
    inner = [row for name in names - OTHERS for row in functions().get(name, ())] if depth else []
    return any(locks(other, depth - 1) for _module, other in inner if other is not node)


def compares(node):
    """Whether it changes rows under their condition, and refuses when none was left to change: ``refuse_unless(count, …)``."""
    counted = {
        target.id
        for step in ast.walk(node)
        if isinstance(step, ast.Assign)
        and isinstance(step.value, ast.Call)
        and getattr(step.value.func, "attr", "") == "update"
        for target in step.targets
        if isinstance(target, ast.Name)
    }
    asked = (
        c.args[0] for c in ast.walk(node) if isinstance(c, ast.Call) and getattr(c.func, "id", "") == "refuse_unless"
    )
    return any(isinstance(first, ast.Name) and first.id in counted for first in asked)


def changes(node):
    """Whether it changes rows that are there: ``rows.update(...)``, ``row.save()``; a dict's ``update`` has no keywords."""
    for call in ast.walk(node):
        name = getattr(getattr(call, "func", None), "attr", "")
        if isinstance(call, ast.Call) and name in CHANGES and (call.keywords or name in ("save", "delete")):
            return True
    return False


def actions():
    for rows in functions().values():
        for module, node in rows:
            if any(ast.unparse(d) == "transaction.atomic" for d in node.decorator_list) and changes(node):
                yield f"{module}.{node.name}", node


def test_every_action_that_changes_a_row_locks_it():
    found = dict(actions())
    bare = {name for name, node in found.items() if not locks(node) and not compares(node)}
    assert len(found) > 40
    assert bare == set(NEEDLESS)


def test_the_walk_sees_a_lock_and_misses_none():
    good = ast.parse("def f(x):\n    lock(x)\n    T.objects.filter(pk=1).update(a=1)").body[0]
    bad = ast.parse("def f(x):\n    T.objects.filter(pk=1).update(a=1)").body[0]
    assert (changes(good), locks(good)) == (True, True)
    assert (changes(bad), locks(bad)) == (True, False)
    fair = ast.parse("def f(x):\n    n = T.objects.filter(pk=1, a=0).update(a=1)\n    refuse_unless(n, 'late')").body[0]
    assert (compares(fair), compares(good), compares(bad)) == (True, False, False)
