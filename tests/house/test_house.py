"""The layout's promises that imports do not show."""

from __future__ import annotations

import ast
import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import get_resolver

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
RIVER = ["look", "journal", "catalogue", "documents", "parties", "case", "collection", "verification", "detection", "assessment", "decision",
         "measures", "followup", "supervision", "disclosure", "archive"]  # fmt: skip
GROUND = {"look", "journal", "catalogue", "documents", "parties", "case"}
# Beyond the ground floor a room knows only these neighbours; widen deliberately.
KNOWS = {
    "verification": {"collection"}, "assessment": {"verification", "collection"}, "decision": {"assessment"},
    "measures": {"decision", "assessment"}, "followup": {"measures", "collection"}, "disclosure": {"measures", "collection"}, "archive": {"collection"},
    "collection": set(), "detection": {"collection"},
}  # fmt: skip
PYTHON = sorted(p for p in SRC.rglob("*.py") if "migrations" not in p.parts)


def test_every_folder_with_python_is_a_package():
    for folder in {p.parent for p in SRC.rglob("*.py")} - {SRC}:
        assert (folder / "__init__.py").exists(), folder


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(SRC)))
def test_a_module_opens_with_one_sentence_and_stays_readable(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree) or not tree.body, "no docstring"
    assert len(text.splitlines()) <= 400, "longer than 400 lines"


def test_foreign_keys_point_upstream_only():
    for model in apps.get_models():
        room = model._meta.app_label
        if room not in RIVER:
            continue
        for field in model._meta.get_fields():
            if getattr(field, "many_to_one", False) or (getattr(field, "one_to_one", False) and not field.auto_created):
                target = field.related_model._meta.app_label
                if target in RIVER and target != room and field.related_model.__name__ != "Person":
                    assert RIVER.index(target) < RIVER.index(room), f"{model.__name__}.{field.name}"


def test_no_reverse_accessor_crosses_rooms():
    for model in apps.get_models():
        if model._meta.app_label not in RIVER:
            continue
        for field in model._meta.get_fields():
            if (
                field.is_relation
                and not field.auto_created
                and field.related_model
                and field.related_model._meta.app_label != model._meta.app_label
            ):
                hidden = field.remote_field.related_name in ("+",) or str(
                    field.remote_field.related_name or ""
                ).endswith("+")
                assert hidden, f"{model.__name__}.{field.name}"


def test_rooms_know_only_their_neighbours():
    for room, neighbours in KNOWS.items():
        allowed = GROUND | neighbours | {room, "refusals"}
        for path in (SRC / "riskwatch" / room).rglob("*.py"):
            for name in re.findall(r"from riskwatch\.(\w+)", path.read_text(encoding="utf-8")):
                assert name in allowed, f"{path.relative_to(SRC)} imports {name}"


def test_article_numbers_occur_in_the_law_library_alone():
    cited = re.compile(r"第[一二三四五六七八九十]+条|[Aa]rticle \d|\b[Aa]rt\. ?\d")
    for path in PYTHON:
        if path.is_relative_to(SRC / "riskwatch"):
            assert not cited.search(path.read_text(encoding="utf-8")), path


def test_a_moment_is_never_printed_in_universal_time():
    """A moment becomes a Shanghai day by ``shanghai_date`` and a Shanghai minute by the ``shanghai`` filter, nowhere else."""
    printed = re.compile(r"\{[^{}\n]*:%Y-?%m|strftime\(")
    allowed = {
        "look/templatetags/look.py": "the filter itself",
        "collection/ports.py": "a spreadsheet's cell has no time zone",
        "collection/counting.py": "months that the database cut in Shanghai",
    }
    for path in PYTHON:
        if path.is_relative_to(SRC / "riskwatch") and str(path.relative_to(SRC / "riskwatch")) not in allowed:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                assert not printed.search(line) or "SHANGHAI" in line, f"{path.relative_to(SRC)}:{number}"


def test_no_string_imports_outside_config_and_the_ports_that_settings_name():
    allowed = {"config", "doors"}
    for path in PYTHON:
        room = path.relative_to(SRC).parts[1] if len(path.relative_to(SRC).parts) > 1 else ""
        if path.is_relative_to(SRC / "riskwatch") and room not in allowed and path.name != "ports.py":
            assert "import_string(" not in path.read_text(encoding="utf-8"), path


def test_the_portal_shows_only_its_own_views():
    for pattern in get_resolver("riskwatch.doors.portal.urls").url_patterns:
        assert pattern.callback.__module__.startswith("riskwatch.doors.portal"), pattern


def test_vendored_files_are_what_their_packages_shipped():
    folder = SRC / "riskwatch" / "look" / "static" / "vendor"
    listed = tomllib.loads((folder / "VENDORED.toml").read_text())["file"]
    assert {f["name"] for f in listed} == {p.name for p in folder.iterdir()} - {"VENDORED.toml"}
    for file in listed:
        assert sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"], file["name"]


def test_no_page_names_an_outside_host():
    for path in (SRC / "riskwatch").rglob("*.html"):
        assert not re.search(r"(src|href|action)=[\"']https?://", path.read_text(encoding="utf-8")), path


def test_the_lock_records_no_addresses():
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "http" not in (ROOT / name).read_text()


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_law_map_in_the_docs_is_true():
    from riskwatch.doors.jobs.lawmap import text

    assert (ROOT / "docs" / "lawmap.md").read_text(encoding="utf-8") == text(), "run: riskwatch lawmap > docs/lawmap.md"
