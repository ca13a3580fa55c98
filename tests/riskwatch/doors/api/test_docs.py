"""What docs/api.md shows exists: every address, and every example fits its operation's schema."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

TEXT = (Path(__file__).parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = [
    (body, f"/api{path}") for body, path in re.findall(r"-d '(\{.*?\})' \$B(/\S+)", TEXT) if '"fields": {"' in body
]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema():
    return json.loads(Client().get("/api/openapi.json").content)


def operation(schema, path, how):
    pattern = re.sub(r"/\d+(?=/|$)", "/{pk}", path)
    assert pattern in schema["paths"], path
    return schema["paths"][pattern][how]


def test_there_are_examples():
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize(("body", "path"), EXAMPLES, ids=[path for _body, path in EXAMPLES])
def test_an_example_fits_its_operation(body, path, schema):
    said = json.loads(body)
    parts = schema["components"]["schemas"]
    whole = parts[
        operation(schema, path, "post")["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
    ]
    assert set(said) <= set(whole["properties"])
    assert set(whole.get("required", [])) <= set(said)
    inner = json.dumps(whole["properties"]["fields"])
    fields = parts[re.search(r"schemas/(\w+)", inner).group(1)]
    assert set(said["fields"]) <= set(fields["properties"])
    assert set(fields.get("required", [])) <= set(said["fields"])
