"""The published schema is the code's own, takes what reading takes, and refuses what it can."""

import re
from pathlib import Path

import pytest
from hypothesis import given

import riskmethods
from riskmethods import schema
from riskmethods.schemas import published
from tests.riskmethods.documents import chair, documents, full, hammer, toy
from tests.riskmethods.test_reading import FAULTS, altered

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float)}
# What only reading can know: numbers in words, ids, sums, the method's own cap.
BEYOND = {"probability", "not_a_number", "order", "too_many_steps", "repeated_id", "foreign_clause", "not_rebuttable", "shares",
          "edition_changed", "no_scenario"}  # fmt: skip


def conforms(value, part, root):
    """JSON Schema's keywords as far as ours uses them."""
    if "$ref" in part:
        return conforms(value, root["$defs"][part["$ref"].rsplit("/", 1)[1]], root)
    if "anyOf" in part:
        return any(conforms(value, one, root) for one in part["anyOf"])
    if "const" in part:
        return value == part["const"]
    if "enum" in part:
        return value in part["enum"]
    if isinstance(value, bool) or not isinstance(value, TYPES[part["type"]]):
        return False
    if isinstance(value, dict):
        return _object(value, part, root)
    if isinstance(value, list):
        return part["minItems"] <= len(value) <= part["maxItems"] and all(
            conforms(v, part["items"], root) for v in value
        )
    if isinstance(value, str):
        fits = part.get("minLength", 0) <= len(value) <= part.get("maxLength", len(value))
        return fits and bool(re.search(part.get("pattern", ""), value))
    return part.get("minimum", value) <= value <= part.get("maximum", value) and value > part.get(
        "exclusiveMinimum", value - 1
    )


def _object(value, part, root):
    if not set(part.get("required", ())) <= set(value) or len(value) < part.get("minProperties", 0):
        return False
    for key, inner in value.items():
        own = part.get("properties", {}).get(key) or next(
            (s for p, s in part.get("patternProperties", {}).items() if re.search(p, key)), None
        )
        own = part.get("additionalProperties", {}) if own is None else own
        if own is False or (own and not conforms(inner, own, root)):
            return False
    return True


def test_the_published_file_is_the_codes_own():
    path = Path(riskmethods.__file__).with_name("assessment.schema.json")
    assert path.read_text(encoding="utf-8") == published(), "run: python -m riskmethods --schema"


@pytest.mark.parametrize("make", [chair, hammer, toy, full])
def test_worked_documents_conform(make):
    assert conforms(make(), schema(), schema())


@given(documents())
def test_what_is_read_conforms(record):
    assert conforms(record, schema(), schema())


@pytest.mark.parametrize(
    ("path", "value", "place", "rule"),
    [fault for fault in FAULTS if fault[3] not in BEYOND and fault[1] != "2026-02-30"],
)
def test_what_is_refused_by_form_does_not_conform(path, value, place, rule):
    assert not conforms(altered(path, value), schema(), schema()), place
